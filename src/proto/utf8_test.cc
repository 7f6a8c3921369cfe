#include "proto/utf8.h"

#include <gtest/gtest.h>
#include <string>

#include "base/utf8.h"

namespace strims::proto {
namespace {

std::string encode(uint32_t code) {
  std::string out;
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 63));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 63));
    out += static_cast<char>(0x80 | (code & 63));
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 63));
    out += static_cast<char>(0x80 | (code >> 6 & 63));
    out += static_cast<char>(0x80 | (code & 63));
  }
  return out;
}

// Both ways of base/utf8.h and of the validator must agree: at once...
bool is_utf8(std::string_view text) {
  Utf8Validator v;
  const bool at_once = v.feed(text) && v.complete();
  EXPECT_EQ(at_once, valid_utf8(text));
  return at_once;
}

// ...and byte by byte, which shares no code with the way for whole characters.
bool by_bytes(std::string_view text) {
  Utf8Validator v;
  for (const char c : text)
    if (!v.feed({&c, 1})) return false;
  return v.complete();
}

TEST(Utf8, EveryCodePointAndNothingElse) {
  for (uint32_t code = 0; code < 0x120000; ++code) {
    const bool valid = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    const std::string text = encode(code);
    ASSERT_EQ(is_utf8(text), valid) << code;
    ASSERT_EQ(by_bytes(text), valid) << code;
  }
}

TEST(Utf8, EveryThreeByteTextBothWays) {
  std::string text(3, '\0');
  for (int a = 0x7f; a < 0x100; ++a)
    for (int b = 0x7e; b < 0x100; ++b)
      for (const int c : {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xff}) {
        text[0] = static_cast<char>(a);
        text[1] = static_cast<char>(b);
        text[2] = static_cast<char>(c);
        ASSERT_EQ(is_utf8(text), by_bytes(text)) << a << ' ' << b << ' ' << c;
        ASSERT_EQ(is_utf8(text + "xy"), by_bytes(text + "xy")) << a << ' ' << b << ' ' << c;
      }
}

TEST(Utf8, RefusesOverlongSurrogatesAndTooHigh) {
  for (const char* text :
       {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xfe", "\xff", "\x80", "\xbf", "a\xc3(", "\xe2\x28\xa1"})
    EXPECT_FALSE(is_utf8(text)) << text;
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
  EXPECT_FALSE(is_utf8("caf\xc3"));
}

TEST(Utf8, FailsAtTheFirstHopelessByte) {
  Utf8Validator v;
  EXPECT_TRUE(v.feed("\xf4"));
  EXPECT_FALSE(v.feed("\x90"));  // no third byte can make this a code point
  EXPECT_FALSE(v.feed("a"));
  EXPECT_FALSE(v.complete());
  v.reset();
  EXPECT_TRUE(v.feed("a"));
  EXPECT_TRUE(v.complete());
}

TEST(Utf8, AnyCutGivesTheSame) {
  const std::string text =
      "plain ascii that is long enough for the fast way \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 end";
  for (size_t i = 0; i <= text.size(); ++i)
    for (size_t j = i; j <= text.size(); ++j) {
      Utf8Validator v;
      ASSERT_TRUE(v.feed(std::string_view(text).substr(0, i)));
      ASSERT_TRUE(v.feed(std::string_view(text).substr(i, j - i)));
      ASSERT_TRUE(v.feed(std::string_view(text).substr(j)));
      ASSERT_TRUE(v.complete());
    }
}

TEST(Utf8, FindsABadByteAtEveryPlace) {
  for (size_t size = 1; size < 100; ++size)
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '\x80';
      ASSERT_FALSE(is_utf8(text)) << size << ' ' << at;
    }
}

}  // namespace
}  // namespace strims::proto
