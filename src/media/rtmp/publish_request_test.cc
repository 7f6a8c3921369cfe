#include "media/rtmp/publish_request.h"

#include <gtest/gtest.h>

namespace strims::media {
namespace {

std::string key_of(std::string_view query) {
  return PublishRequest{.query = query}.parameter("key").value_or("(none)");
}

TEST(PublishRequest, ParametersOfTheQuery) {
  EXPECT_EQ(key_of(""), "(none)");
  EXPECT_EQ(key_of("key=sk_1"), "sk_1");
  EXPECT_EQ(key_of("a=b&key=sk_1&c"), "sk_1");
  EXPECT_EQ(key_of("a=b&keys=1&xkey=2"), "(none)");
  EXPECT_EQ(key_of("key"), "");
  EXPECT_EQ(key_of("key="), "");
  EXPECT_EQ(key_of("&&key=x&"), "x");
  EXPECT_EQ(key_of("key=a=b"), "a=b");
}

// Otherwise whoever can add to a query could replace what is in it.
TEST(PublishRequest, TheFirstOccurrenceCounts) {
  EXPECT_EQ(key_of("key=one&key=two"), "one");
}

TEST(PublishRequest, EscapesAreDecodedAndBrokenOnesLeft) {
  EXPECT_EQ(key_of("key=a%2fb%2Bc"), "a/b+c");
  EXPECT_EQ(key_of("key=a+b"), "a+b");
  EXPECT_EQ(key_of("key=%"), "%");
  EXPECT_EQ(key_of("key=%4"), "%4");
  EXPECT_EQ(key_of("key=%zz%41"), "%zzA");
  EXPECT_EQ(key_of("key=%41"), "A");
}

}  // namespace
}  // namespace strims::media
