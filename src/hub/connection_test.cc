// How a connection speaks: order, partial writes, bounds. How it lives and dies is in
// connection_life_test.cc.
#include "hub/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "hub/hub_testing.h"

namespace strims::hub {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

size_t count(const std::vector<std::string>& frames, std::string_view prefix) {
  return static_cast<size_t>(std::count_if(
      frames.begin(), frames.end(), [&](const std::string& f) { return f.starts_with(prefix); }));
}

TEST(Connection, PrivateFramesKeepTheirPlaceInTheFeed) {
  HubCase c;
  Peer peer = c.enter();
  const chat::ConnId id = c.last;
  c.publish("1");
  c.tell(id, "mine 1");
  c.publish("2");
  c.publish("3");
  c.tell(id, "mine 2");
  c.tell(id, "mine 3");
  EXPECT_THAT(c.heard(peer), ElementsAre("1", "mine 1", "2", "3", "mine 2", "mine 3"));
  c.tell(id, "mine 4");
  c.publish("4");
  EXPECT_THAT(c.heard(peer), ElementsAre("mine 4", "4"));
}

TEST(Connection, OthersHearOnlyTheFeed) {
  HubCase c;
  Peer one = c.enter();
  const chat::ConnId id = c.last;
  Peer two = c.enter();
  c.heard(one);
  c.publish("1");
  c.tell(id, "mine");
  EXPECT_THAT(c.heard(two), ElementsAre("1"));
  EXPECT_THAT(c.heard(one), ElementsAre("1", "mine"));
}

// Whatever the socket takes at a time, the order is the room's and no byte is lost or doubled.
TEST(Connection, TheOrderOutlivesPartialWrites) {
  HubCase c({.ring_bytes = 1 << 20, .flush_bytes = 8000});
  Peer peer = c.enter(nullptr, {.send_buffer = 1});
  const chat::ConnId id = c.last;
  std::mt19937 random(7);
  std::vector<std::string> expected, got;
  for (int round = 0; round < 300; ++round) {
    const std::string text = std::to_string(round) + std::string(random() % 3000, '.');
    expected.push_back(text);
    if (random() % 2) {
      c.publish(text);
    } else {
      c.tell(id, text);
    }
    if (random() % 4 == 0) c.reactor().run_once(0);
    if (random() % 3 == 0) peer.read(random() % 5000);
    for (auto& frame : peer.take()) got.push_back(std::move(frame));
  }
  EXPECT_TRUE(c.until([&] {
    peer.read(3000);
    for (auto& frame : peer.take()) got.push_back(std::move(frame));
    return got.size() >= expected.size() || peer.ended;
  }));
  EXPECT_EQ(got, expected);
}

TEST(Connection, ABlockedReaderGetsAllThatTheRingStillHolds) {
  HubCase c;
  Peer peer = c.enter(nullptr, {.send_buffer = 1});
  for (int i = 0; i < 1000; ++i) c.publish(std::to_string(i) + std::string(500, '.'));
  c.settle();
  std::vector<std::string> got;
  EXPECT_TRUE(c.until([&] {
    peer.read();
    for (auto& frame : peer.take()) got.push_back(std::move(frame));
    return got.size() == 1000;
  }));
  EXPECT_THAT(got.back(), StartsWith("999."));
}

TEST(Connection, AReaderWhoLostTheRingIsCutAndTheOthersAreNotDisturbed) {
  HubCase c({.ring_bytes = 64 * 1024, .lag_max_bytes = 1 << 20});
  Peer slow = c.enter(nullptr, {.tcp = true, .send_buffer = 1});
  Peer fast = c.enter();
  size_t heard = 0;
  for (int i = 0; i < 300; ++i) {
    c.publish(std::to_string(i) + std::string(1000, '.'));
    heard += c.heard(fast).size();
  }
  EXPECT_EQ(heard, 300U);
  // He reads again, but what he had next is gone from the ring. (Where the kernel moves his bytes
  // on late, that has been found out already.)
  EXPECT_TRUE(c.until([&] {
    slow.read();
    return slow.ended;
  }));
  EXPECT_EQ(slow.error, ECONNRESET);
  const auto got = slow.take();
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_THAT(got[i], StartsWith(std::to_string(i) + ".")) << "no gap";
  EXPECT_LT(got.size(), 300U);
  EXPECT_EQ(c.shard().size(), 1U);
  c.publish("still here");
  EXPECT_THAT(c.heard(fast), ElementsAre("still here"));
}

TEST(Connection, AReaderThatTakesNothingIsCutInTime) {
  HubCase c({.pong_timeout_ms = 600'000, .write_timeout_ms = 30'000});
  Peer slow = c.enter(nullptr, {.send_buffer = 1});
  Peer idle = c.enter();
  c.publish(std::string(100'000, '.'));
  idle.read();
  c.settle();
  idle.read();
  c.shard().check_time(c.reactor().now() + 29'000);
  EXPECT_EQ(c.shard().size(), 2U);
  c.shard().check_time(c.reactor().now() + 32'000);
  EXPECT_EQ(c.shard().size(), 1U);
  slow.read();
  EXPECT_TRUE(slow.ended);
}

TEST(Connection, APrivateQueueHasABound) {
  HubCase c({.private_queue_bytes = 10'000});
  Peer peer = c.enter(nullptr, {.tcp = true, .send_buffer = 1});
  const chat::ConnId id = c.last;
  for (int i = 0; i < 100 && c.shard().size() == 1; ++i) {
    c.tell(id, std::string(1000, '.'));
    c.settle();
  }
  EXPECT_EQ(c.shard().size(), 0U);
  EXPECT_TRUE(c.until([&] {
    peer.read();
    return peer.ended;
  }));
  EXPECT_EQ(peer.error, ECONNRESET);
}

TEST(Connection, ALongWelcomeIsNotHeldAgainstTheNewcomer) {
  HubCase c({.private_queue_bytes = 10'000});
  std::vector<Peer> crowd;
  for (int i = 0; i < 300; ++i) {
    crowd.push_back(c.connect(chat::person(100 + i, "Nick" + std::to_string(i))));
    if (i % 50 == 0) c.settle();
  }
  Peer peer = c.connect(nullptr, {.send_buffer = 1});  // his NAMES are longer than the bound
  const chat::ConnId id = c.last;
  c.settle();
  for (int i = 0; i < 5; ++i) c.tell(id, "mine");
  c.settle();
  std::vector<std::string> got;
  EXPECT_TRUE(c.until([&] {
    peer.read();
    if (peer.raw.starts_with(HubCase::kHead)) peer.raw.erase(0, HubCase::kHead.size());
    for (auto& frame : peer.take()) got.push_back(std::move(frame));
    return peer.ended || count(got, "mine") == 5;
  }));
  EXPECT_EQ(count(got, "mine"), 5U);
  ASSERT_GT(got.size(), 1U);
  EXPECT_THAT(got[1], StartsWith("NAMES "));
  EXPECT_GT(got[1].size(), 10'000U);
}

TEST(Connection, CommandsHaveARate) {
  HubCase c({.commands_per_second = 10, .commands_burst = 20});
  Peer peer = c.enter();
  std::string wire;
  for (int i = 0; i < 60; ++i)
    wire += proto::ws_testing::client_frame(proto::WsOpcode::text, R"(CASTVOTE {"vote":"1"})");
  peer.send_raw(wire);
  const auto got = c.heard(peer);
  EXPECT_EQ(got.size(), 60U) << "each is answered";
  EXPECT_EQ(count(got, R"(ERR {"description":"needlogin")"), 21U);
  EXPECT_EQ(count(got, R"(ERR {"description":"throttled")"), 39U);
}

TEST(Connection, AThrottledCommandNamesItsNonce) {
  HubCase c({.commands_per_second = 1, .commands_burst = 0});
  Peer peer = c.enter();
  peer.send(R"(MSG {"data":"one","nonce":"n1"})");
  peer.send(R"(MSG {"data":"two","nonce":"n2"})");
  EXPECT_THAT(c.heard(peer),
              ::testing::UnorderedElementsAre(R"(ERR {"description":"needlogin","nonce":"n1"})",
                                              R"(ERR {"description":"throttled","nonce":"n2"})"));
}

TEST(Connection, BotsHaveNoRate) {
  HubCase c({.commands_per_second = 1, .commands_burst = 1});
  Peer peer = c.enter(chat::person(5, "Bot", Role::user, {"bot"}));
  for (int i = 0; i < 30; ++i) peer.send(R"(CASTVOTE {"vote":"1"})");
  const auto got = c.heard(peer);
  EXPECT_EQ(count(got, R"(ERR {"description":"noactivepoll")"), 30U);
}

TEST(Connection, PingsOfTheProtocolAndOfTheClient) {
  HubCase c({.commands_per_second = 1, .commands_burst = 0});
  Peer peer = c.enter();
  for (int i = 0; i < 10; ++i) peer.send_frame(proto::WsOpcode::ping, "abc");
  EXPECT_THAT(c.heard(peer), Each("pong(abc)"));
  peer.send(R"(PING {"timestamp":1})");
  peer.send(R"(PING {"timestamp":2})");  // past the rate: no answer
  EXPECT_THAT(c.heard(peer), ElementsAre("PONG \"eyJ0aW1lc3RhbXAiOjF9\""));
  peer.send("PONG x");
  peer.send("FOO {}");
  peer.send_frame(proto::WsOpcode::pong, "9");
  EXPECT_THAT(c.heard(peer), IsEmpty());
}

TEST(Connection, EchoMode) {
  HubCase c({.max_message_bytes = 200'000, .private_queue_bytes = 10'000});
  Peer peer = c.connect(nullptr, {.mode = Connection::Mode::echo});
  c.settle();
  peer.read();
  EXPECT_EQ(peer.raw, HubCase::kHead);
  peer.raw.clear();
  peer.send("MSG");
  peer.send_frame(proto::WsOpcode::binary, "\x01\x02");
  peer.send_frame(proto::WsOpcode::ping, "");
  c.publish("not for him");
  EXPECT_THAT(c.heard(peer), ElementsAre("MSG", "binary(\x01\x02)", "pong()"));
  const std::string big(100'000, 'x');
  peer.send(big);
  EXPECT_THAT(c.heard(peer, "x"), ElementsAre(big)) << "one alone may be longer than the bound";
}

TEST(Connection, WhatCameWithTheRequestIsReadFirst) {
  HubCase c;
  Peer peer =
      c.connect(nullptr, {.leftover = proto::ws_testing::client_frame(1, "PING 1") +
                                      proto::ws_testing::client_frame(1, "PING 2").substr(0, 3)});
  peer.send_raw(proto::ws_testing::client_frame(1, "PING 2").substr(3));  // before he is even in
  peer.send("PING 3");
  c.settle();
  peer.read();
  peer.raw.erase(0, HubCase::kHead.size());
  auto got = peer.take();
  ASSERT_GE(got.size(), 3U);
  EXPECT_THAT(got[0], "ME null");
  EXPECT_THAT(std::vector<std::string>(got.end() - 3, got.end()),
              ElementsAre("PONG \"MQ==\"", "PONG \"Mg==\"", "PONG \"Mw==\""));
}

TEST(Connection, TheInputOfOneTurnIsBounded) {
  HubCase c({.read_bytes_per_turn = 64, .commands_per_second = 0});
  Peer flood = c.enter(), calm = c.enter();
  c.heard(flood);
  std::string wire;
  for (int i = 0; i < 200; ++i) wire += proto::ws_testing::client_frame(1, "PING x");
  flood.send_raw(wire);
  calm.send("PING y");
  c.reactor().run_once(0);
  c.reactor().run_once(0);
  calm.read();
  EXPECT_THAT(calm.take(), ElementsAre("PONG \"eQ==\"")) << "served while the flood is being read";
  EXPECT_EQ(c.heard(flood).size(), 200U) << "and nothing of the flood is lost";
}

}  // namespace
}  // namespace strims::hub
