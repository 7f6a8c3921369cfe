#include "auth/authenticate.h"

#include "auth/jwt.h"
#include "auth/opaque_token.h"
#include "base/bytes.h"
#include "base/secret_hash.h"
#include "storage/repositories/login_keys.h"
#include "storage/repositories/logins.h"
#include "storage/repositories/users.h"

namespace strims::auth {
namespace {

constexpr int64_t kMsPerSecond = 1000;

std::optional<UserId> parse_user_id(std::string_view text) {
  const auto id = parse_u64(text);
  if (!id || *id == 0 || *id > INT64_MAX) return std::nullopt;
  return static_cast<UserId>(*id);
}

std::unexpected<Error> invalid_token() {
  return fail(Errc::unauthenticated, "invalid_token", "the token is not valid");
}

}  // namespace

std::string Principal::access_id() const {
  return login_key != 0 ? login_key_access_id(login_key) : login_id;
}

std::string login_key_access_id(int64_t key_id) {
  return "key:" + std::to_string(key_id);
}

Authenticator::Found Authenticator::authenticate(sql::Connection& connection,
                                                 const Credentials& credentials,
                                                 CredentialOrder order) const {
  if (order == CredentialOrder::rest && !credentials.bearer.empty())
    return by_bearer(connection, credentials.bearer);
  if (!credentials.sid.empty()) return by_sid(connection, credentials.sid);
  if (!credentials.authtoken.empty()) return by_login_key(connection, credentials.authtoken);
  if (!credentials.bearer.empty()) return by_bearer(connection, credentials.bearer);
  if (!credentials.jwt.empty()) return by_strims_jwt(connection, credentials.jwt);
  return std::nullopt;
}

Result<Principal> Authenticator::authenticate_bearer(sql::Connection& connection,
                                                     std::string_view token) const {
  if (token.find('.') == std::string_view::npos) {
    STRIMS_TRY(auto found, by_login_key(connection, token));
    if (!found) return invalid_token();
    return std::move(*found);
  }
  const VerifyOptions options{policy_.token.issuer, clock_.wall_ms() / kMsPerSecond,
                              policy_.token.leeway_ms / kMsPerSecond};
  STRIMS_TRY(
      const auto claims,
      verify_access_token(token, [&](std::string_view kid) { return keys_.find(kid); }, options));
  // The login may have ended since: the signature alone does not say so.
  STRIMS_TRY(auto found, storage::find_login(connection, claims.sid));
  if (!found || found->login.ended() || found->user.deleted ||
      parse_user_id(claims.sub) != found->user.id)
    return invalid_token();
  return Principal{std::move(found->user), std::move(found->login.id), Principal::Via::bearer, 0};
}

Authenticator::Found Authenticator::by_bearer(sql::Connection& connection,
                                              std::string_view token) const {
  auto principal = authenticate_bearer(connection, token);
  if (principal) return std::move(*principal);
  if (principal.error().code == Errc::unauthenticated) return std::nullopt;
  return std::unexpected(std::move(principal).error());
}

Authenticator::Found Authenticator::by_sid(sql::Connection& connection,
                                           std::string_view sid) const {
  if (!is_token_shaped(sid)) return std::nullopt;
  STRIMS_TRY(auto found, storage::find_login_by_sid(connection, secret_hash(sid)));
  if (!found || found->login.ended() || found->user.deleted) return std::nullopt;
  const TimeMs now = clock_.wall_ms();
  const int64_t unseen_ms = now - found->login.last_seen;
  if (unseen_ms >= policy_.token.sid_ms) return std::nullopt;
  // Sliding the expiry is a courtesy: a busy database must not turn a member into a guest.
  if (unseen_ms >= policy_.token.touch_ms)
    (void)storage::touch_login(connection, found->login.id, now);
  return Principal{std::move(found->user), std::move(found->login.id), Principal::Via::sid, 0};
}

Authenticator::Found Authenticator::by_login_key(sql::Connection& connection,
                                                 std::string_view key) const {
  if (!is_token_shaped(key)) return std::nullopt;
  STRIMS_TRY(auto found, storage::find_login_key(connection, secret_hash(key)));
  if (!found || found->user.deleted) return std::nullopt;
  const TimeMs now = clock_.wall_ms();
  if (now - found->key.last_used >= policy_.token.touch_ms)
    (void)storage::touch_login_key(connection, found->key.id, now);
  return Principal{std::move(found->user), {}, Principal::Via::login_key, found->key.id};
}

Authenticator::Found Authenticator::by_strims_jwt(sql::Connection& connection,
                                                  std::string_view token) const {
  const auto id =
      verify_strims_token(token, policy_.strims_jwt_secret, clock_.wall_ms() / kMsPerSecond,
                          policy_.token.leeway_ms / kMsPerSecond);
  const auto user_id = id ? parse_user_id(*id) : std::nullopt;
  if (!user_id) return std::nullopt;
  STRIMS_TRY(auto user, storage::find_user(connection, *user_id));
  if (!user || user->deleted) return std::nullopt;
  return Principal{std::move(*user), {}, Principal::Via::strims_jwt, 0};
}

}  // namespace strims::auth
