#include "http/server.h"

#include <gtest/gtest.h>

#include "http/problem.h"
#include "http/test_server.h"

namespace strims::http {
namespace {

using testing::Answer;
using testing::Client;
using testing::say_path;
using testing::TestServer;

struct Deaf final : net::EventHandler {
  void on_event(uint32_t) override {}
};

void say_peer(RequestContext& c, Responder respond) {
  respond(proto::Response::text(200, c.peer.to_string() + (c.secure ? " secure" : "")));
}

TEST(Server, RunsLaneRoutesOnTheirLane) {
  TestServer s;
  net::Lane lane("db", 1, 8);
  s.shared.run_db = [&](net::Lane::Job job) { return lane.try_run(std::move(job)); };
  const auto shard_thread = [&] {
    std::thread::id id;
    s.on_shard([&] { id = std::this_thread::get_id(); });
    return id;
  };
  std::atomic<std::thread::id> ran_on{};
  s.get(
      "/db",
      [&](RequestContext& c, Responder respond) {
        ran_on = std::this_thread::get_id();
        respond(proto::Response::text(200, c.request.path));
      },
      RunOn::db_lane);
  s.get("/auth", say_path, RunOn::auth_lane);
  s.start();
  Client c = s.connect();
  EXPECT_EQ(c.get("/db").body, "/db");
  EXPECT_NE(ran_on.load(), std::thread::id());
  EXPECT_NE(ran_on.load(), shard_thread());
  const Answer none = c.get("/auth");
  EXPECT_EQ(none.status, 503) << "no such lane";
  EXPECT_EQ(none.header("Retry-After"), "1");
  lane.stop();
  EXPECT_EQ(c.get("/db").status, 503) << "the lane takes nothing";
  s.stop();
}

TEST(Server, UpgradeHandsTheSocketOver) {
  TestServer s;
  std::promise<Upgrade> handed;
  s.router.add_upgrade("/ws/{room}", [&](Upgrade u) { handed.set_value(std::move(u)); });
  s.start();
  Client c = s.connect();
  c.send(
      "GET /ws/main?since=1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: "
      "WebSocket\r\n\r\nleft");
  Upgrade u = handed.get_future().get();
  EXPECT_EQ(u.request.query, "since=1");
  EXPECT_EQ(u.path_params.get("room"), "main");
  EXPECT_EQ(u.leftover, "left");
  EXPECT_EQ(u.peer.to_string(), "192.0.2.1");
  EXPECT_EQ(u.reactor, &s.reactor);
  EXPECT_FALSE(u.request_id.empty());
  EXPECT_EQ(s.size(), 0u);
  EXPECT_EQ(s.shared.connections->size(), 1u) << "still counted while the lease lives";
  s.on_shard([&] {
    Deaf handler;
    EXPECT_TRUE(s.reactor.add(u.socket.fd(), 0, &handler)) << "not watched any more";
    s.reactor.remove(u.socket.fd());
    u.socket.write(as_bytes("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
    u.socket.close();
    u.lease.release();
  });
  EXPECT_EQ(c.read().status, 101);
  EXPECT_EQ(s.shared.connections->size(), 0u);
}

TEST(Server, UpgradePathRefusesOtherRequests) {
  TestServer s;
  s.router.add_upgrade("/ws", [](Upgrade) { FAIL(); });
  s.start();
  Client c = s.connect();
  const Answer plain = c.get("/ws");
  EXPECT_EQ(plain.status, 426);
  EXPECT_EQ(plain.header("Upgrade"), "websocket");
  EXPECT_EQ(plain.header("Connection"), "Upgrade");
  c.send("POST /ws HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  const Answer post = c.read();
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.body, "Method not allowed");
  EXPECT_EQ(post.header("Allow"), "GET");
}

TEST(Server, BelievesForwardingHeadersOfTrustedPeersOnly) {
  TestServer s;
  s.shared.trusted_proxies.add("10.0.0.0/8");
  s.get("/peer", say_peer);
  s.start();
  const std::string headers =
      "X-Forwarded-For: 198.51.100.7, 10.1.1.1\r\nX-Forwarded-Proto: https\r\n";
  EXPECT_EQ(s.connect("10.0.0.1").get("/peer", headers).body, "198.51.100.7 secure");
  EXPECT_EQ(s.connect("192.0.2.1").get("/peer", headers).body, "192.0.2.1");
}

TEST(Server, ReadsTheProxyHeaderOfTrustedPeers) {
  TestServer s;
  s.shared.trusted_proxies.add("10.0.0.0/8");
  s.profile.proxy_protocol = true;
  s.get("/peer", say_peer);
  s.start();
  Client c = s.connect("10.0.0.1");
  c.send("PROXY TCP4 198.51.100.7 10.0.0.9 ");
  s.on_shard([] {});
  c.send("1 2\r\nGET /peer HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(c.read().body, "198.51.100.7");
  Client missing = s.connect("10.0.0.1");
  missing.send("GET /peer HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(missing.closed());
  EXPECT_EQ(s.connect("192.0.2.1").get("/peer").body, "192.0.2.1") << "others do not send one";
}

TEST(Server, LimitsConnections) {
  TestServer s;
  s.shared.connections = std::make_shared<ConnectionTable>(3, 2);
  s.get("/a", say_path);
  s.start();
  Client one = s.connect("192.0.2.1");
  Client two = s.connect("192.0.2.1");
  EXPECT_EQ(s.connect("192.0.2.1").read().status, 503) << "third of one address";
  Client three = s.connect("192.0.2.2");
  const Answer full = s.connect("192.0.2.3").read();
  EXPECT_EQ(full.status, 503) << "fourth of all";
  EXPECT_NE(full.body.find("too_many_connections"), std::string::npos);
  EXPECT_EQ(full.body.back(), '}');
  one.close();
  while (s.size() > 2) std::this_thread::yield();
  EXPECT_EQ(s.connect("192.0.2.1").get("/a").status, 200);
}

TEST(Server, DrainClosesIdleAndFinishesTheRest) {
  TestServer s;
  std::promise<Responder> late;
  s.get("/late", [&](RequestContext&, Responder respond) { late.set_value(std::move(respond)); });
  s.get("/a", say_path);
  s.start();
  Client idle = s.connect();
  EXPECT_EQ(idle.get("/a").status, 200);
  Client busy = s.connect();
  busy.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
  Responder respond = late.get_future().get();
  std::promise<void> empty;
  s.on_shard([&] { s.server().drain([&] { empty.set_value(); }); });
  EXPECT_TRUE(idle.closed());
  respond(proto::Response::text(200, "done"));
  const Answer last = busy.read();
  EXPECT_EQ(last.body, "done");
  EXPECT_EQ(last.header("Connection"), "close");
  EXPECT_TRUE(busy.closed());
  busy.close();
  empty.get_future().wait();
}

TEST(Server, CloseAllEndsEverything) {
  TestServer s;
  s.start();
  Client a = s.connect();
  Client b = s.connect();
  s.on_shard([&] { s.server().close_all(); });
  EXPECT_TRUE(a.closed());
  EXPECT_TRUE(b.closed());
  EXPECT_EQ(s.size(), 0u);
}

TEST(Server, LateResponderOutlivesTheServer) {
  std::promise<Responder> late;
  auto handed = late.get_future();
  Responder respond;
  TestServer s;
  s.get("/late", [&](RequestContext&, Responder r) { late.set_value(std::move(r)); });
  s.start();
  Client c = s.connect();
  c.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
  respond = handed.get();
  s.stop();
  respond(proto::Response::text(200, "nobody listens"));
}

}  // namespace
}  // namespace strims::http
