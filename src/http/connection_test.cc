#include "http/connection.h"

#include <gtest/gtest.h>

#include "http/problem.h"
#include "http/test_server.h"

namespace strims::http {
namespace {

using testing::Answer;
using testing::Client;
using testing::say_path;
using testing::TestServer;

TEST(Connection, AnswersAndStaysOpen) {
  TestServer s;
  s.get("/a/{x}", [](RequestContext& c, Responder respond) {
    respond(proto::Response::text(200, std::string(c.param("x")) + "!"));
  });
  s.start();
  Client c = s.connect();
  const Answer a = c.get("/a/1");
  EXPECT_EQ(a.status, 200);
  EXPECT_EQ(a.body, "1!");
  EXPECT_EQ(a.header("Connection"), "");
  EXPECT_NE(a.header("Date"), "");
  EXPECT_EQ(c.get("/a/2").body, "2!");
}

TEST(Connection, TakesARequestInPieces) {
  TestServer s;
  s.post("/", [](RequestContext& c, Responder respond) {
    respond(proto::Response::text(200, c.request.body));
  });
  s.start();
  Client c = s.connect();
  for (const char byte :
       std::string("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"))
    c.send({&byte, 1});
  EXPECT_EQ(c.read().body, "hello");
}

TEST(Connection, AnswersPipelinedRequestsInOrder) {
  TestServer s;
  std::promise<Responder> late;
  s.get("/late", [&](RequestContext&, Responder respond) { late.set_value(std::move(respond)); });
  s.get("/{x}", say_path);
  s.start();
  Client c = s.connect();
  std::string all = "GET /late HTTP/1.1\r\nHost: a\r\n\r\n";
  for (int i = 0; i < 100; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  c.send(all);
  late.get_future().get()(proto::Response::text(200, "first"));
  EXPECT_EQ(c.read().body, "first");
  for (int i = 0; i < 100; ++i) ASSERT_EQ(c.read().body, "/" + std::to_string(i));
}

TEST(Connection, WritesALargeAnswerInPieces) {
  TestServer s;
  const std::string big(8 * 1024 * 1024, 'x');
  s.get("/big",
        [&](RequestContext&, Responder respond) { respond(proto::Response::text(200, big)); });
  s.start();
  Client c = s.connect();
  EXPECT_EQ(c.get("/big").body, big);
  EXPECT_EQ(c.get("/big").body.size(), big.size());
}

TEST(Connection, HeadIsGetWithoutBody) {
  TestServer s;
  s.get("/a", say_path);
  s.start();
  Client c = s.connect();
  c.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n");
  const Answer a = c.read(true);
  EXPECT_EQ(a.status, 200);
  EXPECT_EQ(a.header("Content-Length"), "2");
  EXPECT_EQ(c.get("/a").body, "/a") << "the connection is in step";
}

TEST(Connection, UnknownPathsAndMethods) {
  TestServer s;
  s.get("/a", say_path);
  s.start();
  Client c = s.connect();
  const Answer missing = c.get("/b");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.header("Content-Type"), "application/problem+json");
  c.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
  const Answer wrong = c.read();
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, HEAD, OPTIONS");
  c.send("OPTIONS /a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(c.read().status, 204);
  c.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(c.read().status, 204);
}

TEST(Connection, ClosesWhenTheClientAsks) {
  TestServer s;
  s.get("/a", say_path);
  s.start();
  Client c = s.connect();
  const Answer a = c.get("/a", "Connection: close\r\n");
  EXPECT_EQ(a.header("Connection"), "close");
  EXPECT_TRUE(c.closed());
  Client old = s.connect();
  old.send("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read().body, "/a");
  EXPECT_TRUE(old.closed());
}

TEST(Connection, AnswersAHalfClosedClient) {
  TestServer s;
  std::promise<Responder> late;
  s.get("/late", [&](RequestContext&, Responder respond) { late.set_value(std::move(respond)); });
  s.start();
  Client c = s.connect();
  c.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
  c.shutdown_write();
  Responder respond = late.get_future().get();
  s.on_shard([] {});
  respond(proto::Response::text(200, "there"));
  EXPECT_EQ(c.read().body, "there");
  EXPECT_TRUE(c.closed());
}

TEST(Connection, RefusesBrokenRequestsReadably) {
  TestServer s;
  s.start();
  Client c = s.connect();
  // More than was needed to refuse: the client must still get to read the answer.
  c.send("GET / HTTP/1.1\nHost: a\r\n\r\n" + std::string(100'000, 'x'));
  const Answer a = c.read();
  EXPECT_EQ(a.status, 400);
  EXPECT_EQ(a.header("Connection"), "close");
  EXPECT_NE(a.body.find("\"code\":\"bare_lf\""), std::string::npos) << a.body;
  c.shutdown_write();
  EXPECT_TRUE(c.closed());
}

TEST(Connection, LimitsTheBodyByRoute) {
  TestServer s;
  s.post("/small", say_path, 4);
  s.start();
  Client c = s.connect();
  c.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n1234");
  EXPECT_EQ(c.read().status, 200);
  c.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  const Answer a = c.read();
  EXPECT_EQ(a.status, 413);
  EXPECT_NE(a.body.find("body_too_large"), std::string::npos);
}

TEST(Connection, AsksForAnExpectedBody) {
  TestServer s;
  s.post("/", [](RequestContext& c, Responder respond) {
    respond(proto::Response::text(200, c.request.body));
  });
  s.start();
  Client c = s.connect();
  c.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(c.read(true).status, 100);
  c.send("hi");
  EXPECT_EQ(c.read().body, "hi");
  c.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(c.read().status, 413) << "refused instead of asked for";
}

TEST(Connection, SlowHeadIsTimedOutHoweverItTrickles) {
  TestServer s;
  s.shared.limits.head_timeout_ms = 50;
  s.start();
  Client slow = s.connect();
  slow.send("GET / HT");
  EXPECT_EQ(slow.read().status, 408);
  Client silent = s.connect();
  EXPECT_TRUE(silent.closed());
}

TEST(Connection, SlowBodyIsTimedOut) {
  TestServer s;
  s.shared.limits.body_timeout_ms = 50;
  s.post("/", say_path);
  s.start();
  Client c = s.connect();
  c.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n1");
  EXPECT_EQ(c.read().status, 408);
}

TEST(Connection, IdleConnectionIsClosedInSilence) {
  TestServer s;
  s.shared.limits.idle_timeout_ms = 30;
  s.get("/a", say_path);
  s.start();
  Client c = s.connect();
  EXPECT_EQ(c.get("/a").status, 200);
  EXPECT_TRUE(c.closed());
}

TEST(Connection, ReaderThatTakesNothingIsReset) {
  TestServer s;
  s.shared.limits.write_timeout_ms = 50;
  s.shared.limits.min_write_rate = 1 << 30;
  s.get("/big", [](RequestContext&, Responder respond) {
    respond(proto::Response::text(200, std::string(16 * 1024 * 1024, 'x')));
  });
  s.start();
  Client c = s.connect();
  c.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  while (s.size() > 0) std::this_thread::yield();
  EXPECT_LT(c.read().body.size(), size_t{16} * 1024 * 1024);
}

TEST(Connection, HalfClosedReaderThatIsSlowStillGetsAll) {
  TestServer s;
  s.get("/big", [](RequestContext&, Responder respond) {
    respond(proto::Response::text(200, std::string(4 * 1024 * 1024, 'x')));
  });
  s.start();
  Client c = s.connect();
  c.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  c.shutdown_write();
  s.on_shard([] {});
  EXPECT_EQ(c.read().body.size(), size_t{4} * 1024 * 1024);
  EXPECT_TRUE(c.closed());
}

TEST(Connection, ServesABoundedNumberOfRequests) {
  TestServer s;
  s.shared.limits.max_requests = 2;
  s.get("/a", say_path);
  s.start();
  Client c = s.connect();
  EXPECT_EQ(c.get("/a").header("Connection"), "");
  EXPECT_EQ(c.get("/a").header("Connection"), "close");
  EXPECT_TRUE(c.closed());
}

TEST(Connection, AnswerIsInTimeOrATimeout) {
  TestServer s;
  s.shared.limits.response_deadline_ms = 30;
  std::promise<Responder> late;
  s.get("/late", [&](RequestContext&, Responder respond) { late.set_value(std::move(respond)); });
  s.get("/a", say_path);
  s.start();
  Client c = s.connect();
  const Answer a = c.get("/late");
  EXPECT_EQ(a.status, 503);
  EXPECT_NE(a.body.find("\"code\":\"unavailable\""), std::string::npos);
  EXPECT_NE(a.header("Retry-After"), "");
  late.get_future().get()(proto::Response::text(200, "too late"));
  EXPECT_EQ(c.get("/a").body, "/a") << "the late answer was dropped";
}

TEST(Connection, NoRequestIsLeftUnanswered) {
  TestServer s;
  s.get("/dropped", [](RequestContext&, Responder) {});
  s.get("/thrown", [](RequestContext&, Responder) { throw std::runtime_error("oops"); });
  s.start();
  Client c = s.connect();
  EXPECT_EQ(c.get("/dropped").status, 500);
  EXPECT_EQ(c.get("/thrown").status, 500);
}

TEST(Connection, AnswerToAClientThatLeftIsDropped) {
  TestServer s;
  std::promise<Responder> late;
  s.get("/late", [&](RequestContext&, Responder respond) { late.set_value(std::move(respond)); });
  s.get("/a", say_path);
  s.start();
  {
    Client c = s.connect();
    c.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    Responder respond = late.get_future().get();
    c.close();
    while (s.size() > 0) std::this_thread::yield();
    Client next = s.connect();  // perhaps in the same slot
    respond(proto::Response::text(200, "for the other"));
    EXPECT_EQ(next.get("/a").body, "/a");
  }
}

}  // namespace
}  // namespace strims::http
