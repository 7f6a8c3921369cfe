// The chat client's settings of an account: opaque text (client-http 3.2). Lane threads only.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/user.h"
#include "storage/sql/database.h"

namespace strims::storage {

inline constexpr size_t kMaxSettingsCharacters = 65'535;

// "" when nothing is saved.
Result<std::string> get_chat_settings(sql::Connection& connection, UserId user);
// Errors: too_large/"toolarge" beyond 65,535 code points, invalid/"invalid" when it is not UTF-8.
Result<void> put_chat_settings(sql::Connection& connection, UserId user, std::string_view text,
                               TimeMs now);
Result<void> delete_chat_settings(sql::Connection& connection, UserId user);

}  // namespace strims::storage
