#include "stream/ingest_url.h"

#include <gtest/gtest.h>

namespace strims::stream {
namespace {

TEST(IngestUrl, FromTheListenerOrAsConfigured) {
  config::StreamConfig config;
  EXPECT_EQ(ingest_urls(config, "a.example").rtmp, "rtmp://a.example/live");
  EXPECT_EQ(ingest_urls(config, "a.example").rtmps, "");
  config.rtmp_listen = {"[::]:1936", "0.0.0.0:1935"};
  config.rtmps_listen = {"0.0.0.0:443"};
  EXPECT_EQ(ingest_urls(config, "[::1]").rtmp, "rtmp://[::1]:1936/live");
  EXPECT_EQ(ingest_urls(config, "a.example").rtmps, "rtmps://a.example/live");
  config.rtmps_listen = {"0.0.0.0:1937"};
  EXPECT_EQ(ingest_urls(config, "a.example").rtmps, "rtmps://a.example:1937/live");
  config.public_rtmp_url = "rtmp://in.example/app";
  EXPECT_EQ(ingest_urls(config, "a.example").rtmp, "rtmp://in.example/app");
  config = {};
  config.rtmp_listen.clear();
  EXPECT_EQ(ingest_urls(config, "a.example").rtmp, "");
}

TEST(IngestUrl, AHostThatLeadsHere) {
  config::Config config;
  EXPECT_EQ(ingest_host(config), "localhost");
  config.stream.rtmp_listen = {"127.0.0.1:1935"};
  EXPECT_EQ(ingest_host(config), "127.0.0.1");
  config.stream.rtmp_listen = {"[::]:1935"};
  EXPECT_EQ(ingest_host(config), "localhost");
  config.server.public_url = "https://chat.example";
  EXPECT_EQ(ingest_host(config), "chat.example");
  config.server.public_url = "https://chat.example:8443";
  EXPECT_EQ(ingest_host(config), "chat.example");
  config.server.public_url = "http://[::1]:8080";
  EXPECT_EQ(ingest_host(config), "[::1]");
  config.server.public_url = "http://[::1]";
  EXPECT_EQ(ingest_host(config), "[::1]");
}

}  // namespace
}  // namespace strims::stream
