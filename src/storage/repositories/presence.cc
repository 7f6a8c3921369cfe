#include "storage/repositories/presence.h"

#include <fmt/core.h>

#include "storage/repositories/user_row.h"

namespace strims::storage {

Result<void> save_presence(sql::Connection& connection, ChannelId channel,
                           const PresenceDiff& diff) {
  return sql::in_transaction(connection, [&]() -> Result<void> {
    for (const UserId user : diff.left)
      STRIMS_CHECK_OK(connection.execute("DELETE FROM presence WHERE channel = $1 AND user_id = $2",
                                         {channel, user}));
    for (const UserId user : diff.came)
      STRIMS_CHECK_OK(
          connection.execute("INSERT INTO presence (channel, user_id) VALUES ($1, $2) "
                             "ON CONFLICT (channel, user_id) DO NOTHING",
                             {channel, user}));
    return {};
  });
}

Result<std::vector<User>> restore_presence(sql::Connection& connection, ChannelId channel,
                                           TimeMs now) {
  return sql::in_transaction(connection, [&]() -> Result<std::vector<User>> {
    STRIMS_CHECK_OK(connection.execute(
        "DELETE FROM presence WHERE channel = $1 AND (NOT EXISTS (SELECT 1 FROM users WHERE "
        "users.id = presence.user_id AND users.deleted = 0) OR EXISTS (SELECT 1 FROM bans WHERE "
        "bans.channel = $1 AND bans.user_id = presence.user_id AND bans.address = '' AND "
        "bans.lifted_at IS NULL AND (bans.end_at IS NULL OR bans.end_at > $2)))",
        {channel, now}));
    static const std::string kSelect = fmt::format(
        "SELECT {} FROM presence JOIN users ON users.id = presence.user_id WHERE "
        "presence.channel = $1 ORDER BY users.id",
        kUserColumns);
    STRIMS_TRY(const auto rows, connection.query(kSelect, {channel}));
    std::vector<User> users;
    users.reserve(rows.size());
    for (const auto& row : rows) users.push_back(read_user(row));
    return users;
  });
}

}  // namespace strims::storage
