#include "auth/login_throttle.h"

#include <algorithm>
#include <string>

#include "base/bytes.h"

namespace strims::auth {
namespace {

std::string address_key(const IpAddress& address) {
  const auto unit = address.ban_unit();
  return std::string(as_text(unit.bytes()));
}

// Long names cannot be accounts; cut, so that a key costs little to hash.
std::string account_key(std::string_view account) {
  return ascii_lower(account.substr(0, 64));
}

// One address alone must not be able to use up an account's failures: ten times what a pair has,
// and none at all when pairs have no bound.
Rate account_rate(const ThrottleLimits& limits) {
  const Rate& pair = limits.per_account_and_address;
  Rate rate = limits.per_account;
  if (rate.limit <= 0 || pair.limit <= 0) return Rate{0, rate.window_ms};
  rate.limit = std::max(rate.limit, 10 * pair.limit);
  rate.window_ms = std::min(rate.window_ms, std::max<int64_t>(1, pair.window_ms));
  return rate;
}

std::unexpected<Error> throttled(int64_t wait_ms) {
  return fail(Errc::rate_limited, "throttled", "too many attempts, wait a moment", wait_ms);
}

}  // namespace

LoginThrottle::LoginThrottle(const ThrottleLimits& limits, const Clock& clock)
    : clock_(clock),
      addresses_(limits.per_address, limits.slots),
      pairs_(limits.per_account_and_address, limits.slots),
      accounts_(account_rate(limits), limits.slots),
      registrations_(limits.registrations_per_address, limits.slots),
      refreshes_(limits.refreshes_per_address, limits.slots) {}

Result<void> LoginThrottle::admit(std::string_view account, const IpAddress& address,
                                  bool known_address) {
  const std::string from = address_key(address);
  const std::string name = account_key(account);
  const std::string pair = from + name;
  const std::lock_guard lock(mutex_);
  const MonoMs now = clock_.mono_ms();
  int64_t wait = std::max(addresses_.wait_ms(from, now), pairs_.wait_ms(pair, now));
  if (!known_address) wait = std::max(wait, accounts_.wait_ms(name, now));
  if (wait > 0) return throttled(wait);
  addresses_.charge(from, now);
  pairs_.charge(pair, now);
  if (!known_address) accounts_.charge(name, now);
  return {};
}

void LoginThrottle::succeeded(std::string_view account, const IpAddress& address,
                              bool known_address) {
  const std::string from = address_key(address);
  const std::string name = account_key(account);
  const std::lock_guard lock(mutex_);
  const MonoMs now = clock_.mono_ms();
  addresses_.refund(from, now);
  pairs_.clear(from + name);
  if (!known_address) accounts_.refund(name, now);
}

Result<void> LoginThrottle::admit_registration(const IpAddress& address) {
  const std::string from = address_key(address);
  const std::lock_guard lock(mutex_);
  const MonoMs now = clock_.mono_ms();
  if (const int64_t wait = registrations_.wait_ms(from, now); wait > 0) return throttled(wait);
  registrations_.charge(from, now);
  return {};
}

Result<void> LoginThrottle::admit_refresh(const IpAddress& address) {
  const std::string from = address_key(address);
  const std::lock_guard lock(mutex_);
  const MonoMs now = clock_.mono_ms();
  if (const int64_t wait = refreshes_.wait_ms(from, now); wait > 0) return throttled(wait);
  refreshes_.charge(from, now);
  return {};
}

}  // namespace strims::auth
