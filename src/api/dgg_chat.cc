// /api/chat/*: what the dgg chat page asks for (client-http.md sections 3.2, 3.4, 3.5, 3.6, 6 and
// 7).
#include <algorithm>
#include <memory>
#include <mutex>

#include "api/call.h"
#include "api/dgg_fields.h"
#include "auth/rate_table.h"
#include "base/bytes.h"
#include "base/json_write.h"
#include "storage/repositories/chat_settings.h"
#include "storage/repositories/entries.h"
#include "storage/repositories/moderation.h"
#include "storage/repositories/users.h"
#include "text/mentions.h"

namespace strims::api {
namespace {

using proto::Response;

constexpr size_t kMentionSearch = 2'000;  // messages looked through, newest first

Answer me(Call& call) {
  if (!call.who) {
    // The strims client takes plain text with 401, the dgg site answers 403 (client-http 6 and 7).
    const bool strims = call.http.listener == 1;
    return strims ? Response::text(401, "not logged in")
                  : Response::json(403, R"({"success":false,"error":"needlogin","code":403})");
  }
  STRIMS_TRY(const std::string settings, storage::get_chat_settings(call.db, call.user().id));
  JsonWriter w;
  w.object();
  write_site_user(w, call.user());
  w.key("settings").raw(settings.empty() ? "[]" : settings).end_object();
  return Response::json(200, w.take());
}

Answer get_settings(Call& call) {
  STRIMS_TRY(const std::string settings, storage::get_chat_settings(call.db, call.user().id));
  return Response::json(200, settings.empty() ? "[]" : settings);
}

Answer put_settings(Call& call) {
  // Opaque, but it must be the list of pairs that it claims to be: it is given back as it is.
  const auto json = Json::parse(call.request().body);
  if (!json || !json->is_array())
    return fail(Errc::invalid, "invalid", "The settings must be a JSON list.");
  STRIMS_CHECK_OK(storage::put_chat_settings(call.db, call.user().id, call.request().body,
                                             call.services.clock.wall_ms()));
  return Response::empty(204);
}

Answer delete_settings(Call& call) {
  STRIMS_CHECK_OK(storage::delete_chat_settings(call.db, call.user().id));
  return Response::empty(204);
}

Answer my_ban(Call& call) {
  const TimeMs now = call.services.clock.wall_ms();
  STRIMS_TRY(auto ban,
             storage::active_ban_of_user(call.db, call.services.channel, call.user().id, now));
  if (!ban) {
    STRIMS_TRY(ban,
               storage::active_ban_of_address(call.db, call.services.channel, call.http.peer, now));
  }
  if (!ban) return Response::json(200, "\"bannotfound\"");
  JsonWriter w;
  w.object().field("id", ban->id).field("userid", ban->by_id).field("username", ban->by_nick);
  w.field("targetuserid", ban->user_id).field("targetusername", ban->nick).field("ipaddress", "");
  w.field("reason", ban->reason)
      .field("starttimestamp", format_sql_utc(ban->start))
      .key("endtimestamp");
  if (ban->end) {
    w.value(format_sql_utc(*ban->end));
  } else {
    w.null();
  }
  w.end_object();
  return Response::json(200, w.take());
}

Response envelope(std::string_view data) {
  JsonWriter w;
  w.object().field("success", true).key("message").null().key("data").raw(data).end_object();
  return Response::json(200, w.take());
}

Response no_such_user() {
  return Response::json(404, R"({"success":false,"message":"User not found","data":null})");
}

// Searches through the past cost far more than to ask for them: five at once per user, then one a
// second. In memory; the table forgets users when it is full.
class SearchThrottle {
 public:
  Result<void> admit(UserId user, MonoMs now) {
    const std::string key = std::to_string(user);
    const std::scoped_lock lock(mutex_);
    const int64_t wait = searches_.wait_ms(key, now);
    if (wait > 0)
      return fail(Errc::rate_limited, "throttled", "Too many searches; wait a moment.", wait);
    searches_.charge(key, now);
    return {};
  }

 private:
  std::mutex mutex_;
  auth::RateTable searches_{{.limit = 5, .window_ms = 5'000}, 4096};
};

ApiHandler throttled(std::shared_ptr<SearchThrottle> throttle, ApiHandler handler) {
  return [throttle = std::move(throttle), handler = std::move(handler)](Call& call) -> Answer {
    STRIMS_CHECK_OK(throttle->admit(call.user().id, call.services.clock.mono_ms()));
    return handler(call);
  };
}

Answer stalk(Call& call) {
  STRIMS_TRY(const int64_t limit, call.int_param("limit", 3, 1, 200));
  STRIMS_TRY(const auto user, storage::find_user_by_nick(
                                  call.db, call.request().query_param("username").value_or("")));
  if (!user) return no_such_user();
  STRIMS_TRY(auto lines, storage::read_messages_of(call.db, call.services.channel, user->id,
                                                   static_cast<size_t>(limit)));
  std::reverse(lines.begin(), lines.end());
  JsonWriter w;
  w.object().field("nick", user->nick).key("lines").array();
  for (const Entry& e : lines) {
    w.object().field("timestamp", e.at / 1000).field("text", e.text).end_object();
  }
  w.end_array().end_object();
  return envelope(w.take());
}

Answer mentions(Call& call) {
  STRIMS_TRY(const int64_t limit, call.int_param("limit", 3, 1, 200));
  const std::string nick = call.request().query_param("username").value_or("");
  if (nick.size() < 3 || nick.size() > 20)
    return fail(Errc::invalid, "invalidnick", "That is no nick.");
  STRIMS_TRY(const auto recent,
             storage::read_entries(
                 call.db, call.services.channel,
                 {.limit = kMentionSearch, .kinds = {EntryKind::message}, .newest_first = true}));
  std::vector<const Entry*> found;
  for (const Entry& e : recent) {
    if (found.size() == static_cast<size_t>(limit)) break;
    if (text::mentions(e.text, nick)) found.push_back(&e);
  }
  std::reverse(found.begin(), found.end());
  JsonWriter w;
  w.array();
  for (const Entry* e : found) {
    w.object()
        .field("date", e->at / 1000)
        .field("nick", e->actor.nick)
        .field("text", e->text)
        .end_object();
  }
  w.end_array();
  return envelope(w.take());
}

Answer userinfo(Call& call) {
  STRIMS_TRY(const auto user, storage::find_user_by_nick(
                                  call.db, call.request().query_param("username").value_or("")));
  if (!user || user->deleted) return no_such_user();
  STRIMS_TRY(const auto profile, storage::find_profile(call.db, user->id));
  JsonWriter w;
  w.object().field("id", user->id).field("nick", user->nick);
  write_words(w, "roles", user->effective_roles());
  write_words(w, "features", user->effective_features());
  w.field("createdDate", format_rfc3339(user->created_at));
  const auto optional = [&](std::string_view key, const std::string& value) {
    w.key(key);
    if (value.empty()) {
      w.null();
    } else {
      w.value(value);
    }
  };
  optional("bio", profile ? profile->bio : "");
  optional("gender", profile ? profile->gender : "");
  optional("age", profile ? profile->age : "");
  w.key("watching").null().end_object();
  return envelope(w.take());
}

Answer history(Call& call) {
  call.services.room.history([respond = std::move(call.respond)](std::string frames) mutable {
    Response response = Response::json(200, std::move(frames));
    response.set("Cache-Control", "no-store");
    respond(std::move(response));
  });
  return std::nullopt;
}

}  // namespace

void add_dgg_chat(Api& api) {
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
    e.body_limit = 512 * 1024;  // 65,535 characters of settings, escaped
    api.add(std::move(e));
  };
  const auto searches = std::make_shared<SearchThrottle>();
  add("GET", "/api/chat/me", Access::any, "Who am I (dgg and strims clients).", me);
  add("GET", "/api/chat/me/settings", Access::user, "The chat client's settings.", get_settings);
  add("POST", "/api/chat/me/settings", Access::user, "Saves the chat client's settings.",
      put_settings, true);
  add("DELETE", "/api/chat/me/settings", Access::user, "Forgets the settings.", delete_settings);
  add("GET", "/api/chat/me/ban", Access::user, "The ban that stands against me.", my_ban);
  add("GET", "/api/chat/stalk", Access::user, "The last lines of a user.",
      throttled(searches, stalk));
  add("GET", "/api/chat/mentions", Access::user, "The last lines that mention a user.",
      throttled(searches, mentions));
  add("GET", "/api/chat/userinfo", Access::any, "What everybody may know of a user.", userinfo,
      false, true);
  add("GET", "/api/chat/history", Access::any, "The recent past as chat frames.", history, false,
      true);
}

}  // namespace strims::api
