#include "base/error.h"

#include <gtest/gtest.h>

#include <memory>

namespace strims {
namespace {

Result<std::unique_ptr<int>> half(int n) {
  if (n % 2 != 0) return fail(Errc::invalid, "odd", "not even", 250);
  return std::make_unique<int>(n / 2);
}

Result<int> quarter(int n) {
  STRIMS_TRY(const auto first, half(n));
  STRIMS_TRY(const auto second, half(*first));
  return *second;
}

Result<void> even(int n) {
  STRIMS_CHECK_OK(half(n));
  return {};
}

TEST(Error, TryTakesTheValueOrPassesTheErrorOn) {
  EXPECT_EQ(quarter(12).value_or(0), 3);
  const auto failed = quarter(6);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::invalid);
  EXPECT_EQ(failed.error().reason, "odd");
  EXPECT_EQ(failed.error().detail, "not even");
  EXPECT_EQ(failed.error().retry_after_ms, 250);
  EXPECT_TRUE(even(2));
  EXPECT_FALSE(even(3));
}

}  // namespace
}  // namespace strims
