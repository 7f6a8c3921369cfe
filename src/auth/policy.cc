#include "auth/policy.h"

#include <algorithm>

namespace strims::auth {

AuthPolicy policy_from(const config::Config& config) {
  constexpr int64_t kDayMs = 24LL * 3600 * 1000;
  const auto& auth = config.auth;
  AuthPolicy policy;
  policy.registration_open = auth.registration == config::Registration::open;

  policy.password.min_bytes = static_cast<size_t>(auth.password_min);
  policy.password.max_bytes = static_cast<size_t>(auth.password_max);
  policy.password.passes = static_cast<uint64_t>(auth.argon2_passes);
  policy.password.memory_bytes = static_cast<size_t>(auth.argon2_memory_kib) * 1024;

  if (!config.server.public_url.empty()) policy.token.issuer = config.server.public_url;
  policy.token.access_ms = auth.access_token_seconds * 1000;
  policy.token.refresh_ms = auth.refresh_days * kDayMs;
  policy.token.sid_ms = auth.session_days * kDayMs;
  policy.token.logins_per_user = static_cast<size_t>(std::max<int64_t>(1, auth.sessions_per_user));

  constexpr int64_t kMinuteMs = 60'000;
  constexpr int64_t kHourMs = 3'600'000;
  auto& throttle = policy.throttle;
  throttle.per_account_and_address = {auth.login_attempts_per_minute, kMinuteMs};
  throttle.per_address = {auth.login_attempts_per_address, kMinuteMs};
  throttle.registrations_per_address = {auth.registrations_per_hour_per_address, kHourMs};
  throttle.refreshes_per_address = {auth.refreshes_per_minute_per_address, kMinuteMs};

  auto& reserved = policy.nick.reserved;
  reserved.insert(reserved.end(), auth.reserved_nicks.begin(), auth.reserved_nicks.end());
  policy.strims_jwt_secret = auth.strims_jwt_secret;
  return policy;
}

SigningKeys::Options signing_key_options(const config::Config& config) {
  // Ten minutes cover the reload of every process and clocks that differ.
  constexpr int64_t kSlackMs = 10 * 60 * 1000;
  return {config.server.data_dir + "/keys", config.auth.access_token_seconds * 1000 + kSlackMs};
}

}  // namespace strims::auth
