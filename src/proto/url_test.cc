#include "proto/url.h"

#include <gtest/gtest.h>

namespace strims::proto {
namespace {

std::string reason(std::string_view target) {
  const auto t = parse_target(target);
  return t ? "ok" : std::string(t.error().reason);
}

TEST(Url, SplitsOriginForm) {
  const auto t = parse_target("/a/%C3%A9?x=%20?&y");
  ASSERT_TRUE(t);
  EXPECT_EQ(t->path, "/a/\xc3\xa9");
  EXPECT_EQ(t->query, "x=%20?&y");
  EXPECT_EQ(t->authority, "");
}

TEST(Url, SplitsAbsoluteForm) {
  auto t = parse_target("HTTP://Example.org:8080/p?q");
  ASSERT_TRUE(t);
  EXPECT_EQ(t->authority, "example.org:8080");
  EXPECT_EQ(t->path, "/p");
  EXPECT_EQ(t->query, "q");
  t = parse_target("https://example.org?q");
  ASSERT_TRUE(t);
  EXPECT_EQ(t->path, "/");
  EXPECT_EQ(t->query, "q");
}

TEST(Url, RefusesWhatIsUnclear) {
  EXPECT_EQ(reason("*"), "ok");
  EXPECT_EQ(reason(""), "bad_target");
  EXPECT_EQ(reason("example.org:443"), "bad_target");
  EXPECT_EQ(reason("ftp://example.org/"), "bad_target");
  EXPECT_EQ(reason("http://user@example.org/"), "bad_target");
  EXPECT_EQ(reason("http:///x"), "bad_target");
  EXPECT_EQ(reason("/a#b"), "bad_target");
  EXPECT_EQ(reason("/a b"), "bad_target");
  EXPECT_EQ(reason("/\xc3\xa9"), "bad_target");
  EXPECT_EQ(reason("/%"), "bad_escape");
  EXPECT_EQ(reason("/%2"), "bad_escape");
  EXPECT_EQ(reason("/%zz"), "bad_escape");
  EXPECT_EQ(reason("/%00"), "bad_path");
  EXPECT_EQ(reason("/%0a"), "bad_path");
  EXPECT_EQ(reason("/%ff"), "bad_path");
}

TEST(Url, RefusesDotSegmentsHoweverSpelled) {
  for (const auto* target : {"/..", "/.", "/a/../b", "/a/./b", "/%2e%2e/a", "/a/.%2E",
                             "/a%2f..%2fb", "/a\\..\\b", "/a%5c..", "/a/.."})
    EXPECT_EQ(reason(target), "dot_segment") << target;
  for (const auto* target : {"/...", "/a..b", "/.well-known/x", "/a/..b", "/?a=.."})
    EXPECT_EQ(reason(target), "ok") << target;
}

TEST(Url, DecodesOnce) {
  EXPECT_EQ(percent_decode("%2541"), "%41");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
  EXPECT_FALSE(percent_decode("%4").has_value());
  EXPECT_EQ(parse_target("/%252e%252e/")->path, "/%2e%2e/");
}

TEST(Url, EncodesEverythingReserved) {
  EXPECT_EQ(percent_encode("a b/\xc3\xa9-._~"), "a%20b%2F%C3%A9-._~");
}

TEST(Url, QueryPairsAreBounded) {
  const auto pairs = parse_query("a=1&&b=%2B+&c", 2);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[1].second, "+ ");
}

TEST(Url, Authority) {
  for (const auto* good : {"example.org", "example.org:80", "127.0.0.1:1", "[::1]",
                           "[2001:db8::1]:443", "a_b-c.local"})
    EXPECT_TRUE(is_authority(good)) << good;
  for (const auto* evil : {"", ":80", "a:", "a:0", "a:65536", "a:b", "a b", "a/b", "u@a", "[::1",
                           "::1", "[127.0.0.1]", "[::1]x", "a,b"})
    EXPECT_FALSE(is_authority(evil)) << evil;
}

}  // namespace
}  // namespace strims::proto
