#include "base/bytes.h"

#include <gtest/gtest.h>

#include <set>

namespace strims {
namespace {

TEST(Bytes, BigEndian) {
  uint8_t b[8];
  store_be64(b, 0x0102030405060708);
  EXPECT_EQ(b[0], 1);
  EXPECT_EQ(b[7], 8);
  EXPECT_EQ(load_be64(b), 0x0102030405060708u);
  EXPECT_EQ(load_be32(b + 4), 0x05060708u);
  EXPECT_EQ(load_be16(b + 6), 0x0708);
  store_be32(b, 0xfffefdfc);
  EXPECT_EQ(load_be32(b), 0xfffefdfcu);
}

TEST(Bytes, Hex) {
  EXPECT_EQ(hex(as_bytes(std::string_view("\x00\xff\x1a", 3))), "00ff1a");
  EXPECT_EQ(unhex("00fF1A"), std::string("\x00\xff\x1a", 3));
  EXPECT_EQ(unhex(""), "");
  EXPECT_FALSE(unhex("0"));
  EXPECT_FALSE(unhex("0g"));
  EXPECT_FALSE(unhex("-1"));
}

TEST(Bytes, Base64) {
  // RFC 4648 section 10.
  const std::pair<std::string_view, std::string_view> kCases[] = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : kCases) EXPECT_EQ(base64(as_bytes(plain)), coded);
}

TEST(Bytes, Base64UrlRoundTripsAndIsStrict) {
  for (size_t n = 0; n < 70; ++n) {
    const std::string bytes = random_bytes(n);
    const std::string text = base64url(as_bytes(bytes));
    EXPECT_EQ(text.find_first_of("+/="), std::string::npos);
    EXPECT_EQ(unbase64url(text), bytes);
  }
  for (const std::string_view text : {"A", "Zg==", "Zh", "Zm9", "Z g", "Zm9v\n", "Zm+v", "Zm/v"})
    EXPECT_FALSE(unbase64url(text)) << text;
}

TEST(Bytes, AsciiCase) {
  EXPECT_EQ(ascii_lower(std::string_view("AZaz09@[")), "azaz09@[");
  EXPECT_TRUE(ascii_iequals("Origin", "oRIGIN"));
  EXPECT_FALSE(ascii_iequals("Origin", "Origi"));
  EXPECT_FALSE(ascii_iequals("\xc3\x84", "\xc3\xa4"));
  EXPECT_FALSE(ascii_iequals("@", "`"));
}

TEST(Bytes, TrimOws) {
  EXPECT_EQ(trim_ows(" \t a b\t "), "a b");
  EXPECT_EQ(trim_ows(" \t"), "");
  EXPECT_EQ(trim_ows("\ra"), "\ra");
}

TEST(Bytes, ParseU64) {
  EXPECT_EQ(parse_u64("0"), 0u);
  EXPECT_EQ(parse_u64("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parse_u64("007"), 7u);
  for (const std::string_view text :
       {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "18446744073709551616", "99999999999999999999",
        "000000000000000000001"})
    EXPECT_FALSE(parse_u64(text)) << text;
}

TEST(Bytes, ConstantTimeEquals) {
  EXPECT_TRUE(constant_time_equals("", ""));
  EXPECT_TRUE(constant_time_equals("abc", "abc"));
  EXPECT_FALSE(constant_time_equals("abc", "abd"));
  EXPECT_FALSE(constant_time_equals("abc", "ab"));
  EXPECT_FALSE(constant_time_equals("\x80", std::string_view("\0", 1)));
}

TEST(Bytes, RandomTokens) {
  std::set<std::string> seen;
  std::set<char> letters;
  for (int i = 0; i < 500; ++i) {
    const std::string token = random_token(24);
    ASSERT_EQ(token.size(), 24u);
    for (const char c : token) {
      ASSERT_TRUE(std::isalnum(static_cast<unsigned char>(c)));
      letters.insert(c);
    }
    EXPECT_TRUE(seen.insert(token).second);
  }
  EXPECT_EQ(letters.size(), 62u);
  EXPECT_EQ(random_token(0), "");
  EXPECT_EQ(random_token(1000).size(), 1000u);
}

}  // namespace
}  // namespace strims
