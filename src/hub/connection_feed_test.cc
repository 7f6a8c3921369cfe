// How a connection reads its feed: compressed or plain, and when it falls behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "hub/hub_testing.h"
#include "net/memory.h"

namespace strims::hub {
namespace {

using ::testing::ElementsAre;

const PeerOptions kShared{.deflate = true, .shared_window = true};

std::string line(int n) {
  return R"(MSG {"id":8,"nick":"Bo","data":"line )" + std::to_string(n) + "\"}";
}

TEST(ConnectionFeed, ANewcomerReadsCompressedFromTheNextEpochOn) {
  HubCase c;
  Peer peer = c.enter(nullptr, kShared);
  c.publish(line(1));
  EXPECT_THAT(c.heard(peer), ElementsAre(line(1)));
  EXPECT_EQ(peer.packed_frames, 1U) << "the first one to want it begins an epoch";
  Peer late = c.enter(nullptr, kShared);
  for (int i = 2; i <= 20; ++i) {
    c.publish(line(i));
    EXPECT_THAT(c.heard(late), ElementsAre(line(i)));
    EXPECT_THAT(c.heard(peer), ElementsAre(line(i)));
  }
  EXPECT_EQ(peer.packed_frames, 20U);
  EXPECT_EQ(late.packed_frames, 12U) << "the second epoch begins after 8 frames, with number 9";
}

TEST(ConnectionFeed, WhoDidNotAskReadsPlain) {
  HubCase c;
  Peer shared = c.enter(nullptr, kShared);
  Peer alone = c.enter(nullptr, {.deflate = true});
  for (int i = 1; i <= 30; ++i) {
    c.publish(line(i));
    EXPECT_THAT(c.heard(alone), ElementsAre(line(i)));
    EXPECT_THAT(c.heard(shared), ElementsAre(line(i)));
  }
  EXPECT_EQ(alone.packed_frames, 0U);
  EXPECT_EQ(shared.packed_frames, 30U);
}

TEST(ConnectionFeed, PrivateFramesArePlainAndKeepTheirPlace) {
  HubCase c;
  Peer peer = c.enter(nullptr, kShared);
  const chat::ConnId id = c.last;
  c.publish(line(1));
  c.tell(id, "mine 1");
  c.publish(line(2));
  c.tell(id, "mine 2");
  EXPECT_THAT(c.heard(peer), ElementsAre(line(1), "mine 1", line(2), "mine 2"));
  EXPECT_EQ(peer.packed_frames, 2U);
}

// Joins, leaves, private frames, partial writes, pings: nobody's window ever breaks.
TEST(ConnectionFeed, WindowsHoldWhoeverComesAndGoes) {
  // Room for all that is said, and time: nobody is to lose the ring or be given up here, however
  // slow the machine is.
  constexpr int64_t kHourMs = 3'600'000;
  HubCase c({.ring_bytes = 4 << 20,
             .flush_bytes = 3000,
             .pong_timeout_ms = kHourMs,
             .write_timeout_ms = kHourMs});
#ifdef STRIMS_SANITIZED
  constexpr int kRounds = 400;
#else
  constexpr int kRounds = 3000;
#endif
  struct Viewer {
    Peer peer;
    chat::ConnId id;
    std::vector<std::string> expected, got;
  };
  std::vector<std::unique_ptr<Viewer>> viewers;
  std::mt19937 random(11);
  size_t packed = 0;
  const auto read = [&](Viewer& v, size_t most) {
    v.peer.read(most);
    for (auto& frame : v.peer.take())
      if (!frame.starts_with("ping(")) v.got.push_back(std::move(frame));
  };
  for (int round = 0; round < kRounds; ++round) {
    if (viewers.size() < 12 && random() % 12 == 0) {
      auto v = std::make_unique<Viewer>();
      PeerOptions options = random() % 4 == 0 ? PeerOptions{} : kShared;
      if (random() % 3 == 0) options.send_buffer = 1;
      v->peer = c.enter(nullptr, options);
      v->id = c.last;
      viewers.push_back(std::move(v));
    }
    if (!viewers.empty() && random() % 40 == 0) {
      const size_t i = random() % viewers.size();
      packed += viewers[i]->peer.packed_frames;
      viewers.erase(viewers.begin() + static_cast<std::ptrdiff_t>(i));
    }
    const std::string text =
        line(round) + std::string(random() % 700, static_cast<char>('a' + random() % 3));
    if (!viewers.empty() && random() % 5 == 0) {
      Viewer& v = *viewers[random() % viewers.size()];
      c.tell(v.id, text);
      v.expected.push_back(text);
    } else {
      c.publish(text);
      for (auto& v : viewers) v->expected.push_back(text);
    }
    if (random() % 100 == 0) c.shard().ping();
    if (random() % 2) c.reactor().run_once(0);
    for (auto& v : viewers)
      if (random() % 2) read(*v, 1 + random() % 4000);
  }
  for (auto& v : viewers) {
    EXPECT_TRUE(c.until([&] {
      read(*v, SIZE_MAX);
      return v->got.size() >= v->expected.size() || v->peer.ended;
    }));
    EXPECT_EQ(v->got, v->expected);
  }
  EXPECT_GT(packed, kRounds / 3u) << "most was compressed";
}

TEST(ConnectionFeed, ASlowReaderIsToldToComeBack) {
  for (const PeerOptions& how : {PeerOptions{}, kShared}) {
    HubCase c({.ring_bytes = 64 * 1024, .lag_max_bytes = 16 * 1024});
    PeerOptions options = how;
    options.tcp = true;
    options.send_buffer = 1;
    Peer slow = c.enter(nullptr, options);
    Peer fast = c.enter();
    std::mt19937 random(3);
    std::vector<std::string> said;
    for (int i = 0; i < 300; ++i) {
      std::string text = std::to_string(i) + '.';
      while (text.size() < 1000) text += static_cast<char>('!' + random() % 90);
      said.push_back(text);
      c.publish(text);
      c.heard(fast);
    }
    EXPECT_TRUE(c.until([&] {
      slow.read();
      return slow.ended || slow.raw.ends_with("slow reader");
    }));
    auto got = slow.take();
    ASSERT_FALSE(got.empty());
    EXPECT_EQ(got.back(), "close(4008,slow reader)");
    got.pop_back();
    EXPECT_LT(got.size(), 300U);
    said.resize(got.size());
    EXPECT_EQ(got, said) << "whole frames, none left out before the end";
  }
}

TEST(ConnectionFeed, WhoAskedForGapsReadsOnWhereTheOthersAre) {
  for (const bool shared : {false, true}) {
    HubCase c({.ring_bytes = 64 * 1024, .lag_max_bytes = 16 * 1024});
    Peer slow = c.enter(
        nullptr,
        {.deflate = shared, .shared_window = shared, .gaps = true, .tcp = true, .send_buffer = 1});
    std::mt19937 random(3);
    Seq seq = 0;
    const auto say = [&] {
      std::string text = "MSG {\"id\":8,\"data\":\"";
      for (int i = 0; i < 900; ++i) text += static_cast<char>('a' + random() % 26);
      ++seq;
      c.publish(text + "\",\"seq\":" + std::to_string(seq) + "}", seq);
      c.settle();
    };
    for (int i = 0; i < 300; ++i) say();
    // He reads again, and is where the others are. The room of this test has said nothing, so where
    // something was left out there is NAMES alone.
    std::vector<std::string> got;
    const auto read = [&] {
      slow.read();
      for (auto& frame : slow.take())
        if (!frame.starts_with("ping(")) got.push_back(std::move(frame));
    };
    EXPECT_TRUE(c.until([&] {
      read();
      say();
      read();
      return !got.empty() && got.back().ends_with("\"seq\":" + std::to_string(seq) + "}");
    }));
    Seq at = 0;
    bool told = false;
    size_t gaps = 0;
    for (const auto& frame : got) {
      if (frame.starts_with("NAMES ")) {
        told = true;
        continue;
      }
      const Seq next = std::stoull(frame.substr(frame.rfind(':') + 1));
      if (next != at + 1) {
        EXPECT_TRUE(told) << at << " to " << next;
        EXPECT_GT(next, at);
        ++gaps;
      }
      at = next;
      told = false;
    }
    EXPECT_GT(gaps, 0U);
    EXPECT_EQ(c.shard().size(), 1U);
  }
}

TEST(ConnectionFeed, AGapIsAskedForAlsoBehindAFullFlush) {
  HubCase c({.ring_bytes = 64 * 1024, .flush_bytes = 100, .lag_max_bytes = 16 * 1024});
  auto [socket, peer] = net::memory_pair(c.reactor());
  const auto conn = c.shard().adopt({.socket = std::move(socket),
                                     .gaps = true,
                                     .address = *IpAddress::parse("192.0.2.1"),
                                     .head = "HEAD"});
  c.settle();
  EXPECT_NE(peer.receive().find("NAMES "), std::string::npos);
  peer.set_receive_bound(0);
  c.tell(conn, std::string(98, 'x'));  // one flush, to the byte
  for (int i = 0; i < 40; ++i) c.publish(std::string(1000, 'y'));
  c.settle();
  peer.set_receive_bound(64 * 1024);
  c.settle();
  const std::string got = peer.receive();
  EXPECT_EQ(got.find('y'), std::string::npos) << "he fell behind";
  EXPECT_NE(got.find("NAMES "), std::string::npos);
  c.publish("z");
  c.settle();
  EXPECT_TRUE(peer.receive().ends_with("z"));
}

TEST(ConnectionFeed, TheOperatorsLeastGapBetweenSweeps) {
  HubCase c({.min_sweep_gap_ms = 30});
  Peer peer = c.enter();
  c.settle();
  c.heard(peer);
  const auto begin = std::chrono::steady_clock::now();
  size_t heard = 0;
  for (int i = 0; i < 5; ++i) {
    c.publish(line(i));
    EXPECT_TRUE(c.until([&] {
      peer.read();
      return peer.take().size() == 1;
    }));
    ++heard;
  }
  EXPECT_EQ(heard, 5U);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(4 * 30));
}

}  // namespace
}  // namespace strims::hub
