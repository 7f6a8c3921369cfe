#include "api/call.h"

#include "api/lane_connection.h"
#include "base/bytes.h"
#include "base/json_write.h"
#include "http/credentials.h"
#include "http/origin.h"
#include "http/problem.h"

namespace strims::api {
namespace {

bool changes_state(std::string_view method) {
  return method != "GET" && method != "HEAD";
}

// A browser adds cookies to requests of foreign pages; only pages of our origins may use them to
// change things. A browser names the page's origin in every such request, so the session's cookies
// are worth nothing without one; a bot's `authtoken` is sent by programs, which have none, and what
// today's chat clients call is kept as it was (the X-CSRF-Guard header, where they send it).
Result<void> check_cookie_use(const Endpoint& endpoint, const Services& services,
                              const proto::Request& request, const auth::Principal& who) {
  if (!changes_state(endpoint.method)) return {};
  const std::string_view origin = request.header("Origin");
  const bool named = !origin.empty();
  if (!http::origin_allowed(request, services.config.server.origins))
    return fail(Errc::forbidden, "origin", "This origin may not do that with your cookie.");
  if (endpoint.csrf_guard && endpoint.method == "POST" && !request.has_header("X-CSRF-Guard"))
    return fail(Errc::forbidden, "csrf", "The header X-CSRF-Guard is missing.");
  if (named || endpoint.csrf_guard) return {};
  const bool by_program = who.via == auth::Principal::Via::login_key || endpoint.dgg_errors;
  if (endpoint.access != Access::any && !by_program)
    return fail(Errc::forbidden, "origin", "With a cookie, say in Origin which page this is from.");
  if (request.header("Sec-Fetch-Site") == "cross-site")
    return fail(Errc::forbidden, "origin", "Cross-site requests may not use your cookie.");
  return {};
}

Result<void> check_access(Access access, const std::optional<auth::Principal>& who) {
  if (access == Access::any) return {};
  if (!who) return fail(Errc::unauthenticated, "needlogin", "Log in to do this.");
  if (access == Access::moderator && !who->user.is_moderator())
    return fail(Errc::forbidden, "nopermission", "Only moderators may do this.");
  if (access == Access::admin && !who->user.is_admin())
    return fail(Errc::forbidden, "nopermission", "Only administrators may do this.");
  return {};
}

// The old site's shape; its pages look at the status and at "error".
proto::Response dgg_error(const Error& error, std::string_view request_id) {
  proto::Response response = http::problem(error, request_id);
  const int status = error.code == Errc::unauthenticated ? 403 : response.status;
  JsonWriter w;
  w.object().field("success", false).field("error", error.reason).field("message", error.detail);
  w.field("code", status).end_object();
  proto::Response out = proto::Response::json(status, w.take());
  if (const auto wait = response.header("Retry-After"); !wait.empty()) out.set("Retry-After", wait);
  out.set("Cache-Control", "no-store");
  return out;
}

Answer run(const Endpoint& endpoint, const Services& services, http::RequestContext& context,
           http::Responder& respond) {
  STRIMS_TRY(sql::Connection * db, LaneConnection::current());
  auto carried = http::credentials_of(context.request, services.config.auth.strims_jwt_cookie);
  const auth::Credentials credentials{std::move(carried.sid), std::move(carried.authtoken),
                                      std::move(carried.bearer), std::move(carried.jwt)};
  std::optional<auth::Principal> who;
  if (credentials.any()) {
    auto found = services.authenticator.authenticate(*db, credentials, auth::CredentialOrder::rest);
    if (!found) return std::unexpected(found.error());
    who = std::move(*found);
    if (!who && !credentials.bearer.empty() && endpoint.access != Access::any) {
      auto why = services.authenticator.authenticate_bearer(*db, credentials.bearer);
      if (!why) return std::unexpected(why.error());
    }
  }
  STRIMS_CHECK_OK(check_access(endpoint.access, who));
  if (who && credentials.bearer.empty())
    STRIMS_CHECK_OK(check_cookie_use(endpoint, services, context.request, *who));
  Call call{services, context, *db, std::move(who), respond};
  return endpoint.handler(call);
}

}  // namespace

std::string_view to_string(Access access) {
  switch (access) {
    case Access::any:
      return "any";
    case Access::user:
      return "user";
    case Access::moderator:
      return "moderator";
    case Access::admin:
      return "admin";
  }
  return "";
}

auth::Client Call::client() const {
  return {http.peer, std::string(http.request.header("User-Agent").substr(0, 200))};
}

Result<Json> Call::json_body() const {
  std::string_view type = request().header("Content-Type");
  type = trim_ows(type.substr(0, type.find(';')));
  if (!ascii_iequals(type, "application/json"))
    return fail(Errc::unsupported, "unsupported_type", "Send the body as application/json.");
  return any_json_body();
}

Result<Json> Call::any_json_body() const {
  STRIMS_TRY(Json json, Json::parse(request().body));
  if (!json.is_object())
    return fail(Errc::invalid, "invalid_json", "The body must be a JSON object.");
  return json;
}

Result<int64_t> Call::int_param(std::string_view name, int64_t otherwise, int64_t least,
                                int64_t most) const {
  const auto text = request().query_param(name);
  if (!text || text->empty()) return otherwise;
  const auto n = parse_u64(*text);
  if (!n || *n > static_cast<uint64_t>(most) || static_cast<int64_t>(*n) < least)
    return fail(Errc::invalid, "invalid",
                "The parameter " + std::string(name) + " must be a number from " +
                    std::to_string(least) + " to " + std::to_string(most) + ".");
  return static_cast<int64_t>(*n);
}

void Api::add(Endpoint endpoint) {
  http::Route route;
  route.method = endpoint.method;
  route.pattern = endpoint.pattern;
  route.run_on = endpoint.run_on;
  route.access = to_string(endpoint.access);
  route.summary = endpoint.summary;
  route.public_cors = endpoint.public_cors;
  route.site_errors = endpoint.dgg_errors;
  route.body_limit = endpoint.body_limit > 0
                         ? endpoint.body_limit
                         : static_cast<size_t>(services_.config.http.max_body_bytes);
  route.handler = [&services = services_, endpoint = std::move(endpoint)](
                      http::RequestContext& context, http::Responder respond) {
    Answer answer = run(endpoint, services, context, respond);
    if (!answer) {
      respond(endpoint.dgg_errors ? dgg_error(answer.error(), context.request_id)
                                  : http::problem(answer.error(), context.request_id));
    } else if (*answer) {
      proto::Response& response = **answer;
      if (!response.has_header("Cache-Control")) response.set("Cache-Control", "no-store");
      respond(std::move(response));
    }
  };
  router_.add(std::move(route));
}

void Api::add(std::string method, std::string pattern, Access access, std::string summary,
              ApiHandler handler, size_t body_limit) {
  Endpoint endpoint;
  endpoint.method = std::move(method);
  endpoint.pattern = std::move(pattern);
  endpoint.access = access;
  endpoint.summary = std::move(summary);
  endpoint.handler = std::move(handler);
  endpoint.body_limit = body_limit;
  add(std::move(endpoint));
}

void Api::add_public(std::string pattern, std::string summary, ApiHandler handler) {
  Endpoint endpoint;
  endpoint.method = "GET";
  endpoint.pattern = std::move(pattern);
  endpoint.summary = std::move(summary);
  endpoint.handler = std::move(handler);
  endpoint.public_cors = true;
  add(std::move(endpoint));
}

}  // namespace strims::api
