#include "text/utf8.h"

#include <gtest/gtest.h>

namespace strims::text {
namespace {

TEST(TextUtf8, CountsCodePoints) {
  EXPECT_EQ(count_code_points(""), 0u);
  EXPECT_EQ(count_code_points("aé€😀"), 4u);
  EXPECT_EQ(count_code_points("e\u0301"), 2u);
  EXPECT_EQ(count_code_points("a\xff\xfe"), 3u);
}

TEST(TextUtf8, TrimsUnicodeWhiteSpaceAtBothEndsOnly) {
  EXPECT_EQ(trim_white_space(" \t\r\n\u00a0\u3000a b\u2003\u2028\u0085 "), "a b");
  EXPECT_EQ(trim_white_space("\u200bx\u200b"), "\u200bx\u200b");  // zero width is no white space
  EXPECT_EQ(trim_white_space(" \u2009 "), "");
  EXPECT_EQ(trim_white_space(""), "");
  EXPECT_EQ(trim_white_space("😀"), "😀");
}

TEST(TextUtf8, TrimmingStopsAtBrokenBytes) {
  EXPECT_EQ(trim_white_space(" \xe3\x80 "), "\xe3\x80");
  EXPECT_EQ(trim_white_space("\x80\x80\x80\x80\x80"), "\x80\x80\x80\x80\x80");
}

TEST(TextUtf8, FirstCodePoints) {
  EXPECT_EQ(first_code_points("é€😀x", 3), "é€😀");
  EXPECT_EQ(first_code_points("ab", 9), "ab");
  EXPECT_EQ(first_code_points("ab", 0), "");
}

TEST(TextUtf8, FoldsCase) {
  EXPECT_EQ(fold_case("HELLO wORLD_09"), "hello world_09");
  EXPECT_EQ(fold_case("STRASSE"), fold_case("straße"));
  EXPECT_EQ(fold_case("ÄÖΣ"), fold_case("äöς"));
  EXPECT_EQ(fold_case("A\xff"), "a\xff");
  EXPECT_EQ(fold_case("привет"), fold_case("ПРИВЕТ"));
}

}  // namespace
}  // namespace strims::text
