#include "auth/login_throttle.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace strims::auth {
namespace {

IpAddress ip(uint32_t n) {
  return IpAddress::from_v4(0xC0000200u + n);
}

class LoginThrottleTest : public testing::Test {
 protected:
  ManualClock clock_;
  ThrottleLimits limits_;
  LoginThrottle throttle_{limits_, clock_};
};

TEST_F(LoginThrottleTest, TenFailuresPerAccountAndAddress) {
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(throttle_.admit("Ada", ip(1), false).has_value());
  const auto refused = throttle_.admit("aDA", ip(1), false);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::rate_limited);
  EXPECT_EQ(refused.error().reason, "throttled");
  EXPECT_EQ(refused.error().retry_after_ms, 90'000);
  // Another account from there, and this account from elsewhere.
  EXPECT_TRUE(throttle_.admit("Bo", ip(1), false).has_value());
  EXPECT_TRUE(throttle_.admit("Ada", ip(2), false).has_value());
  clock_.advance(90'000);
  EXPECT_TRUE(throttle_.admit("Ada", ip(1), false).has_value());
}

TEST_F(LoginThrottleTest, SuccessTakesTheChargeBack) {
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(throttle_.admit("Ada", ip(1), false).has_value()) << i;
    throttle_.succeeded("Ada", ip(1), false);
  }
}

TEST_F(LoginThrottleTest, OneAddressHasABoundOverAllAccounts) {
  for (int i = 0; i < 60; ++i)
    ASSERT_TRUE(throttle_.admit("user" + std::to_string(i), ip(1), false).has_value());
  EXPECT_FALSE(throttle_.admit("user99", ip(1), false).has_value());
}

TEST_F(LoginThrottleTest, OneAddressNeverLocksTheOwnerOut) {
  // A day of steady guessing from one place.
  for (int i = 0; i < 24 * 60; ++i) {
    for (int j = 0; j < 20; ++j) (void)throttle_.admit("Ada", ip(1), false);
    ASSERT_TRUE(throttle_.admit("Ada", ip(2), false).has_value()) << i;
    throttle_.succeeded("Ada", ip(2), false);
    clock_.advance(60'000);
  }
}

TEST_F(LoginThrottleTest, ManyAddressesHitTheAccountsBoundButNotKnownOnes) {
  int admitted = 0;
  for (uint32_t n = 1; n <= 40; ++n)
    for (int i = 0; i < 5; ++i)
      if (throttle_.admit("Ada", ip(n), false)) ++admitted;
  EXPECT_EQ(admitted, 100);
  EXPECT_FALSE(throttle_.admit("Ada", ip(200), false).has_value());
  EXPECT_TRUE(throttle_.admit("Ada", ip(200), true).has_value());
}

TEST_F(LoginThrottleTest, AnIpv6NeighbourhoodIsOneAddress) {
  const auto address = [](int n) { return *IpAddress::parse("2001:db8::" + std::to_string(n)); };
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(throttle_.admit("Ada", address(i), false).has_value());
  EXPECT_FALSE(throttle_.admit("Ada", address(99), false).has_value());
}

TEST_F(LoginThrottleTest, AttemptsAtOnceCountInFull) {
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        if (throttle_.admit("Ada", ip(1), false)) ++admitted;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(admitted.load(), 10);
}

TEST_F(LoginThrottleTest, WithoutABoundPerPairThereIsNonePerAccount) {
  ThrottleLimits open;
  open.per_address.limit = 0;
  open.per_account_and_address.limit = 0;
  LoginThrottle throttle(open, clock_);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(throttle.admit("Ada", ip(1), false).has_value());
  EXPECT_TRUE(throttle.admit("Ada", ip(2), false).has_value());
}

TEST_F(LoginThrottleTest, RegistrationsAndRefreshesPerAddress) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(throttle_.admit_registration(ip(1)).has_value());
  EXPECT_EQ(throttle_.admit_registration(ip(1)).error().reason, "throttled");
  EXPECT_TRUE(throttle_.admit_registration(ip(2)).has_value());
  for (int i = 0; i < 120; ++i) ASSERT_TRUE(throttle_.admit_refresh(ip(1)).has_value());
  EXPECT_EQ(throttle_.admit_refresh(ip(1)).error().reason, "throttled");
}

}  // namespace
}  // namespace strims::auth
