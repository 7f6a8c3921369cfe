// /api/messages/* and /profile/messages/*: private messages as the dgg pages ask for them
// (client-http.md 3.3).
#include <utility>

#include "api/call.h"
#include "api/dgg_fields.h"
#include "base/bytes.h"
#include "base/json_write.h"
#include "proto/url.h"
#include "storage/repositories/moderation.h"
#include "storage/repositories/users.h"
#include "storage/repositories/whispers.h"
#include "text/message_rules.h"

namespace strims::api {
namespace {

using proto::Response;

Answer unread(Call& call) {
  STRIMS_TRY(const auto rows, storage::unread_whispers(call.db, call.user().id));
  JsonWriter w;
  w.array();
  for (const auto& row : rows) {
    w.object().field("messageid", row.message_id).field("username", row.nick);
    w.field("timestamp", site_date(row.at)).field("unread", row.unread).end_object();
  }
  w.end_array();
  return Response::json(200, w.take());
}

Answer unread_count(Call& call) {
  STRIMS_TRY(const int64_t count, storage::unread_count(call.db, call.user().id));
  JsonWriter w;
  w.object().key("data").object().field("count", count).end_object().end_object();
  return Response::json(200, w.take());
}

void write_message(JsonWriter& w, const storage::Whisper& m) {
  w.object().field("id", m.id).field("userid", m.from_id).field("targetuserid", m.to_id);
  w.field("message", m.text).field("timestamp", site_date(m.at)).field("isread", m.read ? 1 : 0);
  w.field("deletedbysender", m.deleted_by_sender ? 1 : 0);
  w.field("deletedbyreceiver", m.deleted_by_receiver ? 1 : 0);
  w.field("from", m.from_nick).field("to", m.to_nick).end_object();
}

Answer inbox_with(Call& call) {
  STRIMS_TRY(const int64_t offset, call.int_param("s", 0, 0, 1'000'000));
  STRIMS_TRY(const auto other, storage::find_user_by_nick(call.db, call.http.param("nick")));
  if (!other) return Response::json(200, R"({"error":"User not found"})");
  STRIMS_TRY(const auto page,
             storage::read_inbox(call.db, call.user().id, other->id, static_cast<size_t>(offset)));
  JsonWriter w;
  w.array();
  for (const auto& message : page) write_message(w, message);
  w.end_array();
  return Response::json(200, w.take());
}

Answer open_one(Call& call) {
  const auto id = parse_u64(call.http.param("id"));
  const auto opened = id && *id < INT64_MAX ? storage::open_whisper(call.db, call.user().id,
                                                                    static_cast<int64_t>(*id))
                                            : Result<void>(fail(Errc::not_found, "notfound"));
  if (opened) return Response::json(200, R"({"success":true})");
  if (opened.error().code != Errc::not_found) return std::unexpected(opened.error());
  return Response::json(200, R"({"success":false,"error":"Invalid message"})");
}

Answer open_all(Call& call) {
  STRIMS_CHECK_OK(storage::open_all_whispers(call.db, call.user().id));
  return Response::json(200, R"({"success":true})");
}

// Times of a page's cursor are for the client's eyes; the id alone decides.
Answer conversations(Call& call) {
  STRIMS_TRY(const int64_t before, call.int_param("last-id", 0, 0, INT64_MAX));
  STRIMS_TRY(const auto page, storage::list_conversations(
                                  call.db, call.user().id,
                                  {.before_id = before,
                                   .search = call.request().query_param("search").value_or("")}));
  JsonWriter w;
  w.object().key("results").array();
  for (const auto& row : page.rows) {
    w.object()
        .field("userId", row.user_id)
        .field("username", row.nick)
        .field("lastMessage", row.last_text);
    w.field("timestamp", site_date(row.last_at)).field("unread", row.unread);
    w.field("lastMessageFromMe", row.last_from_me).end_object();
  }
  w.end_array().field("more", page.more).key("nextPageOffset");
  if (page.more && !page.rows.empty()) {
    w.object().field("timestamp", format_sql_utc(page.rows.back().last_at) + ".000");
    w.field("id", page.rows.back().last_id).end_object();
  } else {
    w.null();
  }
  w.end_object();
  return Response::json(200, w.take());
}

Answer old_inbox(Call& call) {
  STRIMS_TRY(const auto page, storage::list_conversations(call.db, call.user().id, {}));
  JsonWriter w;
  w.array();
  for (const auto& row : page.rows) {
    w.object().field("id", row.last_id).field("timestamp", site_date(row.last_at));
    w.field("userid", row.user_id).field("user", row.nick).field("unread", row.unread);
    w.field("read", row.unread == 0 ? 1 : 0).field("message", row.last_text).end_object();
  }
  w.end_array();
  return Response::json(200, w.take());
}

// All values of a form field, "name" and "name[]" alike.
std::vector<std::string> form_values(const std::string& body, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& [key, value] : proto::parse_query(body))
    if (key == name || key == std::string(name) + "[]") out.push_back(value);
  return out;
}

Response send_result(bool good, std::string_view message) {
  JsonWriter w;
  w.object().field("success", good).field("message", message).end_object();
  return Response::json(200, w.take());
}

// The site's send page: several receivers at once, delivered live through the room.
Answer send(Call& call) {
  const auto texts = form_values(call.request().body, "message");
  const auto nicks = form_values(call.request().body, "recipients");
  const auto most = static_cast<size_t>(call.services.config.chat.whisper_max_recipients);
  if (texts.empty()) return send_result(false, "The message is empty.");
  if (nicks.empty() || nicks.size() > most)
    return send_result(false, "Name 1 to " + std::to_string(most) + " recipients.");
  struct Sending {
    http::Responder respond;
    size_t left;
    std::string problem;
  };
  auto sending = std::make_shared<Sending>(Sending{std::move(call.respond), nicks.size(), {}});
  const auto user = std::make_shared<const User>(call.user());
  bool first = true;
  for (const auto& nick : nicks) {
    chat::Command command;
    command.verb = chat::Verb::whisper;
    command.nick = nick;
    command.text = texts.front();
    command.from = call.http.peer;
    // The request as a whole is one act of the sender: the room throttles its first part alone.
    command.skip_throttle = !std::exchange(first, false);
    // All replies run on the home shard, one after the other.
    call.services.room.call(user, std::move(command), [sending](Result<chat::Receipt> receipt) {
      if (!receipt && sending->problem.empty()) sending->problem = receipt.error().reason;
      if (--sending->left > 0) return;
      sending->respond(sending->problem.empty() ? send_result(true, "Message sent")
                                                : send_result(false, sending->problem));
    });
  }
  return std::nullopt;
}

Answer forget(Call& call) {
  for (const auto& id : form_values(call.request().body, "selected")) {
    const auto other = parse_u64(id);
    if (!other || *other > INT64_MAX) continue;
    STRIMS_CHECK_OK(
        storage::delete_conversation(call.db, call.user().id, static_cast<UserId>(*other)));
  }
  return send_result(true, "Deleted");
}

Answer mark_read(Call& call) {
  for (const auto& id : form_values(call.request().body, "selected")) {
    const auto other = parse_u64(id);
    if (!other || *other > INT64_MAX) continue;
    STRIMS_TRY(const auto page,
               storage::read_inbox(call.db, call.user().id, static_cast<UserId>(*other), 0));
    (void)page;
  }
  return send_result(true, "Read");
}

}  // namespace

void add_dgg_messages(Api& api) {
  const auto add = [&](std::string method, std::string path, std::string summary,
                       ApiHandler handler, bool csrf = false) {
    Endpoint e;
    e.method = std::move(method);
    e.pattern = std::move(path);
    e.access = Access::user;
    e.summary = std::move(summary);
    e.handler = std::move(handler);
    e.dgg_errors = true;
    e.csrf_guard = csrf;
    api.add(std::move(e));
  };
  add("GET", "/api/messages/unread", "Senders of unread private messages.", unread);
  add("GET", "/api/messages/unread-count", "How many private messages are unread.", unread_count);
  add("GET", "/api/messages/conversations", "Conversations, newest first.", conversations);
  add("GET", "/api/messages/inbox", "Conversations, as the mobile page asks for them.", old_inbox);
  add("GET", "/api/messages/usr/{nick}/inbox", "One conversation, newest first; marks it as read.",
      inbox_with);
  add("POST", "/api/messages/msg/{id}/open", "Marks one message as read.", open_one, true);
  add("POST", "/api/messages/open", "Marks all messages as read.", open_all, true);
  add("POST", "/profile/messages/send", "Sends a private message to several people.", send);
  add("POST", "/profile/messages/delete", "Hides conversations.", forget);
  add("POST", "/profile/messages/read", "Marks conversations as read.", mark_read);
}

}  // namespace strims::api
