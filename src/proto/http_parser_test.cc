#include "proto/http_parser.h"

#include <gtest/gtest.h>

namespace strims::proto {
namespace {

using State = HttpParser::State;

HttpParser fed(std::string_view bytes, uint64_t body_limit = 1000) {
  HttpParser p;
  size_t used = p.feed(bytes);
  if (p.state() == State::head) {
    p.accept_body(body_limit);
    used += p.feed(bytes.substr(used));
  }
  return p;
}

TEST(HttpParser, ReadsARequestWithoutBody) {
  HttpParser p = fed("GET /a%20b?x=1&y=2 HTTP/1.1\r\nHost: example.org\r\nX-A:  v \r\n\r\n");
  ASSERT_EQ(p.state(), State::done);
  const Request r = p.take();
  EXPECT_EQ(r.method, "GET");
  EXPECT_EQ(r.target, "/a%20b?x=1&y=2");
  EXPECT_EQ(r.path, "/a b");
  EXPECT_EQ(r.query, "x=1&y=2");
  EXPECT_EQ(r.version_minor, 1);
  EXPECT_EQ(r.header("x-a"), "v");
  EXPECT_TRUE(r.keep_alive);
  EXPECT_EQ(p.state(), State::need_more);
  EXPECT_FALSE(p.started());
}

TEST(HttpParser, StopsAtTheHeadAndThenAtTheEndOfTheMessage) {
  HttpParser p;
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
  const std::string all = head + "abcGET ";
  EXPECT_EQ(p.feed(all), head.size());
  ASSERT_EQ(p.state(), State::head);
  EXPECT_TRUE(p.expects_body());
  EXPECT_EQ(p.feed("abc"), 0u) << "nothing is consumed before accept_body";
  p.accept_body(10);
  EXPECT_EQ(p.feed("abcGET "), 3u);
  ASSERT_EQ(p.state(), State::done);
  EXPECT_EQ(p.take().body, "abc");
}

TEST(HttpParser, RefusesATooLongBodyBeforeReadingIt) {
  HttpParser p;
  p.feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
  p.accept_body(10);
  ASSERT_EQ(p.state(), State::error);
  EXPECT_EQ(p.error().status, 413);
  EXPECT_EQ(p.error().reason, "body_too_large");
}

TEST(HttpParser, DecodesChunksAndDropsTrailers) {
  HttpParser p =
      fed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
          "3\r\nabc\r\n0A;x=\"y\"\r\n0123456789\r\n0\r\nContent-Length: 5\r\n\r\nrest");
  ASSERT_EQ(p.state(), State::done);
  const Request r = p.take();
  EXPECT_EQ(r.body, "abc0123456789");
  EXPECT_FALSE(r.has_header("Content-Length"));
}

TEST(HttpParser, ChunkedBodyOverTheLimitIs413) {
  HttpParser p =
      fed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n8\r\n", 10);
  ASSERT_EQ(p.state(), State::error);
  EXPECT_EQ(p.error().status, 413);
}

TEST(HttpParser, ServesPipelinedRequests) {
  HttpParser p;
  const std::string all = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n";
  size_t used = p.feed(all);
  p.accept_body(0);
  ASSERT_EQ(p.state(), State::done);
  EXPECT_EQ(p.take().path, "/1");
  used += p.feed(std::string_view(all).substr(used));
  p.accept_body(0);
  ASSERT_EQ(p.state(), State::done);
  EXPECT_EQ(p.take().path, "/2");
  EXPECT_EQ(used, all.size());
}

TEST(HttpParser, ByteByByteGivesTheSame) {
  const std::string all =
      "\r\nPOST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: "
      "100-continue\r\n\r\n"
      "3;e\r\nabc\r\n0\r\nA: b\r\n\r\n";
  HttpParser p;
  for (const char& c : all) {
    if (p.state() == State::head) p.accept_body(100);
    EXPECT_EQ(p.feed({&c, 1}), 1u);
  }
  ASSERT_EQ(p.state(), State::done);
  const Request r = p.take();
  EXPECT_EQ(r.body, "abc");
  EXPECT_TRUE(r.expect_continue);
}

TEST(HttpParser, KeepAliveFollowsVersionAndConnection) {
  EXPECT_FALSE(fed("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n").take().keep_alive);
  EXPECT_FALSE(fed("GET / HTTP/1.0\r\n\r\n").take().keep_alive);
  EXPECT_TRUE(fed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").take().keep_alive);
}

TEST(HttpParser, StartedTellsWhetherTheHeadClockRuns) {
  HttpParser p;
  EXPECT_FALSE(p.started());
  p.feed("\r\n");
  EXPECT_TRUE(p.started());
}

TEST(HttpParser, ConfiguredLimits) {
  HttpLimits limits;
  limits.head = 64;
  limits.headers = 2;
  HttpParser big(limits);
  big.feed("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(64, 'x'));
  ASSERT_EQ(big.state(), State::error);
  EXPECT_EQ(big.error().status, 431);
  HttpParser many(limits);
  many.feed("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nC: d\r\n\r\n");
  ASSERT_EQ(many.state(), State::error);
  EXPECT_EQ(many.error().reason, "too_many_headers");
}

}  // namespace
}  // namespace strims::proto
