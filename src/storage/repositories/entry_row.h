// How an entry lies in table `entries`. Internal to the repositories.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/entry.h"
#include "storage/sql/database.h"

namespace strims::storage {

// The columns of entry_of_row(), in its order, from table or alias `e`.
inline constexpr std::string_view kEntryColumns =
    "e.id, e.channel, e.seq, e.at, e.kind, e.actor_id, e.actor_nick, e.actor_features, "
    "e.actor_roles, e.actor_created_at, e.target_id, e.target_nick, e.target_entry, e.text, "
    "e.number, e.flag, e.uuid, e.extra, e.nonce";

// internal/"unknown" for a kind that this program does not know.
Result<Entry> entry_of_row(const sql::Row& row);
Result<std::vector<Entry>> entries_of_rows(const sql::Rows& rows);

// Words without commas, separated by commas.
std::string join_words(const std::vector<std::string>& words);
std::vector<std::string> split_words(std::string_view text);

}  // namespace strims::storage
