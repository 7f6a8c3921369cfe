#include "base/utf8.h"

#include <gtest/gtest.h>

namespace strims {
namespace {

TEST(Utf8, EveryCodePointRoundTrips) {
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    if (c >= 0xd800 && c <= 0xdfff) continue;
    std::string text;
    append_utf8(text, c);
    const CodePoint back = decode_utf8(text, 0);
    ASSERT_EQ(back.value, c);
    ASSERT_EQ(back.length, text.size());
    ASSERT_TRUE(valid_utf8(text));
  }
}

TEST(Utf8, SurrogatesAndTooLargeBecomeTheReplacement) {
  for (const char32_t c : {char32_t{0xd800}, char32_t{0xdfff}, char32_t{0x110000}}) {
    std::string text;
    append_utf8(text, c);
    EXPECT_EQ(text, "\xef\xbf\xbd");
  }
}

TEST(Utf8, KnowsAsciiAtEveryPlace) {
  EXPECT_TRUE(is_ascii(""));
  for (size_t at = 0; at < 20; ++at) {
    std::string text(20, '\x7f');
    EXPECT_TRUE(is_ascii(text));
    text[at] = '\x80';
    EXPECT_FALSE(is_ascii(text)) << at;
    EXPECT_FALSE(valid_utf8(text)) << at;
  }
}

TEST(Utf8, RefusesMalformed) {
  for (const std::string_view text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2x", "\xe0\x80\x80", "\xe0\x9f\xbf",
        "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe", "\xff"}) {
    EXPECT_FALSE(valid_utf8(text));
    EXPECT_EQ(decode_utf8(text, 0).length, 0u);
    // Behind and before runs of eight too.
    EXPECT_FALSE(valid_utf8("12345678" + std::string(text)));
    EXPECT_FALSE(valid_utf8("1234567" + std::string(text) + "12345678"));
  }
  EXPECT_TRUE(valid_utf8(""));
  EXPECT_TRUE(valid_utf8("12345678é12345678😀"));
}

TEST(Utf8, DecodingAtTheEndGivesNothing) {
  EXPECT_EQ(decode_utf8("a", 1).length, 0u);
}

}  // namespace
}  // namespace strims
