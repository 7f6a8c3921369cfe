#include "proto/http_message.h"

#include <gtest/gtest.h>

namespace strims::proto {
namespace {

constexpr TimeMs kDate = 784111777000;  // the example of RFC 9110

TEST(HttpMessage, HeadersAreFoundWhateverTheirCase) {
  Request r;
  r.headers = {{"Accept", "a"}, {"X-Y", "1"}, {"accept", "b, C"}};
  EXPECT_EQ(r.header("ACCEPT"), "a");
  EXPECT_EQ(r.headers_named("accept").size(), 2u);
  EXPECT_TRUE(r.header_has_token("Accept", "c"));
  EXPECT_FALSE(r.header_has_token("Accept", "d"));
  EXPECT_EQ(r.header("none"), "");
  EXPECT_FALSE(r.has_header("none"));
}

TEST(HttpMessage, CookiesAreReadTolerantly) {
  Request r;
  r.headers = {{"Cookie", "a=1;sid=x=y; empty=; q=\"z\""}, {"Cookie", "b=2"}};
  EXPECT_EQ(r.cookie("a"), "1");
  EXPECT_EQ(r.cookie("sid"), "x=y");
  EXPECT_EQ(r.cookie("empty"), "");
  EXPECT_EQ(r.cookie("q"), "z");
  EXPECT_EQ(r.cookie("b"), "2");
  EXPECT_EQ(r.cookie("A"), "");
}

TEST(HttpMessage, QueryParametersAreDecoded) {
  Request r;
  r.query = "name=A+b%21&empty&empty2=&bad=%zz&n%61me2=v";
  EXPECT_EQ(r.query_param("name"), "A b!");
  EXPECT_EQ(r.query_param("empty"), "");
  EXPECT_EQ(r.query_param("empty2"), "");
  EXPECT_EQ(r.query_param("bad"), "%zz");
  EXPECT_EQ(r.query_param("name2"), "v");
  EXPECT_FALSE(r.query_param("other").has_value());
}

TEST(HttpMessage, SerializesHeadAndBody) {
  const Response r = Response::text(200, "hello");
  EXPECT_EQ(serialize(r, {.date = kDate}),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n\r\nhello");
}

TEST(HttpMessage, SaysWhetherTheConnectionStays) {
  const Response r = Response::empty(200);
  EXPECT_NE(serialize(r, {.keep_alive = false}).find("Connection: close\r\n"), std::string::npos);
  EXPECT_NE(serialize(r, {.version_minor = 0}).find("Connection: keep-alive\r\n"),
            std::string::npos);
  EXPECT_EQ(serialize(r, {}).find("Connection"), std::string::npos);
}

TEST(HttpMessage, AnswerToHeadHasLengthButNoBody) {
  const std::string out = serialize(Response::text(200, "hello"), {.head_only = true});
  EXPECT_NE(out.find("Content-Length: 5\r\n"), std::string::npos);
  EXPECT_TRUE(out.ends_with("\r\n\r\n"));
}

TEST(HttpMessage, SomeStatusesHaveNoBody) {
  Response none = Response::text(204, "x");
  EXPECT_EQ(serialize(none, {}).find("Content-Length"), std::string::npos);
  EXPECT_TRUE(serialize(none, {}).ends_with("\r\n\r\n"));
  Response same = Response::empty(304);
  same.body = "x";
  EXPECT_EQ(serialize(same, {}).find("Content-Length"), std::string::npos);
  EXPECT_TRUE(serialize(same, {}).ends_with("\r\n\r\n"));
  EXPECT_NE(serialize(Response::empty(200), {}).find("Content-Length: 0\r\n"), std::string::npos);
}

TEST(HttpMessage, HeadersCannotInjectLines) {
  Response r = Response::empty(200);
  r.add("X-A", "a\r\nSet-Cookie: evil=1");
  r.add("X-B: c\r\nX-C", "v");
  r.add("Content-Length", "99").add("Transfer-Encoding", "chunked").add("Connection", "upgrade");
  EXPECT_EQ(serialize(r, {}),
            "HTTP/1.1 200 OK\r\nX-A: aSet-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n");
}

TEST(HttpMessage, SetReplacesAndAddAppends) {
  Response r;
  r.add("A", "1").add("a", "2").set("A", "3").add("B", "4");
  ASSERT_EQ(r.headers.size(), 2u);
  EXPECT_EQ(r.header("a"), "3");
}

TEST(HttpMessage, Tokens) {
  EXPECT_TRUE(is_token("X-Abc_1"));
  EXPECT_FALSE(is_token(""));
  EXPECT_FALSE(is_token("a b"));
  EXPECT_FALSE(is_token(std::string_view("a\0", 2)));
  EXPECT_TRUE(is_field_value("a\tb \xc3\xa9"));
  EXPECT_FALSE(is_field_value("a\nb"));
}

}  // namespace
}  // namespace strims::proto
