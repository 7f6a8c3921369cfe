// The other endpoints that dgg clients, bots and tools call (client-http.md sections 3.7, 6, 8 and
// 9).
#include "api/call.h"
#include "api/dgg_fields.h"
#include "base/bytes.h"
#include "base/json_write.h"
#include "proto/url.h"
#include "storage/repositories/users.h"
#include "stream/stream_info.h"
#include "text/nick_rules.h"

namespace strims::api {
namespace {

using proto::Response;

Answer ping(Call&) {
  Response response = Response::empty(200);
  response.set("X-Pong", "1");
  return response;
}

// A value from the query or a form body.
std::string parameter(Call& call, std::string_view name) {
  if (auto value = call.request().query_param(name)) return *value;
  for (const auto& [key, value] : proto::parse_query(call.request().body))
    if (key == name) return value;
  return {};
}

Response auth_error(std::string_view word, std::string_view sentence) {
  JsonWriter w;
  w.object().field("message", sentence).field("error", word).field("code", 403).end_object();
  return Response::json(403, w.take());
}

// What an older chat server asks when a bot shows its login key. The key itself is the proof; a
// private key of the site would add nothing, so none is needed.
Answer check_login_key(Call& call) {
  const std::string key = parameter(call, "authtoken");
  if (key.empty()) return auth_error("fielderror", "The authtoken is missing.");
  STRIMS_TRY(const auto who, call.services.authenticator.authenticate(call.db, {.authtoken = key}));
  if (!who || who->via != auth::Principal::Via::login_key)
    return auth_error("invalidtoken", "No such login key.");
  JsonWriter w;
  w.object();
  write_site_user(w, who->user);
  w.end_object();
  return Response::json(200, w.take());
}

// Every known platform is there; what runs on this site stands under "strims".
Answer stream_info(Call& call) {
  static const stream::Directory kNothing;
  const auto* desk = call.services.streams;
  JsonWriter w;
  w.object().key("data").raw(
      stream::stream_info(desk ? desk->directory() : kNothing, call.services.clock.wall_ms()));
  w.end_object();
  return Response::json(200, w.take());
}

Answer videos(Call&) {
  return Response::json(200, R"({"status":"success","data":[]})");
}

bool may_host(const User& user) {
  if (user.role >= Role::moderator) return true;
  for (const auto& grant : user.grants)
    if (grant == "HOST") return true;
  return false;
}

Answer host(Call& call) {
  if (!may_host(call.user())) return fail(Errc::forbidden, "nopermission", "You may not host.");
  return Response::json(200,
                        R"({"success":false,"message":"Hosting is not set up on this site."})");
}

Answer nick_check(Call& call) {
  const std::string nick = parameter(call, "username");
  auto answer = [](bool good, std::string_view why) {
    JsonWriter w;
    w.object().field("success", good);
    if (!good) w.field("error", why);
    w.end_object();
    return Response::json(200, w.take());
  };
  const auto rules = text::check_nick(nick, call.services.accounts.policy().nick);
  if (!rules) return answer(false, rules.error().detail);
  STRIMS_TRY(const auto twin, storage::find_user_by_skeleton(call.db, text::nick_skeleton(nick)));
  if (twin) return answer(false, "That name, or one that looks like it, is taken.");
  return answer(true, "");
}

}  // namespace

void add_dgg_site(Api& api) {
  const auto add = [&](std::string method, std::string path, Access access, std::string summary,
                       ApiHandler handler, bool csrf = false, bool cors = false) {
    Endpoint e;
    e.method = std::move(method);
    e.pattern = std::move(path);
    e.access = access;
    e.summary = std::move(summary);
    e.handler = std::move(handler);
    e.dgg_errors = true;
    e.csrf_guard = csrf;
    e.public_cors = cors;
    api.add(std::move(e));
  };
  add("GET", "/ping", Access::any, "Keeps a session alive.", ping);
  add("GET", "/api/auth", Access::any, "Whose login key is this.", check_login_key);
  add("POST", "/api/auth", Access::any, "Whose login key is this.", check_login_key);
  add("GET", "/api/info/stream", Access::any, "The streams of this site.", stream_info, false,
      true);
  add("GET", "/api/info/videos", Access::any, "The recordings of this site.", videos, false, true);
  add("POST", "/api/stream/host", Access::user, "Hosts another channel.", host, true);
  add("POST", "/api/stream/unhost", Access::user, "Ends hosting.", host, true);
  add("GET", "/profile/usernamecheck", Access::any, "Whether a name could be registered.",
      nick_check);
}

}  // namespace strims::api
