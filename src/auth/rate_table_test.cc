#include "auth/rate_table.h"

#include <gtest/gtest.h>

namespace strims::auth {
namespace {

TEST(RateTableTest, ALimitAtOnceThenOneEachStep) {
  RateTable table({5, 50'000});
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(table.wait_ms("a", 1000), 0);
    table.charge("a", 1000);
  }
  EXPECT_EQ(table.wait_ms("a", 1000), 10'000);
  EXPECT_EQ(table.wait_ms("b", 1000), 0);
  EXPECT_EQ(table.wait_ms("a", 6000), 5000);
  EXPECT_EQ(table.wait_ms("a", 11'000), 0);
  table.charge("a", 11'000);
  EXPECT_EQ(table.wait_ms("a", 11'000), 10'000);
  EXPECT_EQ(table.wait_ms("a", 61'000), 0);
}

TEST(RateTableTest, RefundAndClear) {
  RateTable table({2, 20'000});
  table.charge("a", 0);
  table.charge("a", 0);
  table.refund("a", 0);
  EXPECT_EQ(table.wait_ms("a", 0), 0);
  table.charge("a", 0);
  EXPECT_GT(table.wait_ms("a", 0), 0);
  table.clear("a");
  EXPECT_EQ(table.wait_ms("a", 0), 0);
  table.refund("unknown", 0);
}

TEST(RateTableTest, DebtIsBounded) {
  RateTable table({2, 20'000});
  for (int i = 0; i < 100; ++i) table.charge("a", 0);
  EXPECT_LE(table.wait_ms("a", 0), 20'000);
}

TEST(RateTableTest, ZeroMeansNoBound) {
  RateTable table({0, 1000});
  for (int i = 0; i < 100; ++i) table.charge("a", 0);
  EXPECT_EQ(table.wait_ms("a", 0), 0);
}

TEST(RateTableTest, MoreKeysThanSlotsForgetButNeverAccuse) {
  RateTable table({2, 20'000}, 64);
  for (int i = 0; i < 10'000; ++i) table.charge("key" + std::to_string(i), 0);
  EXPECT_EQ(table.wait_ms("a new one", 0), 0);
}

TEST(RateTableTest, AFullBucketForgetsTheOneNearestToForgiveness) {
  RateTable table({10, 100'000}, 64);
  for (int i = 0; i < 10; ++i) table.charge("guesser", 0);
  // One charge each: all of them are nearer to forgiveness than the guesser.
  for (int i = 0; i < 10'000; ++i) table.charge("key" + std::to_string(i), 0);
  EXPECT_GT(table.wait_ms("guesser", 0), 0);
}

}  // namespace
}  // namespace strims::auth
