#include "api/dgg_fields.h"

namespace strims::api {

std::string site_date(TimeMs t) {
  std::string text = format_rfc3339(t);
  text.replace(text.size() - 1, 1, "+0000");
  return text;
}

void write_words(JsonWriter& w, std::string_view key, const std::vector<std::string>& words) {
  w.key(key).array();
  for (const auto& word : words) w.value(word);
  w.end_array();
}

void write_site_user(JsonWriter& w, const User& user) {
  w.field("nick", user.nick).field("username", user.nick);
  // A decimal string: the old chat server takes a number for a guest.
  w.field("userId", std::to_string(user.id)).field("id", user.id);
  w.field("userStatus", "Active").field("status", "Active");
  w.field("createdDate", site_date(user.created_at)).field("country", "");
  write_words(w, "roles", user.effective_roles());
  write_words(w, "features", user.effective_features());
  w.field("authProvider", "strims").key("subscription");
  if (user.tier() > 0) {
    w.object().field("tier", std::to_string(user.tier())).field("source", "strims").end_object();
  } else {
    w.null();
  }
}

}  // namespace strims::api
