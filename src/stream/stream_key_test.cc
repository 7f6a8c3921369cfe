#include "stream/stream_key.h"

#include <gtest/gtest.h>

#include <set>

namespace strims::stream {
namespace {

const std::string kKey = "sk_" + std::string(43, 'A');

std::string parsed(std::string_view name, std::string_view query = {}) {
  const auto found = parse_publish_name(name, query);
  if (!found) return std::string(found.error().reason);
  return found->slug + "|" + (found->key == kKey ? "key" : found->key);
}

TEST(StreamKey, KeysAreLongRandomAndShaped) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string key = make_stream_key();
    EXPECT_EQ(key.size(), 46U);
    EXPECT_TRUE(is_stream_key(key)) << key;
    EXPECT_TRUE(seen.insert(key).second);
  }
}

TEST(StreamKey, WhatIsNoKey) {
  EXPECT_TRUE(is_stream_key(kKey));
  for (const std::string& text :
       {std::string(), std::string("sk_"), kKey + "A", kKey.substr(0, 45),
        "SK_" + std::string(43, 'A'), "sk_" + std::string(42, 'A') + "=",
        "sk_" + std::string(42, 'A') + " ", "xsk_" + std::string(42, 'A')})
    EXPECT_FALSE(is_stream_key(text)) << text;
}

TEST(PublishName, AKeyAloneOrASlugWithOne) {
  EXPECT_EQ(parsed(kKey), "|key");
  EXPECT_EQ(parsed("ada", "key=" + kKey), "ada|key");
  EXPECT_EQ(parsed("ada", "?key=" + kKey), "ada|key");
  EXPECT_EQ(parsed("ada", "a=b&key=" + kKey + "&c=d"), "ada|key");
  EXPECT_EQ(parsed("ada?key=" + kKey), "ada|key") << "nobody has parted them";
}

TEST(PublishName, WhatIsAppendedNeverWins) {
  const std::string other = "sk_" + std::string(43, 'B');
  EXPECT_EQ(parsed("ada", "key=" + kKey + "&key=" + other), "ada|key");
  EXPECT_EQ(parsed("ada", "key=x&key=" + kKey), "bad_key");
  EXPECT_EQ(parsed(kKey, "key=" + other), "|key");
  EXPECT_EQ(parsed("ada", "monkey=" + kKey), "bad_key");
}

TEST(PublishName, EverythingElseIsOneAnswer) {
  for (const auto& [name, query] :
       std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                        {"ada", ""},
                                                        {"ada", "key="},
                                                        {"ada", "key=sk_short"},
                                                        {"Ada", "key=" + kKey},
                                                        {"../ada", "key=" + kKey},
                                                        {"open", "key=" + kKey},
                                                        {"ada?x=1", "key=" + kKey},
                                                        {"", "key=" + kKey},
                                                        {std::string("ada\0", 4), "key=" + kKey},
                                                        {kKey.substr(0, 40), ""}}) {
    const auto found = parse_publish_name(name, query);
    ASSERT_FALSE(found) << name << " " << query;
    EXPECT_EQ(found.error().code, Errc::unauthenticated);
    EXPECT_EQ(found.error().reason, "bad_key");
    EXPECT_EQ(found.error().detail, "this stream key is not known");
  }
}

}  // namespace
}  // namespace strims::stream
