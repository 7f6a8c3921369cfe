#include "text/message_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace strims::text {
namespace {

std::string repeat(std::string_view piece, size_t n) {
  std::string out;
  for (size_t i = 0; i < n; ++i) out += piece;
  return out;
}

// The accepted text, or "!" and the word of the refusal.
std::string outcome(std::string_view text, const MessageLimits& limits = {}) {
  const auto checked = check_message(text, limits);
  return checked ? std::string(*checked) : "!" + std::string(checked.error().reason);
}

TEST(MessageRules, TrimsAndPassesTheRestThroughUnchanged) {
  EXPECT_EQ(outcome("  hello \n"), "hello");
  EXPECT_EQ(outcome("\u3000a\u2003"), "a");
  const std::string odd = "/me > a\nb\tc \x01 \u200d <b> \u202e x";
  EXPECT_EQ(outcome(odd), odd);
}

TEST(MessageRules, Empty) {
  EXPECT_EQ(outcome(""), "!msgempty");
  EXPECT_EQ(outcome(" \n\u2003\u00a0"), "!msgempty");
}

TEST(MessageRules, LengthIsInCodePointsAfterTheTrim) {
  EXPECT_EQ(outcome(repeat("a", 512)).size(), 512u);
  EXPECT_EQ(outcome(repeat("a", 513)), "!msgtoolong");
  EXPECT_EQ(outcome(repeat("😀", 512)).size(), 2048u);
  EXPECT_EQ(outcome(repeat("😀", 513)), "!msgtoolong");
  EXPECT_EQ(outcome(repeat(" ", 600) + "a" + repeat(" ", 600)), "a");
  EXPECT_EQ(outcome("abc", {.max_runes = 2}), "!msgtoolong");
}

TEST(MessageRules, CombiningMarks) {
  const std::string four = "e" + repeat("\u0301", 4);
  EXPECT_EQ(outcome(four), four);
  EXPECT_EQ(outcome(four + "e" + repeat("\u0316", 4)).size(), 2 * four.size());
  EXPECT_EQ(outcome("e" + repeat("\u0301", 5)), "!invalidmsg");
  EXPECT_EQ(outcome(repeat("\u0489", 5)), "!invalidmsg");        // enclosing
  EXPECT_EQ(outcome("क" + repeat("\u093e", 5)), "!invalidmsg");  // spacing
  EXPECT_EQ(outcome(repeat("\ufe0f", 5) + "x"), "!invalidmsg");  // variation selectors
  EXPECT_EQ(outcome("e\u0301\u0302", {.max_combining_run = 1}), "!invalidmsg");
  EXPECT_EQ(outcome("e\u0301", {.max_combining_run = 0}), "!invalidmsg");
}

TEST(MessageRules, ForbiddenCharactersInsideTheText) {
  for (const std::string_view c : {"\u2028", "\u2029", "\u202f", "\u00a0"})
    EXPECT_EQ(outcome("a" + std::string(c) + "b"), "!invalidmsg");
  EXPECT_EQ(outcome("a\u2002b"), "a\u2002b");
}

TEST(MessageRules, BrokenUtf8) {
  for (const std::string_view text :
       {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\xaf", "\xf5\x80\x80\x80"})
    EXPECT_EQ(outcome(text), "!invalidmsg");
}

TEST(MessageRules, BidiOnlyWhenAsked) {
  const MessageLimits strict{.refuse_unbalanced_bidi = true};
  EXPECT_EQ(outcome("a\u202eb"), "a\u202eb");
  EXPECT_EQ(outcome("a\u202eb", strict), "!invalidmsg");
  EXPECT_EQ(outcome("\u2067שלום\u2069 x", strict), "\u2067שלום\u2069 x");
}

TEST(MessageRules, BidiBalance) {
  EXPECT_TRUE(bidi_balanced("plain"));
  EXPECT_TRUE(bidi_balanced("\u202a\u2066x\u2069\u202c"));
  EXPECT_FALSE(bidi_balanced("\u202a\u2066x\u202c\u2069"));  // crossed
  EXPECT_FALSE(bidi_balanced("\u202c"));
  EXPECT_FALSE(bidi_balanced("\u202ex\n\u202c"));  // open at the end of its line
  EXPECT_FALSE(bidi_balanced(repeat("\u202a", 500) + repeat("\u202c", 500)));
}

}  // namespace
}  // namespace strims::text
