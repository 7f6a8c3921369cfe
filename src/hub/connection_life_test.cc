// How a connection ends: closing handshakes, time-outs, errors, restarts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/hub_testing.h"

namespace strims::hub {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kBanned = R"(ERR {"description":"banned"})";

TEST(ConnectionLife, ThePeerCloses) {
  HubCase c;
  Peer peer = c.enter(), other = c.enter();
  c.heard(peer);
  c.publish("last words");
  peer.send_close(1001);
  EXPECT_THAT(c.heard(peer), ElementsAre("last words", "close(1001,)"));
  EXPECT_TRUE(peer.ended);
  EXPECT_EQ(peer.error, 0);
  EXPECT_EQ(c.shard().size(), 1U);
  c.publish("next");
  EXPECT_EQ(c.heard(other).back(), "next");
}

TEST(ConnectionLife, AnEmptyCloseIsAnsweredWithACode) {
  HubCase c;
  Peer peer = c.enter();
  peer.send_frame(proto::WsOpcode::close, "");
  EXPECT_THAT(c.heard(peer), ElementsAre("close(1000,)"));
  EXPECT_TRUE(peer.ended);
}

TEST(ConnectionLife, TheServerClosesAndWaitsForTheAnswer) {
  HubCase c;
  Peer peer = c.enter();
  c.shard().expel(c.last, "banned");
  EXPECT_THAT(c.heard(peer), ElementsAre(std::string(kBanned), "close(1008,banned)"));
  EXPECT_FALSE(peer.ended);
  peer.send("PING 1");  // said before he had heard it
  EXPECT_THAT(c.heard(peer), IsEmpty());
  peer.send_close(1008);
  c.heard(peer);
  EXPECT_TRUE(peer.ended);
  EXPECT_EQ(c.shard().size(), 0U);
}

TEST(ConnectionLife, NothingFollowsTheCloseFrame) {
  HubCase c;
  Peer peer = c.enter();
  const chat::ConnId id = c.last;
  c.publish("before");
  c.shard().expel(id, "banned");
  c.tell(id, "after");
  c.publish("after");
  c.shard().expel(id, "banned");
  EXPECT_THAT(c.heard(peer), ElementsAre("before", std::string(kBanned), "close(1008,banned)"));
  c.tell(id, "after");
  EXPECT_THAT(c.heard(peer), IsEmpty());
}

TEST(ConnectionLife, AClosePassesEvenABlockedSocket) {
  HubCase c;
  Peer peer = c.enter(nullptr, {.send_buffer = 1});
  c.publish(std::string(100'000, '.'));
  c.settle();
  c.shard().expel(c.last, "banned");
  const auto got = c.heard(peer, "close");
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[0].size(), 100'000U);
  EXPECT_EQ(got[2], "close(1008,banned)");
}

TEST(ConnectionLife, APeerThatDoesNotAnswerTheCloseIsLeft) {
  HubCase c({.close_timeout_ms = 5'000});
  Peer peer = c.enter();
  c.shard().expel(c.last, "banned");
  c.settle();
  c.shard().check_time(c.reactor().now() + 4'000);
  EXPECT_EQ(c.shard().size(), 1U);
  c.shard().check_time(c.reactor().now() + 7'000);
  EXPECT_EQ(c.shard().size(), 0U);
  peer.read();
  EXPECT_TRUE(peer.ended);
}

TEST(ConnectionLife, AQuietNewcomerIsPingedSoonAndOnce) {
  HubCase c;
  Peer peer = c.enter();
  c.shard().check_time(c.reactor().now() + 6'000);
  EXPECT_THAT(c.heard(peer), IsEmpty());
  for (int s = 9; s < 20; ++s) c.shard().check_time(c.reactor().now() + s * 1'000);
  EXPECT_THAT(c.heard(peer), ElementsAre("ping(0)"));
}

TEST(ConnectionLife, AHalfOpenPeerIsFoundByItsSilence) {
  HubCase c({.pong_timeout_ms = 60'000});
  Peer silent = c.enter(nullptr, {.tcp = true});
  c.shard().check_time(c.reactor().now() + 59'000);
  EXPECT_EQ(c.shard().size(), 1U);
  c.shard().check_time(c.reactor().now() + 62'000);
  EXPECT_EQ(c.shard().size(), 0U);
  EXPECT_TRUE(c.until([&] {
    silent.read();
    return silent.ended;
  }));
}

TEST(ConnectionLife, TheServerPings) {
  HubCase c({.ping_interval_ms = 1});
  Peer peer = c.enter();
  EXPECT_EQ(c.heard(peer, "ping(").back(), "ping(0)") << "the number of the newest entry";
}

TEST(ConnectionLife, APeerThatIsGoneLeaves) {
  HubCase c({}, {.presence = {.quit_grace_ms = 0}});
  Peer one = c.enter(chat::person(1, "Ada")), two = c.enter();
  one.close();
  const auto got = c.heard(two, "QUIT ");
  EXPECT_EQ(got.back().substr(0, 5), "QUIT ");
  EXPECT_EQ(c.shard().size(), 1U);
}

TEST(ConnectionLife, APeerThatEndsItsHalfIsGone) {
  HubCase c;
  Peer peer = c.enter();
  peer.shutdown_write();
  c.heard(peer);
  EXPECT_TRUE(peer.ended);
  EXPECT_EQ(c.shard().size(), 0U);
}

TEST(ConnectionLife, GoneBeforeTheRoomHasAnswered) {
  HubCase c;
  Peer other = c.enter();
  Peer peer = c.connect(chat::person(1, "Ada"));
  peer.close();
  EXPECT_TRUE(c.until([&] { return c.shard().size() == 1; }));
  c.settle();
  EXPECT_EQ(c.hub->shard(0).size(), 1U);
  size_t connections = 9;
  c.hub->look([&](const chat::Room& room) { connections = room.members().connection_count(); });
  c.settle();
  EXPECT_EQ(connections, 1U) << "the room was told in order: in and out";
}

TEST(ConnectionLife, BrokenRules) {
  struct Row {
    std::string wire;
    std::string close;
  };
  using proto::ws_testing::client_frame;
  const Row rows[] = {
      {client_frame(1, "MSG"), "close(1008,protocol)"},  // no space: no frame of this protocol
      {client_frame(2, "x"), "close(1003,text only)"},
      {client_frame(1, "MSG {}", {.masked = false}), "close(1002,"},
      {client_frame(3, "x"), "close(1002,"},
      {client_frame(1, "\xff "), "close(1007,"},
      {client_frame(1, std::string(6145, 'x')), "close(1009,"},
  };
  for (const Row& row : rows) {
    HubCase c;
    Peer peer = c.enter();
    peer.send_raw(row.wire + client_frame(1, "PING later"));
    const auto got = c.heard(peer);
    ASSERT_EQ(got.size(), 1U) << row.close;
    EXPECT_TRUE(got[0].starts_with(row.close)) << got[0];
    if (!row.close.ends_with(")")) {
      EXPECT_TRUE(peer.ended) << "half-closed: nothing he says can be understood any more";
    }
    peer.send_raw("whatever he still sends");
    peer.close();
    EXPECT_TRUE(c.until([&] { return c.shard().size() == 0; })) << row.close;
  }
}

TEST(ConnectionLife, AMessageOfTheLongestSizePasses) {
  HubCase c;
  Peer peer = c.enter();
  peer.send("FOO " + std::string(6140, 'x'));
  peer.send("PING 1");
  EXPECT_THAT(c.heard(peer), ElementsAre("PONG \"MQ==\""));
}

TEST(ConnectionLife, AnEndedLoginEndsItsConnectionsOnly) {
  HubCase c;
  const UserPtr ada = chat::person(1, "Ada");
  Peer one = c.enter(ada, {.access_id = "login-1"}), two = c.enter(ada, {.access_id = "login-2"}),
       other = c.enter(chat::person(2, "Bo"), {.access_id = "login-1"});
  c.heard(one), c.heard(two), c.heard(other);
  c.hub->end_access("login-1", 1);
  EXPECT_THAT(c.heard(one), ElementsAre("close(1008,revoked)"));
  EXPECT_THAT(c.heard(two), IsEmpty());
  EXPECT_THAT(c.heard(other), IsEmpty());
}

TEST(ConnectionLife, ARestartClosesEveryoneOverTime) {
  HubCase c;
  std::vector<Peer> peers;
  for (int i = 0; i < 20; ++i) peers.push_back(c.enter());
  c.hub->drain(100);
  EXPECT_TRUE(c.hub->draining());
  EXPECT_TRUE(c.until([&] {
    for (Peer& peer : peers) {
      peer.read();
      for (const auto& frame : peer.take())
        if (frame == "close(1001,restart)") peer.send_close(1001);
    }
    return c.shard().size() == 0;
  }));
}

TEST(ConnectionLife, WhoComesDuringARestartIsClosedToo) {
  HubCase c;
  c.hub->drain(0);
  c.settle();
  Peer late = c.connect();
  EXPECT_TRUE(c.until([&] {
    late.read();
    return late.raw.ends_with("restart");
  }));
}

TEST(ConnectionLife, ManyComeAndGo) {
  HubCase c;
  for (int round = 0; round < 20; ++round) {
    std::vector<Peer> peers;
    for (int i = 0; i < 20; ++i)
      peers.push_back(c.connect(chat::person(1 + i, "Nick" + std::to_string(i))));
    c.publish("hello");
    c.settle();
    for (size_t i = 0; i < peers.size(); i += 2) peers[i].close();
    c.publish("hello");
    c.settle();
  }
  EXPECT_TRUE(c.until([&] { return c.shard().size() == 0; }));
  Peer last = c.enter();
  c.publish("hello");
  EXPECT_THAT(c.heard(last), ElementsAre("hello"));
}

}  // namespace
}  // namespace strims::hub
