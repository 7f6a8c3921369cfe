// Login keys: what bots present instead of a password. Stored as hashes. Lane threads only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/user.h"
#include "storage/sql/database.h"

namespace strims::storage {

struct LoginKey {
  int64_t id = 0;
  UserId user_id = 0;
  std::string name;  // the owner's label
  TimeMs created_at = 0;
  TimeMs last_used = 0;  // 0: never
};

struct LoginKeyAndUser {
  LoginKey key;
  User user;
};

// Adds a key in a transaction of its own. Error: conflict/"too_many_keys" when the account has
// `max` already.
Result<LoginKey> insert_login_key(sql::Connection& connection, UserId user, std::string_view name,
                                  std::string_view hash, TimeMs now, size_t max = 5);
// Oldest first.
Result<std::vector<LoginKey>> list_login_keys(sql::Connection& connection, UserId user);
// Deleted accounts are found too: the caller looks.
Result<std::optional<LoginKeyAndUser>> find_login_key(sql::Connection& connection,
                                                      std::string_view hash);
// Moves last_used forward (never back).
Result<void> touch_login_key(sql::Connection& connection, int64_t id, TimeMs now);
// Only the owner's; false when there is none.
Result<bool> delete_login_key(sql::Connection& connection, UserId user, int64_t id);

}  // namespace strims::storage
