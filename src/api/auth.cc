// /auth/*: accounts and logins (rest.md section 1). Whatever hashes a password runs on the auth
// lane.
#include "api/call.h"
#include "api/fields.h"
#include "auth/jwks.h"
#include "base/json_write.h"
#include "text/nick_rules.h"

namespace strims::api {
namespace {

using proto::Response;

constexpr size_t kBodyLimit = 8 * 1024;
constexpr int64_t kDaySeconds = 24 * 3600;

// The Set-Cookie of RFC 6265 section 4.1. Clearing needs the same Path and Domain as setting.
std::string sid_cookie(const Call& call, std::string_view value, int64_t max_age_s) {
  const config::AuthConfig& auth = call.services.config.auth;
  std::string cookie =
      "sid=" + std::string(value) + "; Path=/; Max-Age=" + std::to_string(max_age_s) + "; HttpOnly";
  switch (auth.cookie_same_site) {
    case config::SameSite::lax:
      cookie += "; SameSite=Lax";
      break;
    case config::SameSite::strict:
      cookie += "; SameSite=Strict";
      break;
    case config::SameSite::none:
      cookie += "; SameSite=None";
      break;
  }
  if (!auth.cookie_domain.empty()) cookie += "; Domain=" + auth.cookie_domain;
  const bool secure = auth.cookie_secure == config::CookieSecure::always ||
                      (auth.cookie_secure == config::CookieSecure::automatic && call.http.secure);
  if (secure) cookie += "; Secure";
  return cookie;
}

Answer register_account(Call& call) {
  STRIMS_TRY(const Json body, call.json_body());
  STRIMS_CHECK_OK(refuse_rights(body));
  STRIMS_TRY(const std::string username, require_string(body, "username"));
  STRIMS_TRY(const std::string password, require_string(body, "password"));
  text::NickPolicy nick = call.services.accounts.policy().nick;
  nick.emotes = call.services.emotes;
  STRIMS_CHECK_OK(text::check_nick(username, nick));
  STRIMS_TRY(const User user,
             call.services.accounts.register_user(call.db, username, password, call.client()));
  JsonWriter w;
  w.object().key("user").object();
  write_user(w, user);
  w.end_object().end_object();
  Response response = Response::json(201, w.take());
  response.set("Location", "/users/" + std::to_string(user.id));
  return response;
}

Response token_response(const auth::Tokens& tokens) {
  JsonWriter w;
  w.object()
      .field("access_token", tokens.access_token)
      .field("refresh_token", tokens.refresh_token);
  w.field("token_type", "Bearer").field("expires_in", tokens.expires_in_s).key("user").object();
  write_user(w, tokens.user);
  w.end_object().end_object();
  return Response::json(200, w.take());
}

Answer login(Call& call) {
  STRIMS_TRY(const Json body, call.json_body());
  STRIMS_TRY(const std::string username, require_string(body, "username"));
  STRIMS_TRY(const std::string password, require_string(body, "password"));
  STRIMS_TRY(const auth::Tokens tokens,
             call.services.accounts.login(call.db, username, password, call.client()));
  Response response = token_response(tokens);
  response.add("Set-Cookie",
               sid_cookie(call, tokens.sid, call.services.config.auth.session_days * kDaySeconds));
  return response;
}

Answer refresh(Call& call) {
  STRIMS_TRY(const Json body, call.json_body());
  STRIMS_TRY(const std::string token, require_string(body, "refresh_token"));
  STRIMS_TRY(const auth::Tokens tokens,
             call.services.accounts.refresh(call.db, token, call.client()));
  return token_response(tokens);
}

Answer logout(Call& call) {
  std::string token;
  if (!call.request().body.empty()) {
    STRIMS_TRY(const Json body, call.json_body());
    STRIMS_TRY(const auto given, optional_string(body, "refresh_token"));
    token = given.value_or("");
  }
  STRIMS_CHECK_OK(call.services.accounts.logout(call.db, *call.who, token));
  Response response = Response::empty(204);
  response.add("Set-Cookie", sid_cookie(call, "", 0));
  return response;
}

Answer change_password(Call& call) {
  STRIMS_TRY(const UserId id, path_user(call));
  if (id != call.user().id)
    return fail(Errc::forbidden, "nopermission", "Only the owner can change a password.");
  STRIMS_CHECK_OK(check_no_login_key(call));
  STRIMS_TRY(const Json body, call.json_body());
  STRIMS_TRY(const std::string current, require_string(body, "current"));
  STRIMS_TRY(const std::string fresh, require_string(body, "new"));
  STRIMS_CHECK_OK(call.services.accounts.change_password(call.db, id, call.who->login_id, current,
                                                         fresh, call.client()));
  return Response::empty(204);
}

Answer jwks(Call& call) {
  Response response = Response::json(200, auth::jwks_json(call.services.keys.all()));
  response.set("Cache-Control", "public, max-age=300");
  return response;
}

}  // namespace

void add_auth(Api& api) {
  using http::RunOn;
  const auto add = [&](std::string method, std::string path, Access access, std::string summary,
                       ApiHandler handler, RunOn run_on) {
    Endpoint e;
    e.method = std::move(method);
    e.pattern = std::move(path);
    e.access = access;
    e.summary = std::move(summary);
    e.handler = std::move(handler);
    e.run_on = run_on;
    e.body_limit = kBodyLimit;
    api.add(std::move(e));
  };
  add("POST", "/auth/register", Access::any, "Makes an account.", register_account,
      RunOn::auth_lane);
  add("POST", "/auth/login", Access::any, "Logs in: a pair of tokens and the cookie sid.", login,
      RunOn::auth_lane);
  add("POST", "/auth/refresh", Access::any,
      "A new pair of tokens for a refresh token, which is used up.", refresh, RunOn::db_lane);
  add("POST", "/auth/logout", Access::user, "Ends the login with its tokens and sockets.", logout,
      RunOn::db_lane);
  add("PUT", "/users/{id}/password", Access::user, "Changes one's own password; other logins end.",
      change_password, RunOn::auth_lane);

  api.add_public("/.well-known/jwks.json", "The public keys of the access tokens (RFC 7517).",
                 jwks);
}

}  // namespace strims::api
