// Two shards on their own threads: one order for everybody, nothing lost, nothing doubled.
#include <gtest/gtest.h>
#include <poll.h>

#include <future>

#include "hub/hub_testing.h"

namespace strims::hub {
namespace {

class Threads {
 public:
  Threads() {
    storage_.open();
    db_ = std::make_unique<DbLane>("db", 1, 64, [this] { return storage_.database().connect(); });
    hub_ = std::make_unique<Hub>(
        HubParts{shards_, *storage_.journal, *db_, system_clock(), ids_, 30'000, {}},
        HubSettings{.commands_per_second = 0}, chat::RoomLimits{}, std::vector<std::string>{});
    shards_.start();
  }
  ~Threads() {
    storage_.journal->stop();
    db_->stop();
    shards_.stop_and_join();
    hub_.reset();
  }
  Hub& hub() { return *hub_; }

  Peer connect(size_t shard, UserPtr user) {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
      throw std::runtime_error("pair");
    std::promise<void> done;
    const bool posted = shards_.post(shard, [&, server = fds[0]] {
      auto identity = std::make_unique<Identity>(Identity{std::move(user), "login"});
      hub_->shard(shard).adopt({.socket = net::Socket(server),
                                .identity = std::move(identity),
                                .address = *IpAddress::parse("192.0.2.1"),
                                .head = "HEAD"});
      done.set_value();
    });
    EXPECT_TRUE(posted);
    done.get_future().wait();
    watched_.push_back(fds[1]);
    return Peer(fds[1]);
  }
  // Waits until `done`, looking again whenever something arrives.
  template <class F>
  bool until(std::vector<Peer>& peers, F done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (;;) {
      for (Peer& peer : peers) peer.read();
      if (done()) return true;
      if (std::chrono::steady_clock::now() > end) return false;
      std::vector<pollfd> fds;
      for (const int fd : watched_) fds.push_back({fd, POLLIN, 0});
      ::poll(fds.data(), fds.size(), 1000);
    }
  }

 private:
  IdSource ids_{system_clock()};
  journal::JournalCase storage_;
  net::Shards shards_{2};
  std::unique_ptr<DbLane> db_;
  std::unique_ptr<Hub> hub_;
  std::vector<int> watched_;
};

TEST(HubThreads, OneOrderForEverybody) {
  constexpr int kBots = 4, kEach = 100;
  Threads t;
  std::vector<Peer> peers;
  for (int i = 0; i < kBots; ++i)
    peers.push_back(t.connect(static_cast<size_t>(i % 2),
                              chat::person(1 + i, "Bot" + std::to_string(i), Role::user, {"bot"})));
  std::vector<std::vector<std::string>> messages(kBots);
  std::vector<int> acks(kBots, 0);
  const auto collect = [&] {
    bool all = true;
    for (size_t i = 0; i < peers.size(); ++i) {
      if (peers[i].raw.starts_with("HEAD")) peers[i].raw.erase(0, 4);
      for (auto& frame : peers[i].take()) {
        if (frame.starts_with("MSG "))
          messages[i].push_back(std::move(frame));
        else if (frame.starts_with("ACK "))
          ++acks[i];
      }
      all &= messages[i].size() == kBots * kEach && acks[i] == kEach;
    }
    return all;
  };
  const auto all_in = [&] {
    collect();
    size_t in = 0;
    t.hub().look([&](const chat::Room&) {});
    for (size_t i = 0; i < peers.size(); ++i) in += peers[i].raw.empty() ? 1 : 0;
    return in == peers.size();
  };
  ASSERT_TRUE(t.until(peers, all_in));
  // Everyone is in once the room says so: what is said before is in his history instead.
  std::promise<void> everyone;
  std::function<void()> ask = [&] {
    t.hub().look([&](const chat::Room& room) {
      if (room.members().connected_count() == kBots) return everyone.set_value();
      ask();
    });
  };
  ask();
  everyone.get_future().wait();

  for (int n = 0; n < kEach; ++n)
    for (size_t i = 0; i < peers.size(); ++i)
      peers[i].send("MSG {\"data\":\"" + std::to_string(n) + "\",\"nonce\":\"" + std::to_string(n) +
                    "\"}");
  ASSERT_TRUE(t.until(peers, collect));
  for (int i = 1; i < kBots; ++i) EXPECT_EQ(messages[static_cast<size_t>(i)], messages[0]);
}

TEST(HubThreads, ComingAndGoingWhileOthersSpeak) {
  Threads t;
  std::vector<Peer> speaker;
  speaker.push_back(t.connect(0, chat::person(1, "Bot", Role::user, {"bot"})));
  std::vector<Peer> crowd;
  for (int round = 0; round < 30; ++round) {
    speaker[0].send("MSG {\"data\":\"" + std::to_string(round) + "\"}");
    for (int i = 0; i < 4; ++i)
      crowd.push_back(
          t.connect(static_cast<size_t>(i % 2), chat::person(10 + i, "Nick" + std::to_string(i))));
    if (round % 3 == 2) crowd.clear();
    t.hub().user_changed(*chat::person(10, "Nick0", round % 2 ? Role::moderator : Role::user));
    if (round % 7 == 0) t.hub().end_access("login", 11);
  }
  std::string all;
  EXPECT_TRUE(t.until(speaker, [&] {
    all += std::exchange(speaker[0].raw, {});
    return all.find("\"data\":\"29\"") != std::string::npos;
  }));
}

}  // namespace
}  // namespace strims::hub
