#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/check.h"
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
