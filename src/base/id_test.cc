#include "base/id.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace strims {
namespace {

TEST(Id, IncreasesAndBearsItsTime) {
  ManualClock clock;
  IdSource ids(clock);
  const int64_t a = ids.next();
  const int64_t b = ids.next();
  EXPECT_LT(a, b);
  EXPECT_GT(a, 0);
  EXPECT_EQ(id_time(a), clock.wall_ms());
  clock.advance(5);
  const int64_t c = ids.next();
  EXPECT_LT(b, c);
  EXPECT_EQ(id_time(c), clock.wall_ms());
}

TEST(Id, AClockThatGoesBackDoesNotRepeat) {
  ManualClock clock;
  IdSource ids(clock);
  const int64_t a = ids.next();
  clock.advance(-60'000);
  EXPECT_LT(a, ids.next());
}

TEST(Id, MoreThanAMillisecondHoldsBorrowsFromTheNext) {
  ManualClock clock;
  IdSource ids(clock);
  int64_t last = 0;
  for (int i = 0; i < 100'000; ++i) {
    const int64_t id = ids.next();
    ASSERT_LT(last, id);
    last = id;
  }
  EXPECT_LE(id_time(last) - clock.wall_ms(), 4);
}

TEST(Id, NodesDiffer) {
  ManualClock clock;
  IdSource a(clock, 1);
  IdSource b(clock, 2);
  EXPECT_NE(a.next(), b.next());
  EXPECT_EQ(id_time(IdSource(clock, 63).next()), clock.wall_ms());
}

TEST(Id, ThreadsNeverShareOneAndEachSeesItsOwnAscend) {
  IdSource ids(system_clock());
  std::vector<std::vector<int64_t>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&ids, &mine] {
        for (int i = 0; i < 20'000; ++i) mine.push_back(ids.next());
      });
    }
  }
  std::vector<int64_t> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(all.end(), mine.begin(), mine.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

}  // namespace
}  // namespace strims
