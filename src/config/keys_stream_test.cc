#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/check.h"
#include "config/hook_server.h"
#include "config/schema.h"

namespace strims::config {
namespace {

using ::testing::HasSubstr;

// The sentence of check(), "" when all is well.
template <class Change>
std::string checked(Change change) {
  Config config;
  change(config);
  const auto result = check(config);
  return result ? "" : result.error().detail;
}

TEST(StreamKeys, Listeners) {
  EXPECT_THAT(checked([](Config& c) { c.stream.rtmp_listen = {"1935"}; }),
              HasSubstr("stream.rtmp_listen"));
  EXPECT_THAT(checked([](Config& c) { c.stream.rtmp_listen = c.server.listen; }),
              HasSubstr("twice"));
  EXPECT_EQ(checked([](Config& c) { c.stream.rtmp_listen.clear(); }), "");
  EXPECT_THAT(checked([](Config& c) { c.stream.rtmps_listen = {"0.0.0.0:443"}; }),
              HasSubstr("tls.cert"));
}

TEST(StreamKeys, Addresses) {
  const auto url = [](const std::string& text) {
    return checked([&](Config& c) { c.stream.public_rtmp_url = text; });
  };
  for (const char* text : {"rtmp://a.example/live", "rtmp://1.2.3.4:1936/app/x", "rtmp://[::1]/a"})
    EXPECT_EQ(url(text), "") << text;
  for (const char* text : {"rtmp://a.example", "rtmp://a.example/", "rtmp:///live", "live",
                           "rtmps://a.example/live", "rtmp://a.example/live?x", "rtmp://a b/live"})
    EXPECT_THAT(url(text), HasSubstr("stream.public_rtmp_url")) << text;
  EXPECT_EQ(checked([](Config& c) { c.stream.public_rtmps_url = "rtmps://a/live"; }), "");
  EXPECT_THAT(checked([](Config& c) { c.stream.public_rtmps_url = "rtmp://a/live"; }),
              HasSubstr("rtmps"));
}

TEST(StreamKeys, HookServers) {
  const std::string secret = "s3cretOfTheHooks_0123456789-abcd";
  const auto said = [](Strings list) {
    return checked([&](Config& c) { c.stream.hook_servers = std::move(list); });
  };
  const std::string good = "edge|nginx|" + secret + "|127.0.0.1 10.0.0.0/8|http://127.0.0.1:8080|";
  EXPECT_EQ(said({good}), "");
  EXPECT_EQ(said({good + "https://cdn.example/hls/{slug}.m3u8"}), "");
  EXPECT_THAT(said({good, good}), HasSubstr("twice"));
  EXPECT_THAT(said({good + "https://cdn.example/hls"}), HasSubstr("{slug}"));
  EXPECT_THAT(said({good + "|"}), HasSubstr("name|kind"));
  EXPECT_THAT(said({"edge|nginx"}), HasSubstr("name|kind"));
  EXPECT_THAT(said({"Edge|nginx|" + secret + "|::1|http://a:1|"}), HasSubstr("a name"));
  EXPECT_THAT(said({"edge|caddy|" + secret + "|::1|http://a:1|"}), HasSubstr("the kind"));
  EXPECT_THAT(said({"edge|srs|" + secret + "||http://a:1|"}), HasSubstr("addresses"));
  EXPECT_THAT(said({"edge|srs|" + secret + "|10.0.0.1/8|http://a:1|"}), HasSubstr("prefix"));
  EXPECT_THAT(said({"edge|srs|" + secret + "|::1|ftp://a:1|"}), HasSubstr("API"));
  for (const std::string& weak : {std::string("short"), std::string(64, 'a'), secret + "/"}) {
    const std::string sentence = said({"edge|srs|" + weak + "|::1|http://a:1|"});
    EXPECT_THAT(sentence, HasSubstr("the secret")) << weak;
    EXPECT_EQ(sentence.find(weak), std::string::npos) << "no secret is shown";
  }
}

TEST(StreamKeys, HookServersArePlayedWhereTheySay) {
  const auto server = parse_hook_server(
      "mtx | mediamtx | s3cretOfTheHooks_0123456789-abcd | ::1 | http://u:p@a:9997 | "
      "/mtx/{slug}/i.m3u8");
  ASSERT_TRUE(server);
  EXPECT_EQ(server->kind, HookKind::mediamtx);
  EXPECT_EQ(server->playback("alice"), "/mtx/alice/i.m3u8");
  EXPECT_TRUE(server->allow.contains(*IpAddress::parse("::1")));
  EXPECT_FALSE(server->allow.contains(*IpAddress::parse("::2")));
}

TEST(StreamKeys, RulesBetweenKeys) {
  EXPECT_THAT(checked([](Config& c) { c.stream.part_ms = 3000; }), HasSubstr("segment_ms"));
  EXPECT_THAT(checked([](Config& c) { c.stream.record_dir.clear(); }), HasSubstr("record_dir"));
  EXPECT_THAT(checked([](Config& c) { c.stream.ffmpeg.clear(); }), HasSubstr("thumbnails"));
  EXPECT_EQ(checked([](Config& c) {
              c.stream.ffmpeg.clear();
              c.stream.thumbnails = false;
            }),
            "");
}

}  // namespace
}  // namespace strims::config
