// How an account lies in a row: shared by the repositories that join with users. Internal to this
// folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/user.h"
#include "storage/sql/database.h"

namespace strims::storage {

// The columns that read_user() expects, in a table named `users`, and their number.
inline constexpr std::string_view kUserColumns =
    "users.id, users.nick, users.role, users.features, users.grants, users.can_chat, "
    "users.created_at, users.deleted";
inline constexpr size_t kUserColumnCount = 8;

User read_user(const sql::Row& row, size_t first_column = 0);

// A JSON array of strings, and back; what is no such thing reads as empty.
std::string words_to_json(const std::vector<std::string>& words);
std::vector<std::string> words_from_json(std::string_view json);

}  // namespace strims::storage
