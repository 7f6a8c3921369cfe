#include "net/reactor.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "net/test_engines.h"

namespace strims::net {
namespace {

class ReactorTest : public OverEngines {};
INSTANTIATE_TEST_SUITE_P(Engines, ReactorTest, OverEngines::all(), OverEngines::name);

// Two connected local sockets, non-blocking.
struct Pair {
  int a = -1;
  int b = -1;
  Pair() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0) {
      a = fds[0];
      b = fds[1];
    }
  }
  ~Pair() {
    ::close(a);
    ::close(b);
  }
};

void put_byte(int fd) {
  ASSERT_EQ(::write(fd, "x", 1), 1);
}
void take_byte(int fd) {
  char c;
  ASSERT_EQ(::read(fd, &c, 1), 1);
}

class Calls final : public EventHandler {
 public:
  explicit Calls(std::function<void(uint32_t)> f) : f_(std::move(f)) {}
  void on_event(uint32_t events) override { f_(events); }

 private:
  std::function<void(uint32_t)> f_;
};

TEST_P(ReactorTest, DeliversEventsUntilRemoved) {
  Reactor reactor(system_clock(), poller());
  Pair pair;
  int calls = 0;
  Calls handler([&](uint32_t events) {
    EXPECT_TRUE(events & EPOLLIN);
    ++calls;
  });
  ASSERT_TRUE(reactor.add(pair.a, EPOLLIN, &handler));
  EXPECT_FALSE(reactor.add(pair.a, EPOLLIN, &handler));
  reactor.run_once(0);
  EXPECT_EQ(calls, 0);
  put_byte(pair.b);
  reactor.run_once(1'000);
  reactor.run_once(1'000);  // level-triggered: it was not read
  EXPECT_EQ(calls, 2);
  reactor.remove(pair.a);
  reactor.run_once(0);
  EXPECT_EQ(calls, 2);
  EXPECT_FALSE(reactor.modify(pair.a, EPOLLIN, &handler));
  EXPECT_FALSE(reactor.add(-1, EPOLLIN, &handler));
  EXPECT_EQ(reactor.stats().events, 2u);
}

TEST_P(ReactorTest, ReportsThePeersHalfClose) {
  Reactor reactor(system_clock(), poller());
  Pair pair;
  uint32_t seen = 0;
  Calls handler([&](uint32_t events) { seen = events; });
  ASSERT_TRUE(reactor.add(pair.a, EPOLLIN, &handler));
  ::shutdown(pair.b, SHUT_WR);
  reactor.run_once(1'000);
  EXPECT_TRUE(seen & EPOLLRDHUP);
  reactor.remove(pair.a);
}

TEST_P(ReactorTest, ModifyHandsADescriptorToAnotherHandler) {
  Reactor reactor(system_clock(), poller());
  Pair pair;
  int first_calls = 0;
  int second_calls = 0;
  Calls second([&](uint32_t) { ++second_calls; });
  Calls first([&](uint32_t) {
    ++first_calls;
    EXPECT_TRUE(reactor.modify(pair.a, EPOLLIN, &second));
  });
  ASSERT_TRUE(reactor.add(pair.a, EPOLLIN, &first));
  put_byte(pair.b);
  reactor.run_once(1'000);
  reactor.run_once(1'000);
  EXPECT_EQ(first_calls, 1);
  EXPECT_EQ(second_calls, 1);
  reactor.remove(pair.a);
}

// Both descriptors are ready in the same turn; whichever handler comes first removes the other one
// and gives its descriptor number to a new registration, which must not see the old event.
TEST_P(ReactorTest, RemovedInTheSameTurnIsNotCalled) {
  Reactor reactor(system_clock(), poller());
  Pair one, two;
  int calls = 0;
  int stray = 0;
  Calls fresh([&](uint32_t) { ++stray; });
  const auto cut_other = [&](int other) {
    ++calls;
    reactor.remove(other);
    EXPECT_TRUE(reactor.add(other, EPOLLOUT, &fresh));
  };
  Calls first([&](uint32_t) { cut_other(two.a); });
  Calls second([&](uint32_t) { cut_other(one.a); });
  ASSERT_TRUE(reactor.add(one.a, EPOLLIN, &first));
  ASSERT_TRUE(reactor.add(two.a, EPOLLIN, &second));
  put_byte(one.b);
  put_byte(two.b);
  reactor.run_once(1'000);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(stray, 0);
  reactor.remove(one.a);
  reactor.remove(two.a);
}

TEST_P(ReactorTest, BuriedHandlersDieAfterTheirTurn) {
  Reactor reactor(system_clock(), poller());
  Pair pair;
  struct Dying final : EventHandler {
    Reactor& reactor;
    int fd;
    bool& dead;
    int& chained;
    std::unique_ptr<Dying> self;
    Dying(Reactor& r, int f, bool& d, int& c) : reactor(r), fd(f), dead(d), chained(c) {}
    ~Dying() override {
      dead = true;
      reactor.bury(std::make_unique<Calls>([](uint32_t) {}));  // a destructor may bury more
      ++chained;
    }
    void on_event(uint32_t) override {
      reactor.remove(fd);
      reactor.bury(std::move(self));
      EXPECT_FALSE(dead);
    }
  };
  bool dead = false;
  int chained = 0;
  auto handler = std::make_unique<Dying>(reactor, pair.a, dead, chained);
  Dying* raw = handler.get();
  raw->self = std::move(handler);
  ASSERT_TRUE(reactor.add(pair.a, EPOLLIN, raw));
  put_byte(pair.b);
  bool dead_in_hook = false;
  reactor.set_idle_hook([&] {
    dead_in_hook |= dead;
    return false;
  });
  reactor.run_once(1'000);
  EXPECT_TRUE(dead);
  EXPECT_FALSE(dead_in_hook);
  EXPECT_EQ(chained, 1);
}

TEST_P(ReactorTest, RunsPostedTasksFromManyThreads) {
  Reactor reactor(system_clock(), poller());
  constexpr int kThreads = 4;
  constexpr int kEach = 5'000;
  int ran = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_TRUE(reactor.post([&] {
          EXPECT_TRUE(reactor.on_thread());
          if (++ran == kThreads * kEach) reactor.stop();
        }));
      }
    });
  }
  reactor.run();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ran, kThreads * kEach);
  EXPECT_EQ(reactor.stats().tasks, uint64_t{kThreads} * kEach);
}

TEST_P(ReactorTest, PostRefusesBeyondTheBound) {
  Reactor reactor(system_clock(), poller());
  int ran = 0;
  for (size_t i = 0; i < Reactor::kMailboxBound; ++i) ASSERT_TRUE(reactor.post([&] { ++ran; }));
  EXPECT_FALSE(reactor.post([] {}));
  EXPECT_EQ(reactor.stats().refused, 1u);
  reactor.run_once(0);
  EXPECT_EQ(ran, static_cast<int>(Reactor::kTasksPerTurn));
  EXPECT_TRUE(reactor.post([] {}));
}

TEST_P(ReactorTest, ManyTasksDoNotStarveEvents) {
  Reactor reactor(system_clock(), poller());
  Pair pair;
  for (size_t i = 0; i < 10 * Reactor::kTasksPerTurn; ++i) ASSERT_TRUE(reactor.post([] {}));
  uint64_t event_turn = 0;
  Calls handler([&](uint32_t) {
    event_turn = reactor.turn();
    reactor.remove(pair.a);
  });
  ASSERT_TRUE(reactor.add(pair.a, EPOLLIN, &handler));
  reactor.run_once(0);
  put_byte(pair.b);
  const uint64_t before = reactor.turn();
  reactor.run_once(1'000);
  EXPECT_EQ(event_turn, before + 1);
  EXPECT_GT(reactor.mailbox_size(), 0u);
}

TEST_P(ReactorTest, IdleHookComesLastAndKeepsTheLoopAwake) {
  Reactor reactor(system_clock(), poller());
  std::string order;
  int slices = 0;
  reactor.set_idle_hook([&] {
    order += 'h';
    return ++slices < 5;
  });
  ASSERT_TRUE(reactor.post([&] { order += 't'; }));
  reactor.after(0, [&] { order += 'a'; });
  reactor.run_once(1'000);
  EXPECT_EQ(order.substr(0, 3), "tah");
  while (slices < 5)
    reactor.run_once(-1);  // never sleeps: there is nothing else that could wake it
  Pair pair;
  int seen = 0;
  Calls handler([&](uint32_t) {
    take_byte(pair.a);
    ++seen;
  });
  ASSERT_TRUE(reactor.add(pair.a, EPOLLIN, &handler));
  put_byte(pair.b);
  reactor.run_once(1'000);
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(slices, 6);  // once per turn, also when it has nothing to do
  reactor.remove(pair.a);
}

TEST_P(ReactorTest, EventsAreSeenBetweenTheSlicesOfTheHook) {
  Reactor reactor(system_clock(), poller());
  Pair pair;
  std::string order;
  Calls handler([&](uint32_t) {
    take_byte(pair.a);
    order += 'e';
  });
  ASSERT_TRUE(reactor.add(pair.a, EPOLLIN, &handler));
  reactor.set_idle_hook([&] {
    order += 'h';
    if (order == "h") put_byte(pair.b);
    return order.size() < 4;
  });
  while (order.size() < 4) reactor.run_once(-1);
  EXPECT_EQ(order, "hehh");
  reactor.remove(pair.a);
}

TEST_P(ReactorTest, TimersGoOffInTimeAndNotAfterCancel) {
  Reactor reactor(system_clock(), poller());
  const MonoMs start = reactor.now();
  MonoMs fired = 0;
  bool cancelled_ran = false;
  const TimerId cancelled = reactor.after(5, [&] { cancelled_ran = true; });
  reactor.after(1, [&] { reactor.cancel(cancelled); });
  reactor.after(20, [&] {
    fired = reactor.now();
    reactor.stop();
  });
  reactor.run();
  EXPECT_GE(fired - start, 20);
  EXPECT_FALSE(cancelled_ran);
  EXPECT_EQ(reactor.stats().timers, 2u);
  reactor.cancel(cancelled);
}

TEST_P(ReactorTest, WhatRepeatsWakesItTogether) {
  ManualClock clock;
  Reactor reactor(clock, poller());
  clock.advance(7);
  reactor.run_once(0);
  std::string order;
  reactor.at_next(40, [&] { order += 'a'; });
  clock.advance(5);
  reactor.run_once(0);
  reactor.at_next(20, [&] {
    order += 'b';
    reactor.at_next(20, [&] { order += 'c'; });
  });
  const auto next = [&](int64_t ms) {
    clock.advance(ms);
    reactor.run_once(0);
    return std::exchange(order, {});
  };
  EXPECT_EQ(next(7), "");
  EXPECT_EQ(next(1), "b");
  EXPECT_EQ(next(19), "");
  EXPECT_EQ(next(3), "ac") << "late by 2";
}

TEST_P(ReactorTest, StopBeforeRunIsHonouredAndRunMayBeRepeated) {
  Reactor reactor(system_clock(), poller());
  reactor.stop();
  reactor.run();
  bool ran = false;
  ASSERT_TRUE(reactor.post([&] {
    ran = true;
    reactor.stop();
  }));
  reactor.run();
  EXPECT_TRUE(ran);
}

TEST_P(ReactorTest, CloseRunsWhatWasAcceptedAndRefusesTheRest) {
  Reactor reactor(system_clock(), poller());
  bool ran = false;
  bool refused = false;
  ASSERT_TRUE(reactor.post([&] {
    ran = true;
    refused = !reactor.post([] {});
  }));
  reactor.after(0, [] { ADD_FAILURE() << "a timer outlived the loop"; });
  reactor.close();
  EXPECT_TRUE(ran);
  EXPECT_TRUE(refused);
}

TEST_P(ReactorTest, DestructionDropsTasksWhichMayStillUseIt) {
  Pair pair;
  struct Removes {
    Reactor& reactor;
    int fd;
    ~Removes() { reactor.remove(fd); }
  };
  Calls handler([](uint32_t) {});
  {
    Reactor reactor(system_clock(), poller());
    ASSERT_TRUE(reactor.add(pair.a, EPOLLIN, &handler));
    auto guard = std::make_unique<Removes>(reactor, pair.a);
    ASSERT_TRUE(reactor.post([guard = std::move(guard)] { ADD_FAILURE() << "ran"; }));
    auto other = std::make_unique<Removes>(reactor, pair.a);
    reactor.after(1'000, [other = std::move(other)] { ADD_FAILURE() << "ran"; });
  }
}

TEST_P(ReactorTest, AnotherThreadIsNotOnTheLoop) {
  Reactor reactor(system_clock(), poller());
  EXPECT_TRUE(reactor.on_thread());
  ASSERT_TRUE(reactor.post([&] {
    std::thread([&] { EXPECT_FALSE(reactor.on_thread()); }).join();
    reactor.stop();
  }));
  reactor.run();
  EXPECT_EQ(reactor.scratch().size(), Reactor::kScratchBytes);
}

}  // namespace
}  // namespace strims::net
