#include "net/endpoint.h"

#include <gtest/gtest.h>

namespace strims::net {
namespace {

TEST(Endpoint, ReadsAddressesAndPorts) {
  EXPECT_EQ(Endpoint::parse("127.0.0.1:8080"), (Endpoint{"127.0.0.1", 8080}));
  EXPECT_EQ(Endpoint::parse("[::1]:0"), (Endpoint{"::1", 0}));
  EXPECT_EQ(Endpoint::parse("[::]:65535"), (Endpoint{"::", 65535}));
  EXPECT_EQ(Endpoint::parse("localhost:80"), (Endpoint{"127.0.0.1", 80}));
}

TEST(Endpoint, RefusesEverythingElse) {
  for (const char* text :
       {"", ":", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:000080", "::1:8080", "[::1]", "[::1]8080", "[]:80", "[127.0.0.1]:80",
        "[localhost]:80", "example.org:80", "127.0.0.1:80 ", "127.0.0.1:99999999999999999999"}) {
    EXPECT_FALSE(Endpoint::parse(text)) << text;
  }
  EXPECT_EQ(Endpoint::parse("x").error().reason, "bad_endpoint");
}

TEST(Endpoint, WritesWhatItReads) {
  for (const char* text : {"127.0.0.1:8080", "[::1]:8080"}) {
    EXPECT_EQ(Endpoint::parse(text)->to_string(), text);
  }
}

}  // namespace
}  // namespace strims::net
