// Accounts and logins: register, log in, refresh, log out, passwords, login keys. Synchronous; runs
// on the auth lane with the lane's connection. One object serves all lane threads. Logins are in
// login_service.cc, the rest is in accounts.cc.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticate.h"
#include "auth/login_throttle.h"
#include "auth/password.h"
#include "auth/policy.h"
#include "auth/signing_keys.h"
#include "base/cidr.h"
#include "base/clock.h"
#include "base/error.h"
#include "model/user.h"
#include "storage/repositories/login_keys.h"
#include "storage/repositories/logins.h"
#include "storage/repositories/users.h"
#include "storage/sql/database.h"

namespace strims::auth {

// Where a request comes from.
struct Client {
  IpAddress address;
  std::string user_agent;
};

struct Tokens {
  User user;
  std::string login_id;
  std::string access_token;
  std::string refresh_token;
  int64_t expires_in_s = 0;  // of the access token
  std::string sid;           // value of the sid cookie; "" after a refresh (the cookie stays)
};

struct CreateUser {
  std::string nick;
  std::string password;
  std::optional<Role> role;  // nothing: the first account becomes admin
  std::vector<std::string> features;
};

class Accounts {
 public:
  // Called after the commit that ended a login (or a login key, then "key:<id>"), on the calling
  // lane thread. Must not block and must not call back.
  using OnLoginEnded = std::function<void(std::string_view access_id, UserId user)>;

  // The keys and the clock must outlive it. Costs one password hashing.
  Accounts(AuthPolicy policy, const SigningKeys& keys, const Clock& clock,
           OnLoginEnded on_login_ended);

  const AuthPolicy& policy() const { return policy_; }

  // Errors: forbidden/"registration_closed" (never for the first account),
  // rate_limited/"throttled", those of text::check_nick and PasswordHasher::check,
  // conflict/"taken".
  Result<User> register_user(sql::Connection& connection, std::string_view username,
                             std::string_view password, const Client& client);
  // For the command line and tests: the same rules, but reserved names are free, and there is no
  // throttle.
  Result<User> create_user(sql::Connection& connection, const CreateUser& request);

  // Errors: unauthenticated/"invalid_credentials" for a wrong name and for a wrong password, after
  // the same time; rate_limited/"throttled".
  Result<Tokens> login(sql::Connection& connection, std::string_view username,
                       std::string_view password, const Client& client);

  // A new pair for a refresh token; the old one is used up. Errors, all unauthenticated:
  // "invalid_refresh_token" (unknown, expired, login ended) and "refresh_token_reused", which has
  // ended the login with all its tokens; rate_limited/"throttled".
  Result<Tokens> refresh(sql::Connection& connection, std::string_view refresh_token,
                         const Client& client);

  // Ends the login of the principal, and that of the refresh token when it is the same person's (""
  // for none).
  Result<void> logout(sql::Connection& connection, const Principal& principal,
                      std::string_view refresh_token);

  // Ends all other logins. `keep_login` is the one that asks ("" for none). Errors:
  // unauthenticated/"invalid_credentials" when `current` is wrong, rate_limited/"throttled", those
  // of PasswordHasher::check, not_found/"notfound".
  Result<void> change_password(sql::Connection& connection, UserId user,
                               std::string_view keep_login, std::string_view current,
                               std::string_view fresh, const Client& client);
  // For the command line: no current password; ends all logins.
  Result<void> set_password(sql::Connection& connection, UserId user, std::string_view fresh);

  Result<std::vector<storage::Login>> list_logins(sql::Connection& connection, UserId user) const;
  // One login of that account (a lost device). Error: not_found/"notfound".
  Result<void> end_login(sql::Connection& connection, UserId user, std::string_view login_id);
  Result<void> end_all_logins(sql::Connection& connection, UserId user);
  // Deletes the account: logins and login keys end. Errors: not_found/"notfound",
  // conflict/"last_admin".
  Result<void> delete_user(sql::Connection& connection, UserId user);

  struct NewLoginKey {
    storage::LoginKey key;
    std::string secret;  // shown once
  };
  // Errors: conflict/"too_many_keys", invalid/"invalid_name" (1..64 code points, no control
  // characters).
  Result<NewLoginKey> create_login_key(sql::Connection& connection, UserId user,
                                       std::string_view name);
  Result<std::vector<storage::LoginKey>> list_login_keys(sql::Connection& connection,
                                                         UserId user) const;
  // Error: not_found/"notfound".
  Result<void> revoke_login_key(sql::Connection& connection, UserId user, int64_t key_id);

  // Housekeeping, hourly: forgets expired tokens and logins that ended or lapsed. Rows that went;
  // call again while it is large.
  Result<int64_t> purge(sql::Connection& connection);

 private:
  Result<User> insert_user(sql::Connection& connection, const CreateUser& request);
  Result<Tokens> open_login(sql::Connection& connection, const storage::UserCredentials& account,
                            const Client& client);
  // A fresh access token and refresh token for tokens.user and tokens.login_id.
  Result<void> issue(sql::Connection& connection, TimeMs now, Tokens& tokens) const;
  // Ends all logins but `keep_login`; invalid_credentials when the hash is no longer the expected
  // one.
  Result<void> replace_password(sql::Connection& connection, UserId user,
                                std::string_view expected_hash, std::string_view keep_login,
                                std::string_view fresh);
  void report_ended(std::span<const std::string> ids, UserId user) const;

  const AuthPolicy policy_;
  const SigningKeys& keys_;
  const Clock& clock_;
  const OnLoginEnded on_login_ended_;
  PasswordHasher hasher_;
  LoginThrottle throttle_;
};

}  // namespace strims::auth
