#include "storage/repositories/login_keys.h"

#include <fmt/format.h>

#include "storage/repositories/user_row.h"

namespace strims::storage {
namespace {

constexpr std::string_view kKeyColumns =
    "login_keys.id, login_keys.user_id, login_keys.name, login_keys.created_at, "
    "login_keys.last_used";
constexpr size_t kKeyColumnCount = 5;

LoginKey read_key(const sql::Row& row) {
  return LoginKey{row.integer(0), row.integer(1), row.text(2), row.integer(3), row.integer(4)};
}

}  // namespace

Result<LoginKey> insert_login_key(sql::Connection& connection, UserId user, std::string_view name,
                                  std::string_view hash, TimeMs now, size_t max) {
  return sql::in_transaction(connection, [&]() -> Result<LoginKey> {
    // Takes the account's row, so that two requests at once cannot both see the last free place.
    STRIMS_TRY(const int64_t owner,
               connection.execute(
                   "UPDATE users SET deleted = deleted WHERE id = $1 AND deleted = 0", {user}));
    if (owner == 0) return fail(Errc::not_found, "notfound", "no such account");
    STRIMS_TRY(const auto count,
               connection.query("SELECT COUNT(*) FROM login_keys WHERE user_id = $1", {user}));
    if (count.at(0).integer(0) >= static_cast<int64_t>(max))
      return fail(Errc::conflict, "too_many_keys", "delete another login key first");
    STRIMS_TRY(const auto rows,
               connection.query("INSERT INTO login_keys (hash, user_id, name, created_at) VALUES "
                                "($1, $2, $3, $4) RETURNING id",
                                {hash, user, name, now}));
    if (rows.empty()) return fail(Errc::internal, "unknown", "the insert returned no id");
    return LoginKey{rows[0].integer(0), user, std::string(name), now, 0};
  });
}

Result<std::vector<LoginKey>> list_login_keys(sql::Connection& connection, UserId user) {
  const auto statement =
      fmt::format("SELECT {} FROM login_keys WHERE user_id = $1 ORDER BY id", kKeyColumns);
  STRIMS_TRY(const auto rows, connection.query(statement, {user}));
  std::vector<LoginKey> keys;
  for (const auto& row : rows) keys.push_back(read_key(row));
  return keys;
}

Result<std::optional<LoginKeyAndUser>> find_login_key(sql::Connection& connection,
                                                      std::string_view hash) {
  const auto statement = fmt::format(
      "SELECT {}, {} FROM login_keys JOIN users ON users.id = login_keys.user_id WHERE "
      "login_keys.hash = $1",
      kKeyColumns, kUserColumns);
  STRIMS_TRY(const auto rows, connection.query(statement, {hash}));
  if (rows.empty()) return std::nullopt;
  return LoginKeyAndUser{read_key(rows[0]), read_user(rows[0], kKeyColumnCount)};
}

Result<void> touch_login_key(sql::Connection& connection, int64_t id, TimeMs now) {
  STRIMS_CHECK_OK(connection.execute(
      "UPDATE login_keys SET last_used = $2 WHERE id = $1 AND (last_used IS NULL "
      "OR last_used < $2)",
      {id, now}));
  return {};
}

Result<bool> delete_login_key(sql::Connection& connection, UserId user, int64_t id) {
  STRIMS_TRY(
      const int64_t changed,
      connection.execute("DELETE FROM login_keys WHERE id = $1 AND user_id = $2", {id, user}));
  return changed == 1;
}

}  // namespace strims::storage
