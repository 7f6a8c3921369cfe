#include "load/histogram.h"

#include <gtest/gtest.h>

#include <memory>

namespace strims::load {
namespace {

TEST(Histogram, TellsPercentilesWithinTwoPercent) {
  const auto times = std::make_unique<Histogram>();
  for (int64_t us = 1; us <= 100'000; ++us) times->record(us);
  EXPECT_EQ(times->count(), 100'000u);
  EXPECT_NEAR(times->percentile_ms(0.5), 50, 1);
  EXPECT_NEAR(times->percentile_ms(0.99), 99, 2);
}

TEST(Histogram, SmallValuesAreExactAndTheRestIsBounded) {
  const auto times = std::make_unique<Histogram>();
  EXPECT_EQ(times->percentile_ms(0.5), 0);
  times->record(7);
  EXPECT_DOUBLE_EQ(times->percentile_ms(0.5), 0.007);
  times->record(-5);
  times->record(INT64_MAX);
  EXPECT_DOUBLE_EQ(times->percentile_ms(0.01), 0);
  EXPECT_GT(times->percentile_ms(1), 6e7);
}

TEST(Histogram, MergesWhatOthersSaw) {
  const auto one = std::make_unique<Histogram>();
  const auto two = std::make_unique<Histogram>();
  for (int i = 0; i < 10; ++i) one->record(10);
  for (int i = 0; i < 30; ++i) two->record(1000);
  one->merge(*two);
  EXPECT_EQ(one->count(), 40u);
  EXPECT_DOUBLE_EQ(one->percentile_ms(0.2), 0.010);
  EXPECT_NEAR(one->percentile_ms(0.9), 1.0, 0.02);
}

}  // namespace
}  // namespace strims::load
