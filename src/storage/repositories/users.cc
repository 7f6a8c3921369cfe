#include "storage/repositories/users.h"

#include <fmt/format.h>
#include <algorithm>

#include "base/bytes.h"
#include "storage/repositories/user_row.h"

namespace strims::storage {
namespace {

Result<std::optional<User>> find_where(sql::Connection& connection, std::string_view column,
                                       sql::Value value) {
  const auto statement = fmt::format("SELECT {} FROM users WHERE {} = $1", kUserColumns, column);
  STRIMS_TRY(const auto rows, connection.query(statement, {value}));
  if (rows.empty()) return std::nullopt;
  return read_user(rows[0]);
}

Result<std::optional<UserCredentials>> find_credentials_where(sql::Connection& connection,
                                                              std::string_view column,
                                                              sql::Value value) {
  const auto statement =
      fmt::format("SELECT {}, users.password_hash FROM users WHERE {} = $1", kUserColumns, column);
  STRIMS_TRY(const auto rows, connection.query(statement, {value}));
  if (rows.empty()) return std::nullopt;
  return UserCredentials{read_user(rows[0]), rows[0].text(kUserColumnCount)};
}

// Sorted, without doubles. Words that clients do not expect would reach their pages unescaped.
Result<std::vector<std::string>> clean_words(std::vector<std::string> words,
                                             bool (*grantable)(std::string_view),
                                             std::string_view reason) {
  for (const auto& word : words)
    if (!grantable(word)) return fail(Errc::invalid, reason, "this word cannot be granted");
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

// Takes the row that all changes of rights pass through, so that they happen one after the other.
Result<void> lock_rights(sql::Connection& connection, TimeMs now) {
  STRIMS_CHECK_OK(connection.execute("UPDATE site_marks SET at = $1 WHERE name = 'rights'", {now}));
  return {};
}

Result<void> require_another_admin(sql::Connection& connection, UserId id) {
  STRIMS_TRY(
      const auto rows,
      connection.query(
          "SELECT 1 FROM users WHERE role = 'admin' AND deleted = 0 AND id <> $1 LIMIT 1", {id}));
  if (rows.empty())
    return fail(Errc::conflict, "last_admin", "the site would be left without an administrator");
  return {};
}

}  // namespace

Result<User> create_user(sql::Connection& connection, const NewUser& user) {
  STRIMS_TRY(const auto features,
             clean_words(user.features, is_grantable_feature, "unknown_feature"));
  const std::string features_json = words_to_json(features);
  const std::string lower = ascii_lower(user.nick);
  return sql::in_transaction(connection, [&]() -> Result<User> {
    STRIMS_TRY(
        const auto taken,
        connection.query("SELECT 1 FROM users WHERE nick_lower = $1 OR skeleton = $2 LIMIT 1",
                         {lower, user.skeleton}));
    if (!taken.empty())
      return fail(Errc::conflict, "taken", "this name or one that looks like it is taken");
    // One row changes for the first account of the site only.
    STRIMS_TRY(const int64_t first,
               connection.execute("INSERT INTO site_marks (name, at) VALUES ('first_account', $1) "
                                  "ON CONFLICT (name) DO NOTHING",
                                  {user.created_at}));
    const Role role = user.role.value_or(first == 1 ? Role::admin : Role::user);
    STRIMS_TRY(
        const auto rows,
        connection.query("INSERT INTO users (nick, nick_lower, skeleton, password_hash, role, "
                         "features, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                         {user.nick, lower, user.skeleton, user.password_hash, to_string(role),
                          features_json, user.created_at}));
    if (rows.empty()) return fail(Errc::internal, "unknown", "the insert returned no id");
    User out;
    out.id = rows[0].integer(0);
    out.nick = user.nick;
    out.role = role;
    out.features = features;
    out.created_at = user.created_at;
    return out;
  });
}

Result<bool> has_accounts(sql::Connection& connection) {
  STRIMS_TRY(const auto rows, connection.query("SELECT 1 FROM users LIMIT 1"));
  return !rows.empty();
}

Result<std::optional<User>> find_user(sql::Connection& connection, UserId id) {
  return find_where(connection, "id", id);
}

Result<std::optional<User>> find_user_by_nick(sql::Connection& connection, std::string_view nick) {
  const std::string lower = ascii_lower(nick);
  return find_where(connection, "nick_lower", lower);
}

Result<std::optional<User>> find_user_by_skeleton(sql::Connection& connection,
                                                  std::string_view skeleton) {
  return find_where(connection, "skeleton", skeleton);
}

Result<std::optional<UserCredentials>> find_credentials(sql::Connection& connection,
                                                        std::string_view nick) {
  const std::string lower = ascii_lower(nick);
  return find_credentials_where(connection, "nick_lower", lower);
}

Result<std::optional<UserCredentials>> find_credentials(sql::Connection& connection, UserId id) {
  return find_credentials_where(connection, "id", id);
}

Result<std::vector<User>> list_users(sql::Connection& connection, const UserPage& page) {
  const std::string lower = ascii_lower(page.nick_prefix);
  // Everything that starts with the prefix sorts below the prefix with a character past all nicks'
  // behind.
  const std::string end = lower + "\x7f";
  const std::string_view role = page.role ? to_string(*page.role) : std::string_view();
  const auto limit = static_cast<int64_t>(std::clamp<size_t>(page.limit, 1, 200));
  const auto statement = fmt::format(
      "SELECT {} FROM users WHERE id > $1 AND deleted = 0 AND nick_lower >= $2 AND nick_lower < $3 "
      "AND ($4 = '' OR role = $4) ORDER BY id LIMIT $5",
      kUserColumns);
  STRIMS_TRY(const auto rows, connection.query(statement, {page.after, lower, end, role, limit}));
  std::vector<User> users;
  users.reserve(rows.size());
  for (const auto& row : rows) users.push_back(read_user(row));
  return users;
}

Result<std::optional<Profile>> find_profile(sql::Connection& connection, UserId id) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT bio, gender, age FROM users WHERE id = $1", {id}));
  if (rows.empty()) return std::nullopt;
  return Profile{rows[0].text(0), rows[0].text(1), rows[0].text(2)};
}

Result<void> update_profile(sql::Connection& connection, UserId id, const ProfileUpdate& update) {
  const auto value = [](const std::optional<std::string>& field) -> sql::Value {
    if (field) return std::string_view(*field);
    return sql::Null{};
  };
  STRIMS_TRY(const int64_t changed,
             connection.execute("UPDATE users SET bio = COALESCE($2, bio), gender = COALESCE($3, "
                                "gender), age = COALESCE($4, age) WHERE id = $1 AND deleted = 0",
                                {id, value(update.bio), value(update.gender), value(update.age)}));
  if (changed == 0) return fail(Errc::not_found, "notfound", "no such account");
  return {};
}

Result<User> set_rights(sql::Connection& connection, UserId id, const RightsUpdate& update,
                        TimeMs now) {
  return sql::in_transaction(connection, [&]() -> Result<User> {
    STRIMS_CHECK_OK(lock_rights(connection, now));
    STRIMS_TRY(auto found, find_user(connection, id));
    if (!found || found->deleted) return fail(Errc::not_found, "notfound", "no such account");
    User user = std::move(*found);
    if (update.role && *update.role != Role::admin && user.role == Role::admin)
      STRIMS_CHECK_OK(require_another_admin(connection, id));
    if (update.role) user.role = *update.role;
    if (update.features) {
      STRIMS_TRY(user.features,
                 clean_words(*update.features, is_grantable_feature, "unknown_feature"));
    }
    if (update.grants) {
      STRIMS_TRY(user.grants, clean_words(*update.grants, is_grantable_site_role, "unknown_grant"));
    }
    if (update.can_chat) user.can_chat = *update.can_chat;
    const std::string features = words_to_json(user.features);
    const std::string grants = words_to_json(user.grants);
    STRIMS_CHECK_OK(connection.execute(
        "UPDATE users SET role = $2, features = $3, grants = $4, can_chat = $5 "
        "WHERE id = $1",
        {id, to_string(user.role), features, grants, int64_t{user.can_chat ? 1 : 0}}));
    return user;
  });
}

Result<bool> replace_password_hash(sql::Connection& connection, UserId id,
                                   std::string_view expected, std::string_view hash) {
  STRIMS_TRY(const int64_t changed,
             connection.execute("UPDATE users SET password_hash = $3 WHERE id = $1 AND "
                                "password_hash = $2 AND deleted = 0",
                                {id, expected, hash}));
  return changed == 1;
}

Result<void> delete_user(sql::Connection& connection, UserId id, TimeMs now) {
  return sql::in_transaction(connection, [&]() -> Result<void> {
    STRIMS_CHECK_OK(lock_rights(connection, now));
    STRIMS_TRY(const auto found, find_user(connection, id));
    if (!found || found->deleted) return fail(Errc::not_found, "notfound", "no such account");
    if (found->role == Role::admin) STRIMS_CHECK_OK(require_another_admin(connection, id));
    STRIMS_CHECK_OK(
        connection.execute("UPDATE users SET deleted = 1, password_hash = '', role = 'user', "
                           "features = '[]', grants = "
                           "'[]', bio = '', gender = '', age = '' WHERE id = $1",
                           {id}));
    return {};
  });
}

}  // namespace strims::storage
