// Bounds the guessing of passwords. Three counters of failures: per address, per account and
// address together, and per account over all addresses from which it was not used lately. A single
// address can spend only a tenth of the last one, and addresses that the account was used from are
// exempt from it: failing from elsewhere never locks the owner out. Names that do not exist are
// counted just like those that do.
#pragma once

#include <mutex>
#include <string_view>

#include "auth/rate_table.h"
#include "base/cidr.h"
#include "base/clock.h"
#include "base/error.h"

namespace strims::auth {

struct ThrottleLimits {
  // Failures: so many at once, then one each window / limit.
  Rate per_address{60, 15 * 60 * 1000};
  Rate per_account_and_address{10, 15 * 60 * 1000};
  Rate per_account{100, 15 * 60 * 1000};  // unknown addresses; raised to 10 x the one above
  Rate registrations_per_address{20, 3600 * 1000};
  Rate refreshes_per_address{120, 60 * 1000};
  size_t slots = 16'384;  // keys remembered per counter
};

// Any thread; one mutex (a leaf: nothing is called while it is held).
class LoginThrottle {
 public:
  LoginThrottle(const ThrottleLimits& limits, const Clock& clock);

  // Before a password is looked at: charges one failure in advance, so that many attempts at once
  // count in full. `account` is the name as typed; `known_address`: the account was used from there
  // lately. Error: rate_limited/"throttled" with the time to wait; nothing is charged then.
  Result<void> admit(std::string_view account, const IpAddress& address, bool known_address);
  // The password was right: takes the charge back and forgets this address's failures on this
  // account.
  void succeeded(std::string_view account, const IpAddress& address, bool known_address);

  // Accounts made and refresh tokens tried, per address. Error: rate_limited/"throttled".
  Result<void> admit_registration(const IpAddress& address);
  Result<void> admit_refresh(const IpAddress& address);

 private:
  const Clock& clock_;
  std::mutex mutex_;
  RateTable addresses_, pairs_, accounts_, registrations_, refreshes_;  // guarded by mutex_
};

}  // namespace strims::auth
