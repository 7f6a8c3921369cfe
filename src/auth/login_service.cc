#include "auth/login_service.h"

#include "auth/jwt.h"
#include "auth/opaque_token.h"
#include "base/bytes.h"
#include "base/secret_hash.h"
#include "obs/log.h"
#include "storage/repositories/user_addresses.h"
#include "text/nick_rules.h"

namespace strims::auth {
namespace {

constexpr size_t kLoginIdLength = 22;
constexpr size_t kTokenIdLength = 16;

std::unexpected<Error> invalid_credentials() {
  return fail(Errc::unauthenticated, "invalid_credentials", "wrong name or password");
}
std::unexpected<Error> invalid_refresh_token() {
  return fail(Errc::unauthenticated, "invalid_refresh_token", "log in again");
}
std::unexpected<Error> not_found() {
  return fail(Errc::not_found, "notfound", "there is no such thing");
}

}  // namespace

Accounts::Accounts(AuthPolicy policy, const SigningKeys& keys, const Clock& clock,
                   OnLoginEnded on_login_ended)
    : policy_(std::move(policy)),
      keys_(keys),
      clock_(clock),
      on_login_ended_(std::move(on_login_ended)),
      hasher_(policy_.password),
      throttle_(policy_.throttle, clock) {}

void Accounts::report_ended(std::span<const std::string> ids, UserId user) const {
  if (!on_login_ended_) return;
  for (const auto& id : ids) on_login_ended_(id, user);
}

Result<void> Accounts::issue(sql::Connection& connection, TimeMs now, Tokens& tokens) const {
  tokens.refresh_token = random_token(kRefreshTokenLength);
  STRIMS_CHECK_OK(
      storage::insert_refresh_token(connection, secret_hash(tokens.refresh_token),
                                    {tokens.login_id, now, 0, now + policy_.token.refresh_ms}));
  AccessClaims claims;
  claims.iss = policy_.token.issuer;
  claims.sub = std::to_string(tokens.user.id);
  claims.sid = tokens.login_id;
  claims.jti = random_token(kTokenIdLength);
  claims.iat = now / 1000;
  tokens.expires_in_s = policy_.token.access_ms / 1000;
  claims.exp = claims.iat + tokens.expires_in_s;
  STRIMS_TRY(tokens.access_token, sign_access_token(*keys_.active(), claims));
  return {};
}

Result<Tokens> Accounts::open_login(sql::Connection& connection,
                                    const storage::UserCredentials& account, const Client& client) {
  const TimeMs now = clock_.wall_ms();
  std::vector<std::string> ended;
  auto opened = sql::in_transaction(connection, [&]() -> Result<Tokens> {
    // The password may have been changed while the old one was being verified.
    STRIMS_TRY(const auto current, storage::find_credentials(connection, account.user.id));
    if (!current || current->user.deleted || current->password_hash != account.password_hash)
      return invalid_credentials();
    STRIMS_TRY(ended, storage::end_oldest_logins(connection, account.user.id,
                                                 policy_.token.logins_per_user - 1, now));
    Tokens tokens;
    tokens.user = current->user;
    tokens.login_id = random_token(kLoginIdLength);
    tokens.sid = random_token(kSidLength);
    const storage::Login login{tokens.login_id,
                               account.user.id,
                               now,
                               now,
                               client.address.to_string(),
                               client.user_agent,
                               0};
    STRIMS_CHECK_OK(storage::insert_login(connection, login, secret_hash(tokens.sid)));
    STRIMS_CHECK_OK(issue(connection, now, tokens));
    return tokens;
  });
  if (opened) report_ended(ended, account.user.id);
  return opened;
}

Result<Tokens> Accounts::login(sql::Connection& connection, std::string_view username,
                               std::string_view password, const Client& client) {
  // Every path does the same work, so that neither the answer nor its time tells whether the name
  // exists.
  const std::string_view name = text::is_nick(username) ? username : std::string_view();
  STRIMS_TRY(auto account, storage::find_credentials(connection, name));
  STRIMS_TRY(bool known,
             storage::is_known_address(connection, account ? account->user.id : 0, client.address));
  // Never noted, so never known; but who sits at this machine is no crowd of strangers.
  known = known || client.address.is_loopback();
  STRIMS_CHECK_OK(throttle_.admit(username, client.address, known));
  const std::string hash = account ? account->password_hash : std::string();
  const bool good = hasher_.verify(hash, password);
  if (!good || !account || account->user.deleted) {
    obs::log_info("login.failed", {{"address", client.address.to_string()}});
    return invalid_credentials();
  }
  throttle_.succeeded(username, client.address, known);
  if (hasher_.needs_rehash(hash)) {
    if (auto stronger = hasher_.hash(password)) {
      const auto replaced =
          storage::replace_password_hash(connection, account->user.id, hash, *stronger);
      if (replaced && *replaced) account->password_hash = std::move(*stronger);
    }
  }
  STRIMS_TRY(auto tokens, open_login(connection, *account, client));
  // Helps the owner later; no reason to refuse him now.
  (void)storage::record_address(connection, account->user.id, client.address, clock_.wall_ms());
  return tokens;
}

Result<Tokens> Accounts::refresh(sql::Connection& connection, std::string_view refresh_token,
                                 const Client& client) {
  STRIMS_CHECK_OK(throttle_.admit_refresh(client.address));
  if (!is_token_shaped(refresh_token)) return invalid_refresh_token();
  const std::string hash = secret_hash(refresh_token);
  const TimeMs now = clock_.wall_ms();
  Tokens tokens;
  bool reused = false;
  // The transaction holds the write lock from its start: of two refreshes with one token the second
  // sees that it is used.
  const auto done = sql::in_transaction(connection, [&]() -> Result<void> {
    STRIMS_TRY(const auto token, storage::find_refresh_token(connection, hash));
    if (!token || token->expires_at <= now) return invalid_refresh_token();
    STRIMS_TRY(auto found, storage::find_login(connection, token->login_id));
    if (!found || found->login.ended() || found->user.deleted) return invalid_refresh_token();
    tokens.login_id = token->login_id;
    tokens.user = std::move(found->user);
    STRIMS_TRY(const bool first, storage::use_refresh_token(connection, hash, now));
    if (!first) {
      reused = true;
      STRIMS_CHECK_OK(storage::end_login(connection, tokens.login_id, now));
      return {};
    }
    STRIMS_CHECK_OK(storage::touch_login(connection, tokens.login_id, now));
    STRIMS_CHECK_OK(
        storage::trim_refresh_tokens(connection, tokens.login_id, policy_.token.used_tokens_kept));
    return issue(connection, now, tokens);
  });
  STRIMS_CHECK_OK(done);
  if (reused) {
    obs::log_warn("login.refresh_reused",
                  {{"user", tokens.user.id}, {"address", client.address.to_string()}});
    report_ended({&tokens.login_id, 1}, tokens.user.id);
    return fail(Errc::unauthenticated, "refresh_token_reused",
                "this refresh token was used before: the login has been ended");
  }
  return tokens;
}

Result<void> Accounts::logout(sql::Connection& connection, const Principal& principal,
                              std::string_view refresh_token) {
  std::vector<std::string> ids;
  if (!principal.login_id.empty()) ids.push_back(principal.login_id);
  if (is_token_shaped(refresh_token)) {
    STRIMS_TRY(const auto token,
               storage::find_refresh_token(connection, secret_hash(refresh_token)));
    if (token && token->login_id != principal.login_id) ids.push_back(token->login_id);
  }
  for (const auto& id : ids) {
    auto ended = end_login(connection, principal.user.id, id);
    if (!ended && ended.error().code != Errc::not_found) return ended;
  }
  return {};
}

Result<std::vector<storage::Login>> Accounts::list_logins(sql::Connection& connection,
                                                          UserId user) const {
  return storage::list_logins(connection, user);
}

Result<void> Accounts::end_login(sql::Connection& connection, UserId user,
                                 std::string_view login_id) {
  const std::string id(login_id);
  const auto ended = sql::in_transaction(connection, [&]() -> Result<bool> {
    STRIMS_TRY(const auto found, storage::find_login(connection, id));
    if (!found || found->login.user_id != user) return false;
    return storage::end_login(connection, id, clock_.wall_ms());
  });
  if (!ended) return std::unexpected(ended.error());
  if (!*ended) return not_found();
  report_ended({&id, 1}, user);
  return {};
}

Result<void> Accounts::end_all_logins(sql::Connection& connection, UserId user) {
  const auto ended = sql::in_transaction(
      connection, [&] { return storage::end_logins(connection, user, "", clock_.wall_ms()); });
  if (!ended) return std::unexpected(ended.error());
  report_ended(*ended, user);
  return {};
}

}  // namespace strims::auth
