#include "storage/repositories/entry_row.h"

#include <fmt/format.h>

namespace strims::storage {

std::string join_words(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += ',';
    out += word;
  }
  return out;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    out.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return out;
}

Result<Entry> entry_of_row(const sql::Row& row) {
  const auto kind = parse_entry_kind(row.text(4));
  if (!kind)
    return fail(Errc::internal, "unknown",
                fmt::format("entry {} has the unknown kind '{}'", row.integer(0), row.text(4)));
  Entry entry;
  entry.id = row.integer(0);
  entry.channel = row.integer(1);
  entry.seq = static_cast<Seq>(row.integer(2));
  entry.at = row.integer(3);
  entry.kind = *kind;
  entry.actor = {row.integer(5), row.text(6), split_words(row.text(7)), split_words(row.text(8)),
                 row.integer(9)};
  entry.target_id = row.integer(10);
  entry.target_nick = row.text(11);
  entry.target_entry = row.integer(12);
  entry.text = row.text(13);
  entry.number = row.integer(14);
  entry.flag = row.integer(15) != 0;
  entry.uuid = row.text(16);
  entry.extra = row.text(17);
  entry.nonce = row.text(18);
  return entry;
}

Result<std::vector<Entry>> entries_of_rows(const sql::Rows& rows) {
  std::vector<Entry> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    STRIMS_TRY(auto entry, entry_of_row(row));
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace strims::storage
