#include "storage/repositories/user_row.h"

#include "base/json_read.h"
#include "base/json_write.h"

namespace strims::storage {

User read_user(const sql::Row& row, size_t first_column) {
  const size_t c = first_column;
  User user;
  user.id = row.integer(c);
  user.nick = row.text(c + 1);
  user.role = parse_role(row.text(c + 2)).value_or(Role::user);
  user.features = words_from_json(row.text(c + 3));
  user.grants = words_from_json(row.text(c + 4));
  user.can_chat = row.integer(c + 5) != 0;
  user.created_at = row.integer(c + 6);
  user.deleted = row.integer(c + 7) != 0;
  return user;
}

std::string words_to_json(const std::vector<std::string>& words) {
  JsonWriter w;
  w.array();
  for (const auto& word : words) w.value(word);
  w.end_array();
  return w.take();
}

std::vector<std::string> words_from_json(std::string_view json) {
  std::vector<std::string> words;
  if (json.empty() || json == "[]") return words;
  const auto parsed = Json::parse(json);
  if (!parsed) return words;
  for (const Json& item : parsed->array())
    if (const auto word = item.string()) words.emplace_back(*word);
  return words;
}

}  // namespace strims::storage
