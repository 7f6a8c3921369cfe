#include "hub/dialects/dgg_fields.h"

#include "base/json_read.h"

namespace strims::hub {
namespace {

void write_list(JsonWriter& w, std::string_view key, const std::vector<std::string>& words) {
  w.key(key).array();
  for (const auto& word : words) w.value(word);
  w.end_array();
}

void write_strings(JsonWriter& w, std::string_view key, const Json* list) {
  w.key(key).array();
  if (list)
    for (const Json& item : list->array()) w.value(item.string().value_or(""));
  w.end_array();
}

void write_numbers(JsonWriter& w, std::string_view key, const Json* list) {
  w.key(key).array();
  if (list)
    for (const Json& item : list->array()) w.value(item.integer().value_or(0));
  w.end_array();
}

}  // namespace

void write_user(JsonWriter& w, const User& user) {
  write_actor(w, Actor::of(user));
}

void write_actor(JsonWriter& w, const Actor& actor) {
  w.field("id", actor.id != 0 ? actor.id : -1).field("nick", actor.id != 0 ? actor.nick : "System");
  write_list(w, "features", actor.features);
  write_list(w, "roles", actor.roles);
  if (actor.created_at != 0) w.field("createdDate", format_rfc3339(actor.created_at));
  w.key("watching").null();
}

std::string names_json(std::string_view users, size_t connections, std::optional<size_t> present) {
  JsonWriter w;
  w.object().field("connectioncount", static_cast<uint64_t>(connections));
  if (present) w.field("usercount", static_cast<uint64_t>(*present));
  w.key("users").array();
  if (!users.empty()) w.raw(users);
  w.end_array().end_object();
  return w.take();
}

Dialect::PollView poll_view(const Entry& start) {
  Dialect::PollView view;
  view.start = &start;
  view.can_vote = true;
  view.now = start.at;
  const auto extra = Json::parse(start.extra);
  if (!extra) return view;
  view.question = extra->find_string("question").value_or("");
  if (const Json* options = extra->find("options"))
    for (const Json& option : options->array())
      view.options.emplace_back(option.string().value_or(""));
  if (const Json* weighted = extra->find("weighted"))
    view.weighted = weighted->boolean().value_or(false);
  if (const Json* time = extra->find("time_ms")) view.time_ms = time->integer().value_or(0);
  view.totals.resize(view.options.size());
  return view;
}

void write_poll(JsonWriter& w, const Dialect::PollView& p) {
  write_actor(w, p.start->actor);
  w.field("canvote", p.can_vote).field("myvote", p.my_vote).field("weighted", p.weighted);
  w.field("start", format_rfc3339_ms(p.start->at)).field("now", format_rfc3339_ms(p.now));
  w.field("time", p.time_ms).field("question", p.question);
  write_list(w, "options", p.options);
  w.key("totals").array();
  for (const int64_t total : p.totals) w.value(total);
  w.end_array().field("totalvotes", p.total);
}

void write_poll_result(JsonWriter& w, const Entry& stop) {
  const auto extra = Json::parse(stop.extra);
  if (!extra) return;
  const auto integer = [&](std::string_view key) {
    const Json* v = extra->find(key);
    return v ? v->integer().value_or(0) : 0;
  };
  const Json* weighted = extra->find("weighted");
  w.field("canvote", false).field("myvote", 0);
  w.field("weighted", weighted && weighted->boolean().value_or(false));
  w.field("start", format_rfc3339_ms(integer("start"))).field("now", format_rfc3339_ms(stop.at));
  w.field("time", integer("time_ms"));
  w.field("question", extra->find_string("question").value_or(""));
  write_strings(w, "options", extra->find("options"));
  write_numbers(w, "totals", extra->find("totals"));
  w.field("totalvotes", integer("totalvotes"));
}

void write_paid(JsonWriter& w, const Entry& entry) {
  w.field("data", entry.text);
  const auto extra = Json::parse(entry.extra);
  if (!extra) return;
  if (const Json* user = extra->find("user"))
    w.field("nick", user->find_string("nick").value_or("System"));
  for (const auto& [key, value] : extra->object()) {
    w.key(key);
    w.raw(value.dump());
  }
}

}  // namespace strims::hub
