// /chat/*: the room for programs without a socket (rest.md section 1).
#include <algorithm>

#include "api/call.h"
#include "api/chat_events.h"
#include "api/dgg_fields.h"
#include "api/fields.h"
#include "api/room_answer.h"
#include "base/bytes.h"
#include "base/json_write.h"
#include "chat/room.h"
#include "storage/repositories/entries.h"

namespace strims::api {
namespace {

using proto::Response;

constexpr int64_t kMaxHistory = 200;
constexpr int64_t kMaxShown =
    1000;  // users of one answer: they are written on the room's own thread

// There is one room; it is named by its slug or by its number, or not at all.
Result<void> check_room(const Services& services, std::string_view room) {
  if (room.empty() || room == services.channel_slug || room == std::to_string(services.channel))
    return {};
  return fail(Errc::not_found, "channel", "There is no such room.");
}

Result<std::vector<EntryKind>> parse_kinds(std::string_view text) {
  std::vector<EntryKind> kinds;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const auto kind = parse_entry_kind(word);
    if (!kind || !is_public_kind(*kind) || kinds.size() > 30)
      return fail(Errc::invalid, "invalid",
                  "kinds is a list of kinds of entries, such as message,mute.");
    kinds.push_back(*kind);
  }
  if (kinds.empty()) kinds.push_back(EntryKind::message);
  return kinds;
}

Answer history(Call& call) {
  STRIMS_CHECK_OK(check_room(call.services, call.request().query_param("room").value_or("")));
  STRIMS_TRY(const int64_t limit, call.int_param("limit", 50, 1, kMaxHistory));
  STRIMS_TRY(const int64_t after, call.int_param("after", -1, 0, INT64_MAX));
  STRIMS_TRY(const int64_t before, call.int_param("before", 0, 1, INT64_MAX));
  STRIMS_TRY(auto kinds, parse_kinds(call.request().query_param("kinds").value_or("")));
  const bool upward = after >= 0;
  storage::ReadRange range;
  range.after = static_cast<Seq>(std::max<int64_t>(after, 0));
  range.before = static_cast<Seq>(before);
  range.limit = static_cast<size_t>(limit) + 1;  // one more tells whether there is a next page
  range.kinds = std::move(kinds);
  range.newest_first = !upward;
  STRIMS_TRY(auto entries, storage::read_entries(call.db, call.services.channel, range));
  const bool more = entries.size() > static_cast<size_t>(limit);
  if (more) entries.pop_back();
  if (!upward) std::reverse(entries.begin(), entries.end());

  JsonWriter w;
  w.object().key("messages").array();
  for (const Entry& entry : entries) write_entry(w, entry);
  w.end_array().key("next");
  if (more) {
    w.value(upward ? entries.back().seq : entries.front().seq);
  } else {
    w.null();
  }
  w.end_object();
  return Response::json(200, w.take());
}

Answer post_message(Call& call) {
  STRIMS_TRY(const Json body, call.json_body());
  STRIMS_TRY(const auto room, optional_string(body, "room"));
  STRIMS_CHECK_OK(check_room(call.services, room.value_or("")));
  chat::Command command;
  command.verb = chat::Verb::message;
  STRIMS_TRY(command.text, require_string(body, "text"));
  STRIMS_TRY(const auto nonce, optional_string(body, "nonce"));
  const auto most = static_cast<size_t>(call.services.config.chat.nonce_max_bytes);
  if (nonce && (nonce->empty() || nonce->size() > most))
    return fail(Errc::invalid, "invalid",
                "nonce must be a string of 1 to " + std::to_string(most) + " bytes.");
  command.nonce = nonce.value_or("");
  return ask_room(call, std::move(command), created_entry);
}

Answer delete_message(Call& call) {
  chat::Command command;
  command.verb = chat::Verb::delete_message;
  STRIMS_TRY(command.entry_id, path_id(call, "id"));
  return ask_room(call, std::move(command), done);
}

std::string present_users(const chat::Room& room, size_t limit) {
  JsonWriter w;
  w.object().field("count", uint64_t{room.presence().present_count()});
  w.field("connections", uint64_t{room.members().connection_count()});
  std::vector<UserPtr> users = room.presence().listed();
  if (users.size() > limit) users.resize(limit);
  w.key("users").array();
  for (const UserPtr& user : users) {
    w.object();
    write_user(w, *user);
    w.end_object();
  }
  w.end_array().end_object();
  return w.take();
}

Answer users(Call& call) {
  STRIMS_CHECK_OK(check_room(call.services, call.request().query_param("room").value_or("")));
  STRIMS_TRY(const int64_t limit, call.int_param("limit", kMaxShown, 1, kMaxShown));
  call.services.room.look(
      [respond = std::move(call.respond), limit](const chat::Room& room) mutable {
        Response response = Response::json(200, present_users(room, static_cast<size_t>(limit)));
        response.set("Cache-Control", "no-store");
        respond(std::move(response));
      });
  return std::nullopt;
}

Answer reload(Call& call) {
  chat::Command command;
  command.verb = chat::Verb::reload_pages;
  return ask_room(call, std::move(command), done);
}

}  // namespace

void add_chat(Api& api) {
  const auto add = [&](std::string method, std::string path, Access access, std::string summary,
                       ApiHandler handler, bool cors = false) {
    Endpoint e;
    e.method = std::move(method);
    e.pattern = std::move(path);
    e.access = access;
    e.summary = std::move(summary);
    e.handler = std::move(handler);
    e.public_cors = cors;
    e.body_limit = 16 * 1024;
    api.add(std::move(e));
  };
  add("GET", "/chat/history", Access::any,
      "What was said, oldest first; after=SEQ pages upward, before=SEQ back.", history, true);
  add("POST", "/chat/message", Access::user, "Says something; answered once it is stored.",
      post_message);
  add("DELETE", "/chat/message/{id}", Access::user,
      "Deletes one's own message (moderators: anybody's).", delete_message);
  add("GET", "/chat/users", Access::any, "Who is in the room.", users, true);
  add("POST", "/chat/events", Access::admin,
      "Reports a subscription, a gift or a donation to the room.", post_event);
  add("POST", "/chat/reload", Access::admin, "Asks all pages to reload.", reload);
}

}  // namespace strims::api
