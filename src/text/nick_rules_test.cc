#include "text/nick_rules.h"

#include <gtest/gtest.h>

namespace strims::text {
namespace {

// "" when allowed, else the word of the refusal.
std::string_view refusal(std::string_view nick, const NickPolicy& policy = {}) {
  const auto checked = check_nick(nick, policy);
  return checked ? std::string_view() : checked.error().reason;
}

TEST(NickRules, ShapeAndLength) {
  for (const std::string_view nick : {"Ada", "a_b", "_Ada_", "Abcdefghijklmnopqrst", "A1b2C3"}) {
    EXPECT_TRUE(is_nick(nick)) << nick;
    EXPECT_EQ(refusal(nick), "") << nick;
  }
  for (const std::string_view nick :
       {"", "ab", "Abcdefghijklmnopqrstu", "a b", "a-b", "añb", "ab\n", "Ada\xff", "аda"}) {
    EXPECT_FALSE(is_nick(nick)) << nick;
    EXPECT_EQ(refusal(nick), "invalid_nick") << nick;
  }
  EXPECT_EQ(refusal(std::string_view("Ad\0a", 4)), "invalid_nick");
  EXPECT_EQ(refusal(std::string(100'000, 'a')), "invalid_nick");
}

TEST(NickRules, Digits) {
  EXPECT_EQ(refusal("Ada12"), "");
  EXPECT_EQ(refusal("Adam123"), "invalid_nick");  // three in a row
  EXPECT_EQ(refusal("1a2b3"), "");                // 3 of 5: half, rounded up
  EXPECT_EQ(refusal("12a34"), "invalid_nick");    // 4 of 5
  EXPECT_EQ(refusal("12ab"), "");
  EXPECT_EQ(refusal("12_34a"), "invalid_nick");
}

TEST(NickRules, Underscores) {
  EXPECT_EQ(refusal("a_b_c"), "");
  EXPECT_EQ(refusal("a__b"), "invalid_nick");
  EXPECT_EQ(refusal("a_b_c_d"), "invalid_nick");
  EXPECT_EQ(refusal("___"), "invalid_nick");
}

TEST(NickRules, ReservedNamesAndTheirLookAlikes) {
  for (const std::string_view nick :
       {"admin", "ADMIN", "Adm1n", "adrnin", "system", "B0T", "SySTern", "moderator", "everyone"})
    EXPECT_EQ(refusal(nick), "reserved_nick") << nick;
  EXPECT_EQ(refusal("admiral"), "");
  NickPolicy policy;
  policy.reserved = {"Ada"};
  EXPECT_EQ(refusal("aDA", policy), "reserved_nick");
  EXPECT_EQ(refusal("admin", policy), "");
}

TEST(NickRules, Emotes) {
  NickPolicy policy;
  policy.emotes = {"OverRustle", "LUL", "Abathur"};
  EXPECT_EQ(refusal("overrustle", policy), "emote_nick");
  EXPECT_EQ(refusal("OverRustleFan", policy), "emote_nick");
  EXPECT_EQ(refusal("OverRuztla", policy), "emote_nick");  // two letters away
  EXPECT_EQ(refusal("OverRuzzla", policy), "");            // three
  EXPECT_EQ(refusal("XverRustle", policy), "");            // other first letters
  EXPECT_EQ(refusal("LULu", policy), "emote_nick");        // begins with it
  EXPECT_EQ(refusal("Luke", policy), "");                  // near, but that emote is excepted
  EXPECT_EQ(refusal("Abatur", policy), "emote_nick");      // shorter than the emote
  EXPECT_EQ(refusal("Above", policy), "");
  EXPECT_EQ(similar_emotes("abathur", policy.emotes), std::vector<std::string>{"Abathur"});
  EXPECT_TRUE(similar_emotes("Zed", policy.emotes).empty());
}

TEST(NickSkeleton, LookAlikesCollide) {
  const std::pair<std::string_view, std::string_view> kSame[] = {
      {"Lord", "lord"}, {"l0rd", "I0rd"},    {"l0rd", "lord"},  {"Iord", "lord"},
      {"1ord", "LORD"}, {"modern", "modem"}, {"rnike", "mike"}, {"vvolf", "wolf"},
      {"AIex", "Alex"}, {"al1ce", "alice"},  {"b0b_", "BOB_"}};
  for (const auto& [a, b] : kSame) EXPECT_EQ(nick_skeleton(a), nick_skeleton(b)) << a << " " << b;
}

TEST(NickSkeleton, DifferentNicksDiffer) {
  const std::pair<std::string_view, std::string_view> kOther[] = {
      {"Ada", "Bo"}, {"a_b", "ab"}, {"abc", "acb"}, {"Lord", "Ford"}, {"anna", "ana"}};
  for (const auto& [a, b] : kOther) EXPECT_NE(nick_skeleton(a), nick_skeleton(b)) << a << " " << b;
}

TEST(NickSkeleton, IsStableWhateverComes) {
  EXPECT_EQ(nick_skeleton(""), "");
  for (const std::string& text :
       {std::string("\xff\xfe"), std::string(5000, 'm'), std::string("ｌord")})
    EXPECT_EQ(nick_skeleton(text), nick_skeleton(text));
  // Stored under a unique index: these values may not drift.
  EXPECT_EQ(nick_skeleton("Imw10"), "lrnvvlo");
}

}  // namespace
}  // namespace strims::text
