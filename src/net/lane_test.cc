#include "net/lane.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <future>
#include <latch>
#include <set>

namespace strims::net {
namespace {

TEST(Lane, RefusesWhenFullAndStopRunsWhatIsQueued) {
  Lane lane("db", 1, 2);
  std::promise<void> started, release;
  std::atomic<int> ran = 0;
  ASSERT_TRUE(lane.try_run([&] {
    started.set_value();
    release.get_future().wait();
    ++ran;
  }));
  started.get_future().wait();
  EXPECT_EQ(lane.running(), 1u);
  EXPECT_TRUE(lane.try_run([&] { ++ran; }));
  EXPECT_TRUE(lane.try_run([&] { ++ran; }));
  EXPECT_FALSE(lane.try_run([&] { ++ran; }));
  EXPECT_EQ(lane.queued(), 2u);
  release.set_value();
  lane.stop();
  EXPECT_EQ(ran, 3);
  EXPECT_FALSE(lane.try_run([] {}));
  lane.stop();
}

TEST(Lane, RunsInOrderOnOneThreadWithItsName) {
  Lane lane("journal", 1, 1'000);
  std::vector<int> order;
  std::string name(16, '\0');
  ASSERT_TRUE(lane.try_run([&] { pthread_getname_np(pthread_self(), name.data(), name.size()); }));
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(lane.try_run([&, i] { order.push_back(i); }));
  lane.stop();
  EXPECT_EQ(std::string(name.c_str()), "journal-0");
  ASSERT_EQ(order.size(), 500u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Lane, ThreadsWorkAtTheSameTime) {
  Lane lane("auth", 2, 10);
  std::latch both(2);  // each job waits for the other: one thread alone could not finish
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(lane.try_run([&] { both.arrive_and_wait(); }));
  lane.stop();
}

TEST(Lane, TellsWaitingAndRunningTime) {
  std::atomic<int> seen = 0;
  std::atomic<bool> sane = true;
  Lane lane("db", 2, 100, [&](int64_t wait_ns, int64_t run_ns) {
    ++seen;
    if (wait_ns < 0 || run_ns < 0) sane = false;
  });
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(lane.try_run([] {}));
  lane.stop();
  EXPECT_EQ(seen, 50);
  EXPECT_TRUE(sane);
  EXPECT_EQ(lane.queued(), 0u);
  EXPECT_EQ(lane.running(), 0u);
}

struct Handle {
  explicit Handle(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
  ~Handle() { --alive_; }
  std::thread::id owner = std::this_thread::get_id();
  std::atomic<int>& alive_;
};

TEST(ResourceLane, EachThreadOwnsOne) {
  std::atomic<int> alive = 0;
  ResourceLane<Handle> lane("db", 2, 100, [&]() -> Result<std::unique_ptr<Handle>> {
    return std::make_unique<Handle>(alive);
  });
  EXPECT_EQ(alive, 0);  // only when needed
  std::latch both(2), counted(2);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(lane.try_run([&](Result<Handle*> handle) {
      ASSERT_TRUE(handle);
      EXPECT_EQ((*handle)->owner, std::this_thread::get_id());
      both.arrive_and_wait();
      EXPECT_EQ(alive, 2);
      counted.arrive_and_wait();
    }));
  }
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(lane.try_run(
        [&](Result<Handle*> handle) { EXPECT_EQ((*handle)->owner, std::this_thread::get_id()); }));
  }
  lane.stop();
  EXPECT_EQ(alive, 0);
}

TEST(ResourceLane, AFailureIsToldAndTheNextJobTriesAgain) {
  std::atomic<int> alive = 0;
  int attempts = 0;
  std::vector<bool> had;
  ResourceLane<Handle> lane("db", 1, 100, [&]() -> Result<std::unique_ptr<Handle>> {
    if (++attempts < 3) return fail(Errc::unavailable, "unavailable", "the database is away");
    return std::make_unique<Handle>(alive);
  });
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(lane.try_run([&](Result<Handle*> handle) {
      had.push_back(handle.has_value());
      if (!handle) {
        EXPECT_EQ(handle.error().reason, "unavailable");
      }
    }));
  }
  lane.stop();
  EXPECT_EQ(had, (std::vector<bool>{false, false, true, true}));
  EXPECT_EQ(attempts, 3);
}

}  // namespace
}  // namespace strims::net
