#include "net/timers.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace strims::net {
namespace {

TEST(Timers, RunInOrderOfDeadlineThenOfAdding) {
  Timers timers;
  std::string ran;
  timers.add(20, [&] { ran += 'c'; });
  timers.add(10, [&] { ran += 'a'; });
  timers.add(10, [&] { ran += 'b'; });
  EXPECT_EQ(timers.next(), 10);
  EXPECT_EQ(timers.run_due(9), 0u);
  EXPECT_EQ(timers.run_due(10), 2u);
  EXPECT_EQ(ran, "ab");
  EXPECT_EQ(timers.run_due(100), 1u);
  EXPECT_EQ(ran, "abc");
  EXPECT_EQ(timers.next(), std::nullopt);
}

TEST(Timers, CancelledNeverRunsAndIdsAreNotConfused) {
  Timers timers;
  bool ran = false;
  const TimerId first = timers.add(10, [&] { ran = true; });
  EXPECT_NE(first, kNoTimer);
  EXPECT_TRUE(timers.cancel(first));
  EXPECT_FALSE(timers.cancel(first));
  bool second_ran = false;
  timers.add(10, [&] { second_ran = true; });  // takes the same place inside
  EXPECT_FALSE(timers.cancel(first));
  EXPECT_FALSE(timers.cancel(kNoTimer));
  EXPECT_FALSE(timers.cancel(~TimerId{0}));
  timers.run_due(10);
  EXPECT_FALSE(ran);
  EXPECT_TRUE(second_ran);
}

TEST(Timers, TimersAddedWhileRunningWaitForTheNextCall) {
  Timers timers;
  int again = 0;
  std::function<void()> rearm = [&] {
    ++again;
    timers.add(5, rearm);
  };
  timers.add(5, rearm);
  bool later = false;
  timers.add(5, [&] { later = true; });
  EXPECT_EQ(timers.run_due(5), 2u);
  EXPECT_EQ(again, 1);
  EXPECT_TRUE(later);
  EXPECT_EQ(timers.run_due(5), 1u);
  EXPECT_EQ(again, 2);
}

TEST(Timers, ATaskMayCancelItselfAndOthers) {
  Timers timers;
  TimerId self = kNoTimer;
  TimerId other = kNoTimer;
  bool other_ran = false;
  self = timers.add(1, [&] {
    EXPECT_FALSE(timers.cancel(self));
    EXPECT_TRUE(timers.cancel(other));
  });
  other = timers.add(1, [&] { other_ran = true; });
  EXPECT_EQ(timers.run_due(1), 1u);
  EXPECT_FALSE(other_ran);
  EXPECT_EQ(timers.size(), 0u);
}

TEST(Timers, LimitLeavesTheRestDue) {
  Timers timers;
  int ran = 0;
  for (int i = 0; i < 10; ++i) timers.add(1, [&] { ++ran; });
  EXPECT_EQ(timers.run_due(1, 4), 4u);
  EXPECT_EQ(ran, 4);
  EXPECT_EQ(timers.run_due(1), 6u);
}

TEST(Timers, ClearDestroysTasksEvenWhenTheirDestructorsTouchTheTimers) {
  Timers timers;
  struct OnDestroy {
    std::function<void()> f;
    ~OnDestroy() { f(); }
  };
  const TimerId other = timers.add(7, [] {});
  int destroyed = 0;
  auto guard = std::make_unique<OnDestroy>([&] {
    timers.cancel(other);
    ++destroyed;
  });
  timers.add(5, [guard = std::move(guard)] {});
  timers.clear();
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(timers.size(), 0u);
}

// Against a plain sorted map, with random adding, cancelling and passing of time.
TEST(Timers, AgreesWithASortedMap) {
  std::mt19937 random(7);
  Timers timers;
  std::map<std::pair<MonoMs, int>, TimerId> expected;
  std::vector<int> ran;
  int serial = 0;
  MonoMs now = 0;
  for (int step = 0; step < 20'000; ++step) {
    const unsigned what = random() % 10;
    if (what < 6) {
      const MonoMs deadline = now + random() % 500;
      const int me = serial++;
      expected[{deadline, me}] = timers.add(deadline, [&ran, me] { ran.push_back(me); });
    } else if (what < 8 && !expected.empty()) {
      auto victim = std::next(expected.begin(), random() % std::min<size_t>(expected.size(), 50));
      ASSERT_TRUE(timers.cancel(victim->second));
      expected.erase(victim);
    } else {
      now += random() % 60;
      std::vector<int> want;
      while (!expected.empty() && expected.begin()->first.first <= now) {
        want.push_back(expected.begin()->first.second);
        expected.erase(expected.begin());
      }
      ran.clear();
      timers.run_due(now);
      ASSERT_EQ(ran, want);
      ASSERT_EQ(timers.size(), expected.size());
    }
  }
}

TEST(Timers, HundredThousandAreCheap) {
  Timers timers;
  std::vector<TimerId> ids;
  for (int i = 0; i < 100'000; ++i) ids.push_back(timers.add((i * 7919) % 60'000, [] {}));
  for (size_t i = 0; i < ids.size(); i += 2) ASSERT_TRUE(timers.cancel(ids[i]));
  EXPECT_EQ(timers.run_due(60'000), 50'000u);
}

}  // namespace
}  // namespace strims::net
