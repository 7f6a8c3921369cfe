// From where an account was used lately: what an IP ban covers (chat-websocket 9.6) and from where
// its owner may always try to log in. Kept in ban units, the last three per account. Lane threads
// only.
#pragma once

#include <vector>

#include "base/cidr.h"
#include "base/clock.h"
#include "model/user.h"
#include "storage/sql/database.h"

namespace strims::storage {

inline constexpr size_t kAddressesPerUser = 3;

// Notes a use from the address's ban unit in a transaction of its own and forgets the oldest beyond
// three. Loopback is skipped: behind a proxy on the same machine it could be anybody's. An IP ban
// also covers the ban units of the user's open connections, which the room adds by itself. Writes
// nothing when the same unit was noted less than `fresh_ms` ago.
Result<void> record_address(sql::Connection& connection, UserId user, const IpAddress& address,
                            TimeMs now, int64_t fresh_ms = 600'000);
// Newest first, at most three.
Result<std::vector<IpAddress>> list_addresses(sql::Connection& connection, UserId user);
// Whether the address's ban unit is among them.
Result<bool> is_known_address(sql::Connection& connection, UserId user, const IpAddress& address);
// Accounts seen at the address's ban unit, latest first.
Result<std::vector<UserId>> find_users_by_address(sql::Connection& connection,
                                                  const IpAddress& address, size_t limit = 50);

}  // namespace strims::storage
