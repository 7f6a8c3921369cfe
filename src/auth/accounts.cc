// The half of class Accounts that is not about logins: accounts, passwords, login keys,
// housekeeping.
#include <algorithm>

#include "auth/login_service.h"
#include "auth/opaque_token.h"
#include "base/bytes.h"
#include "base/secret_hash.h"
#include "base/utf8.h"
#include "obs/log.h"
#include "text/nick_rules.h"

namespace strims::auth {
namespace {

constexpr size_t kMaxKeyNameCharacters = 64;
constexpr size_t kPurgeRows = 500;

std::unexpected<Error> invalid_credentials() {
  return fail(Errc::unauthenticated, "invalid_credentials", "wrong name or password");
}
std::unexpected<Error> not_found() {
  return fail(Errc::not_found, "notfound", "there is no such thing");
}

bool is_key_name(std::string_view name) {
  size_t characters = 0;
  for (size_t at = 0; at < name.size();) {
    const CodePoint c = decode_utf8(name, at);
    if (c.length == 0 || c.value < 0x20 || (c.value >= 0x7f && c.value < 0xa0)) return false;
    at += c.length;
    ++characters;
  }
  return characters >= 1 && characters <= kMaxKeyNameCharacters;
}

}  // namespace

// --- accounts

Result<User> Accounts::insert_user(sql::Connection& connection, const CreateUser& request) {
  const std::string skeleton = text::nick_skeleton(request.nick);
  // Looked at before the costly hash; create_user() decides.
  STRIMS_TRY(const auto alike, storage::find_user_by_skeleton(connection, skeleton));
  if (alike) return fail(Errc::conflict, "taken", "this name or one that looks like it is taken");
  storage::NewUser user;
  user.nick = request.nick;
  user.skeleton = skeleton;
  STRIMS_TRY(user.password_hash, hasher_.hash(request.password));
  user.created_at = clock_.wall_ms();
  user.role = request.role;
  user.features = request.features;
  STRIMS_TRY(auto created, storage::create_user(connection, user));
  obs::log_info("account.created", {{"user", created.id}, {"role", to_string(created.role)}});
  return created;
}

Result<User> Accounts::register_user(sql::Connection& connection, std::string_view username,
                                     std::string_view password, const Client& client) {
  if (!policy_.registration_open) {
    STRIMS_TRY(const bool any, storage::has_accounts(connection));
    if (any) return fail(Errc::forbidden, "registration_closed", "new accounts are not accepted");
  }
  STRIMS_CHECK_OK(text::check_nick(username, policy_.nick));
  STRIMS_CHECK_OK(hasher_.check(password));
  STRIMS_CHECK_OK(throttle_.admit_registration(client.address));
  return insert_user(connection, {std::string(username), std::string(password), {}, {}});
}

Result<User> Accounts::create_user(sql::Connection& connection, const CreateUser& request) {
  text::NickPolicy nick = policy_.nick;
  nick.reserved.clear();
  STRIMS_CHECK_OK(text::check_nick(request.nick, nick));
  STRIMS_CHECK_OK(hasher_.check(request.password));
  return insert_user(connection, request);
}

Result<void> Accounts::delete_user(sql::Connection& connection, UserId user) {
  STRIMS_CHECK_OK(storage::delete_user(connection, user, clock_.wall_ms()));
  STRIMS_CHECK_OK(end_all_logins(connection, user));
  STRIMS_TRY(const auto keys, storage::list_login_keys(connection, user));
  for (const auto& key : keys) STRIMS_CHECK_OK(revoke_login_key(connection, user, key.id));
  return {};
}

// --- passwords

Result<void> Accounts::replace_password(sql::Connection& connection, UserId user,
                                        std::string_view expected_hash, std::string_view keep_login,
                                        std::string_view fresh) {
  STRIMS_TRY(const auto hash, hasher_.hash(fresh));
  const auto ended = sql::in_transaction(connection, [&]() -> Result<std::vector<std::string>> {
    STRIMS_TRY(const bool replaced,
               storage::replace_password_hash(connection, user, expected_hash, hash));
    if (!replaced) return invalid_credentials();
    return storage::end_logins(connection, user, keep_login, clock_.wall_ms());
  });
  if (!ended) return std::unexpected(ended.error());
  obs::log_info("account.password_changed", {{"user", user}});
  report_ended(*ended, user);
  return {};
}

Result<void> Accounts::change_password(sql::Connection& connection, UserId user,
                                       std::string_view keep_login, std::string_view current,
                                       std::string_view fresh, const Client& client) {
  STRIMS_CHECK_OK(hasher_.check(fresh));
  STRIMS_TRY(const auto account, storage::find_credentials(connection, user));
  if (!account || account->user.deleted) return not_found();
  // Whoever holds a stolen session guesses here: the same counters as at the login.
  STRIMS_CHECK_OK(throttle_.admit(account->user.nick, client.address, true));
  if (!hasher_.verify(account->password_hash, current)) return invalid_credentials();
  throttle_.succeeded(account->user.nick, client.address, true);
  return replace_password(connection, user, account->password_hash, keep_login, fresh);
}

Result<void> Accounts::set_password(sql::Connection& connection, UserId user,
                                    std::string_view fresh) {
  STRIMS_CHECK_OK(hasher_.check(fresh));
  STRIMS_TRY(const auto account, storage::find_credentials(connection, user));
  if (!account || account->user.deleted) return not_found();
  return replace_password(connection, user, account->password_hash, "", fresh);
}

// --- login keys

Result<Accounts::NewLoginKey> Accounts::create_login_key(sql::Connection& connection, UserId user,
                                                         std::string_view name) {
  if (!is_key_name(name))
    return fail(Errc::invalid, "invalid_name", "a key's name has 1 to 64 printable characters");
  NewLoginKey made;
  made.secret = random_token(kLoginKeyLength);
  STRIMS_TRY(made.key,
             storage::insert_login_key(connection, user, name, secret_hash(made.secret),
                                       clock_.wall_ms(), policy_.token.login_keys_per_user));
  return made;
}

Result<std::vector<storage::LoginKey>> Accounts::list_login_keys(sql::Connection& connection,
                                                                 UserId user) const {
  return storage::list_login_keys(connection, user);
}

Result<void> Accounts::revoke_login_key(sql::Connection& connection, UserId user, int64_t key_id) {
  STRIMS_TRY(const bool deleted, storage::delete_login_key(connection, user, key_id));
  if (!deleted) return not_found();
  const std::string id = login_key_access_id(key_id);
  report_ended({&id, 1}, user);
  return {};
}

// --- housekeeping

Result<int64_t> Accounts::purge(sql::Connection& connection) {
  const TimeMs now = clock_.wall_ms();
  const int64_t kept_ms = std::max(policy_.token.sid_ms, policy_.token.refresh_ms);
  return storage::purge_logins(connection, now, now - kept_ms, kPurgeRows);
}

}  // namespace strims::auth
