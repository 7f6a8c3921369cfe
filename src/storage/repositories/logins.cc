#include "storage/repositories/logins.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "storage/repositories/user_row.h"

namespace strims::storage {
namespace {

constexpr std::string_view kLoginColumns =
    "logins.id, logins.user_id, logins.created_at, logins.last_seen, logins.address, "
    "logins.user_agent, logins.ended_at";
constexpr size_t kLoginColumnCount = 7;
constexpr size_t kMaxUserAgentBytes = 200;

Login read_login(const sql::Row& row) {
  return Login{row.text(0), row.integer(1), row.integer(2), row.integer(3),
               row.text(4), row.text(5),    row.integer(6)};
}

Result<std::optional<LoginAndUser>> find_where(sql::Connection& connection, std::string_view column,
                                               std::string_view value) {
  const auto statement = fmt::format(
      "SELECT {}, {} FROM logins JOIN users ON users.id = logins.user_id WHERE logins.{} = $1",
      kLoginColumns, kUserColumns, column);
  STRIMS_TRY(const auto rows, connection.query(statement, {value}));
  if (rows.empty()) return std::nullopt;
  return LoginAndUser{read_login(rows[0]), read_user(rows[0], kLoginColumnCount)};
}

// A header is the sender's: cut, and kept only as well-formed text.
std::string_view short_user_agent(std::string_view text) {
  size_t end = 0;
  while (end < text.size()) {
    const size_t length = utf8_sequence_length(text, end);
    if (length == 0 || end + length > kMaxUserAgentBytes) break;
    end += length;
  }
  return text.substr(0, end);
}

Result<std::vector<std::string>> end_each(sql::Connection& connection, const sql::Rows& rows,
                                          TimeMs now) {
  std::vector<std::string> ended;
  for (const auto& row : rows) {
    STRIMS_TRY(const bool did, end_login(connection, row.text(0), now));
    if (did) ended.push_back(row.text(0));
  }
  return ended;
}

}  // namespace

Result<void> insert_login(sql::Connection& connection, const Login& login,
                          std::string_view sid_hash) {
  STRIMS_CHECK_OK(connection.execute(
      "INSERT INTO logins (id, user_id, sid_hash, created_at, last_seen, address, user_agent) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {login.id, login.user_id, sid_hash, login.created_at, login.last_seen, login.address,
       short_user_agent(login.user_agent)}));
  return {};
}

Result<std::optional<LoginAndUser>> find_login(sql::Connection& connection, std::string_view id) {
  return find_where(connection, "id", id);
}

Result<std::optional<LoginAndUser>> find_login_by_sid(sql::Connection& connection,
                                                      std::string_view sid_hash) {
  return find_where(connection, "sid_hash", sid_hash);
}

Result<std::vector<Login>> list_logins(sql::Connection& connection, UserId user) {
  const auto statement = fmt::format(
      "SELECT {} FROM logins WHERE user_id = $1 AND ended_at IS NULL ORDER BY last_seen DESC, id "
      "LIMIT 200",
      kLoginColumns);
  STRIMS_TRY(const auto rows, connection.query(statement, {user}));
  std::vector<Login> logins;
  for (const auto& row : rows) logins.push_back(read_login(row));
  return logins;
}

Result<void> touch_login(sql::Connection& connection, std::string_view id, TimeMs now) {
  STRIMS_CHECK_OK(connection.execute(
      "UPDATE logins SET last_seen = $2 WHERE id = $1 AND last_seen < $2 AND ended_at IS NULL",
      {id, now}));
  return {};
}

Result<bool> end_login(sql::Connection& connection, std::string_view id, TimeMs now) {
  STRIMS_TRY(const int64_t changed,
             connection.execute(
                 "UPDATE logins SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", {id, now}));
  if (changed == 0) return false;
  STRIMS_CHECK_OK(connection.execute(
      "DELETE FROM refresh_tokens WHERE login_id = $1 AND used_at IS NULL", {id}));
  return true;
}

Result<std::vector<std::string>> end_logins(sql::Connection& connection, UserId user,
                                            std::string_view keep, TimeMs now) {
  STRIMS_TRY(
      const auto rows,
      connection.query("SELECT id FROM logins WHERE user_id = $1 AND ended_at IS NULL AND id <> $2",
                       {user, keep}));
  return end_each(connection, rows, now);
}

Result<std::vector<std::string>> end_oldest_logins(sql::Connection& connection, UserId user,
                                                   size_t keep_count, TimeMs now) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT id FROM logins WHERE user_id = $1 AND ended_at IS NULL ORDER "
                              "BY last_seen DESC, created_at DESC LIMIT 1000 OFFSET $2",
                              {user, static_cast<int64_t>(keep_count)}));
  return end_each(connection, rows, now);
}

Result<void> insert_refresh_token(sql::Connection& connection, std::string_view hash,
                                  const RefreshToken& token) {
  STRIMS_CHECK_OK(connection.execute(
      "INSERT INTO refresh_tokens (hash, login_id, issued_at, expires_at) VALUES ($1, $2, $3, $4)",
      {hash, token.login_id, token.issued_at, token.expires_at}));
  return {};
}

Result<std::optional<RefreshToken>> find_refresh_token(sql::Connection& connection,
                                                       std::string_view hash) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT login_id, issued_at, used_at, expires_at FROM "
                              "refresh_tokens WHERE hash = $1",
                              {hash}));
  if (rows.empty()) return std::nullopt;
  return RefreshToken{rows[0].text(0), rows[0].integer(1), rows[0].integer(2), rows[0].integer(3)};
}

Result<bool> use_refresh_token(sql::Connection& connection, std::string_view hash, TimeMs now) {
  STRIMS_TRY(const int64_t changed,
             connection.execute(
                 "UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1 AND used_at IS NULL",
                 {hash, now}));
  return changed == 1;
}

Result<void> trim_refresh_tokens(sql::Connection& connection, std::string_view login_id,
                                 size_t keep_count) {
  STRIMS_CHECK_OK(connection.execute(
      "DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens WHERE login_id = "
      "$1 AND used_at IS NOT NULL ORDER BY issued_at DESC LIMIT 1000 OFFSET $2)",
      {login_id, static_cast<int64_t>(keep_count)}));
  return {};
}

Result<int64_t> purge_logins(sql::Connection& connection, TimeMs now, TimeMs before, size_t limit) {
  const auto bound = static_cast<int64_t>(limit);
  STRIMS_TRY(const int64_t tokens,
             connection.execute("DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM "
                                "refresh_tokens WHERE expires_at <= $1 LIMIT $2)",
                                {now, bound}));
  // Last seen before the horizon covers the ended ones too: an ended login is never seen again.
  STRIMS_TRY(const int64_t logins,
             connection.execute("DELETE FROM logins WHERE id IN (SELECT id FROM logins WHERE "
                                "last_seen < $1 LIMIT $2)",
                                {before, bound}));
  return tokens + logins;
}

}  // namespace strims::storage
