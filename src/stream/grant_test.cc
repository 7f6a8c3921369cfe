#include "stream/grant.h"

#include <gtest/gtest.h>

namespace strims::stream {
namespace {

constexpr TimeMs kNow = 1'760'000'000'000;
const std::string kFirst(32, 'a');
const std::string kSecond(32, 'b');

Grants grants(std::vector<std::string> keys) {
  auto made = Grants::make(std::move(keys));
  EXPECT_TRUE(made);
  return std::move(*made);
}

Grant live(PlaybackId sid = 0x0123456789abcdef) {
  return {
      .scope = GrantScope::live, .sid = sid, .account = 71, .expires = kNow + 60'000, .flags = 5};
}

std::string_view verdict(const Result<Grant>& checked) {
  return checked ? "good" : checked.error().reason;
}

class GrantTest : public ::testing::Test {
 protected:
  std::string_view check(std::string_view token, GrantScope scope = GrantScope::live,
                         std::string_view prefix = "ada", TimeMs now = kNow) {
    return verdict(grants_.check(token, scope, prefix, now));
  }
  Grants grants_ = grants({kFirst});
  std::string token_ = grants_.issue(live(), "ada");
};

TEST_F(GrantTest, WhatWasIssuedIsReadBack) {
  EXPECT_EQ(token_.size(), 66U);
  EXPECT_EQ(
      token_.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "-_."),
      std::string::npos);
  const auto grant = grants_.check(token_, GrantScope::live, "ada", kNow);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->scope, GrantScope::live);
  EXPECT_EQ(grant->sid, 0x0123456789abcdefU);
  EXPECT_EQ(grant->account, 71);
  EXPECT_EQ(grant->expires, kNow + 60'000);
  EXPECT_EQ(grant->flags, 5);
}

TEST_F(GrantTest, IsGoodForOneThing) {
  EXPECT_EQ(check(token_, GrantScope::vod), "grant_invalid");
  EXPECT_EQ(check(token_, GrantScope::thumb), "grant_invalid");
  for (const char* other : {"bo", "ad", "adam", "ada/", "ADA", ""})
    EXPECT_EQ(check(token_, GrantScope::live, other), "grant_invalid") << other;
}

TEST_F(GrantTest, ExpiresWithSomeSlackForOtherClocks) {
  const auto at = [&](TimeMs now) { return check(token_, GrantScope::live, "ada", now); };
  EXPECT_EQ(at(kNow + 60'000), "good");
  EXPECT_EQ(at(kNow + 60'000 + Grants::kSkewMs), "good");
  EXPECT_EQ(at(kNow + 60'001 + Grants::kSkewMs), "grant_expired");
  const auto late = grants_.check(token_, GrantScope::live, "ada", kNow + 1'000'000);
  EXPECT_EQ(late.error().code, Errc::gone);
  EXPECT_EQ(check(token_, GrantScope::vod, "ada", kNow + 1'000'000), "grant_invalid")
      << "whose it is not learns nothing";
}

TEST_F(GrantTest, EveryChangedCharacterIsAForgery) {
  for (size_t i = 0; i < token_.size(); ++i) {
    for (const char c : {'A', 'b', '0', '-', '.'}) {
      if (token_[i] == c) continue;
      std::string forged = token_;
      forged[i] = c;
      EXPECT_EQ(check(forged), "grant_invalid") << i;
    }
  }
  const auto forged = grants_.check("open", GrantScope::live, "ada", kNow);
  EXPECT_EQ(forged.error().code, Errc::forbidden);
}

TEST_F(GrantTest, OtherLengthsAndOtherKeysAreForgeries) {
  for (const std::string& text :
       {std::string(), std::string("."), token_ + "A", token_.substr(0, 65), token_.substr(0, 44),
        " " + token_, std::string(66, '.'), std::string(66, 'A')})
    EXPECT_EQ(check(text), "grant_invalid") << text;
  EXPECT_EQ(check(grants({kSecond}).issue(live(), "ada")), "grant_invalid");
  // A body that is right with the end of another grant.
  const std::string other = grants_.issue(live(1), "ada");
  EXPECT_EQ(check(token_.substr(0, 44) + other.substr(44)), "grant_invalid");
}

TEST_F(GrantTest, ARotatedKeyIsBelievedAsLongAsItStands) {
  const Grants both = grants({kSecond, kFirst});
  EXPECT_EQ(verdict(both.check(token_, GrantScope::live, "ada", kNow)), "good");
  const std::string fresh = both.issue(live(), "ada");
  EXPECT_EQ(check(fresh), "grant_invalid") << "signed with the new key";
  EXPECT_EQ(verdict(both.check(fresh, GrantScope::live, "ada", kNow)), "good");
  EXPECT_EQ(verdict(grants({kSecond}).check(token_, GrantScope::live, "ada", kNow)),
            "grant_invalid");
}

// Keys are told apart by one byte: two that share it are both tried.
TEST_F(GrantTest, KeysWithTheSameMark) {
  std::vector<std::string> keys;
  for (int i = 0; i < 600; ++i) keys.push_back(kFirst + std::to_string(i));
  const Grants all = grants(keys);
  for (const auto& key : keys)
    EXPECT_EQ(verdict(all.check(grants({key}).issue(live(), "ada"), GrantScope::live, "ada", kNow)),
              "good");
}

TEST_F(GrantTest, ShortKeysAreRefused) {
  EXPECT_EQ(Grants::make({}).error().reason, "grant_key");
  EXPECT_EQ(Grants::make({std::string(31, 'x')}).error().reason, "grant_key");
  EXPECT_EQ(Grants::make({kFirst, ""}).error().reason, "grant_key");
}

TEST_F(GrantTest, PlaybackIdsAreNeverNone) {
  for (int i = 0; i < 1000; ++i) EXPECT_NE(new_playback_id(), 0U);
}

}  // namespace
}  // namespace strims::stream
