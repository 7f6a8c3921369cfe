#include "auth/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strims::auth {
namespace {

TEST(PolicyTest, ComesFromTheConfiguration) {
  config::Config config;
  config.auth.access_token_seconds = 60;
  config.auth.refresh_days = 2;
  config.auth.sessions_per_user = 0;
  config.auth.registration = config::Registration::closed;
  config.auth.reserved_nicks = {"Staff"};
  config.auth.strims_jwt_secret = "secret";
  config.server.public_url = "https://strims.example";
  config.server.data_dir = "/data";
  const AuthPolicy policy = policy_from(config);
  EXPECT_FALSE(policy.registration_open);
  EXPECT_EQ(policy.token.access_ms, 60'000);
  EXPECT_EQ(policy.token.refresh_ms, 2 * 24 * 3600 * 1000);
  EXPECT_EQ(policy.token.logins_per_user, 1u);
  EXPECT_EQ(policy.token.issuer, "https://strims.example");
  EXPECT_EQ(policy.password.memory_bytes, 19u * 1024 * 1024);
  EXPECT_EQ(policy.strims_jwt_secret, "secret");
  EXPECT_THAT(policy.nick.reserved, testing::Contains("Staff"));
  const auto keys = signing_key_options(config);
  EXPECT_EQ(keys.folder, "/data/keys");
  EXPECT_GT(keys.keep_ms, policy.token.access_ms + policy.token.leeway_ms);
}

TEST(PolicyTest, TheBoundsHoldForTheTimesInTheirNames) {
  config::Config config;
  config.auth.login_attempts_per_minute = 3;
  config.auth.login_attempts_per_address = 4;
  config.auth.registrations_per_hour_per_address = 5;
  config.auth.refreshes_per_minute_per_address = 6;
  const ThrottleLimits limits = policy_from(config).throttle;
  EXPECT_EQ(limits.per_account_and_address.limit, 3);
  EXPECT_EQ(limits.per_account_and_address.window_ms, 60'000);
  EXPECT_EQ(limits.per_address.limit, 4);
  EXPECT_EQ(limits.per_address.window_ms, 60'000);
  EXPECT_EQ(limits.registrations_per_address.limit, 5);
  EXPECT_EQ(limits.registrations_per_address.window_ms, 3'600'000);
  EXPECT_EQ(limits.refreshes_per_address.limit, 6);
  EXPECT_EQ(limits.refreshes_per_address.window_ms, 60'000);
}

}  // namespace
}  // namespace strims::auth
