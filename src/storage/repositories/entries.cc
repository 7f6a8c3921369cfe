#include "storage/repositories/entries.h"

#include <fmt/format.h>

#include <algorithm>

#include "storage/repositories/entry_row.h"

namespace strims::storage {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO entries (id, channel, seq, at, kind, actor_id, actor_nick, actor_features, "
    "actor_roles, actor_created_at, target_id, target_nick, target_entry, text, number, flag, "
    "uuid, extra, nonce) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
    "$15, $16, $17, $18, $19)";

// Most entries are messages, which use a part of the columns only: binding the rest as literals
// saves a tenth of the time that storing takes.
constexpr std::string_view kInsertMessage =
    "INSERT INTO entries (id, channel, seq, at, kind, actor_id, actor_nick, actor_features, "
    "actor_roles, actor_created_at, target_id, target_nick, target_entry, text, number, flag, "
    "uuid, extra, nonce) VALUES ($1, $2, $3, $4, 'message', $5, $6, $7, $8, $9, 0, '', 0, $10, "
    "$11, 0, '', '', $12)";

bool is_plain_message(const Entry& e) {
  return e.kind == EntryKind::message && e.target_id == 0 && e.target_nick.empty() &&
         e.target_entry == 0 && !e.flag && e.uuid.empty() && e.extra.empty();
}

// " AND kind IN (...)" in words of the program, not of a user. Partial indexes leave messages out,
// so a list without messages says so.
std::string kind_filter(const std::vector<EntryKind>& kinds) {
  if (kinds.empty()) return {};
  std::string out = " AND e.kind IN (";
  for (size_t i = 0; i < kinds.size(); ++i)
    out += fmt::format("{}'{}'", i == 0 ? "" : ", ", to_string(kinds[i]));
  out += ")";
  if (std::find(kinds.begin(), kinds.end(), EntryKind::message) == kinds.end())
    out += " AND e.kind <> 'message'";
  return out;
}

std::string read_statement(const ReadRange& range, std::vector<EntryKind> kinds) {
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return fmt::format(
      "SELECT {} FROM entries AS e WHERE e.channel = $1 AND e.seq > $2 AND e.seq < $3{}{} "
      "ORDER BY e.seq {} LIMIT $4",
      kEntryColumns, kind_filter(kinds), range.with_deleted ? "" : " AND e.deleted_by IS NULL",
      range.newest_first ? "DESC" : "ASC");
}

// A bound of 0 or past what a column holds means none.
int64_t upper_bound(Seq before) {
  constexpr auto kMax = static_cast<Seq>(INT64_MAX);
  return before == 0 || before > kMax ? INT64_MAX : static_cast<int64_t>(before);
}

}  // namespace

Result<void> insert_entry(sql::Connection& connection, const Entry& entry) {
  const std::string features = join_words(entry.actor.features);
  const std::string roles = join_words(entry.actor.roles);
  if (is_plain_message(entry)) {
    STRIMS_CHECK_OK(connection.execute(
        kInsertMessage, {entry.id, entry.channel, static_cast<int64_t>(entry.seq), entry.at,
                         entry.actor.id, entry.actor.nick, features, roles, entry.actor.created_at,
                         entry.text, entry.number, entry.nonce}));
    return {};
  }
  STRIMS_CHECK_OK(connection.execute(
      kInsert,
      {entry.id, entry.channel, static_cast<int64_t>(entry.seq), entry.at, to_string(entry.kind),
       entry.actor.id, entry.actor.nick, features, roles, entry.actor.created_at, entry.target_id,
       entry.target_nick, entry.target_entry, entry.text, entry.number, int64_t{entry.flag},
       entry.uuid, entry.extra, entry.nonce}));
  return {};
}

Result<std::vector<Entry>> read_entries(sql::Connection& connection, ChannelId channel,
                                        const ReadRange& range) {
  if (range.after >= static_cast<Seq>(INT64_MAX)) return std::vector<Entry>();
  const auto limit = static_cast<int64_t>(std::clamp<size_t>(range.limit, 1, kMaxReadLimit));
  STRIMS_TRY(const auto rows, connection.query(read_statement(range, range.kinds),
                                               {channel, static_cast<int64_t>(range.after),
                                                upper_bound(range.before), limit}));
  return entries_of_rows(rows);
}

Result<std::optional<Entry>> find_entry(sql::Connection& connection, EntryId id) {
  static const std::string kFind =
      fmt::format("SELECT {} FROM entries AS e WHERE e.id = $1", kEntryColumns);
  STRIMS_TRY(const auto rows, connection.query(kFind, {id}));
  if (rows.empty()) return std::nullopt;
  STRIMS_TRY(auto entry, entry_of_row(rows.front()));
  return entry;
}

Result<bool> is_deleted(sql::Connection& connection, EntryId id) {
  STRIMS_TRY(
      const auto rows,
      connection.query("SELECT 1 FROM entries WHERE id = $1 AND deleted_by IS NOT NULL", {id}));
  return !rows.empty();
}

Result<std::vector<Entry>> read_messages_of(sql::Connection& connection, ChannelId channel,
                                            UserId user, size_t limit) {
  static const std::string kRead = fmt::format(
      "SELECT {} FROM entries AS e WHERE e.actor_id = $1 AND e.channel = $2 AND e.kind = 'message' "
      "AND e.deleted_by IS NULL ORDER BY e.seq DESC LIMIT $3",
      kEntryColumns);
  const auto bounded = static_cast<int64_t>(std::clamp<size_t>(limit, 1, kMaxReadLimit));
  STRIMS_TRY(const auto rows, connection.query(kRead, {user, channel, bounded}));
  return entries_of_rows(rows);
}

Result<Seq> last_seq(sql::Connection& connection, ChannelId channel) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT last_seq FROM channels WHERE id = $1", {channel}));
  if (rows.empty())
    return fail(Errc::not_found, "channel", fmt::format("there is no channel {}", channel));
  return static_cast<Seq>(rows.front().integer(0));
}

Result<void> ensure_channel(sql::Connection& connection, ChannelId channel, std::string_view slug,
                            TimeMs now) {
  STRIMS_CHECK_OK(connection.execute(
      "INSERT INTO channels (id, slug, last_seq, created_at) VALUES ($1, $2, 0, $3) "
      "ON CONFLICT (id) DO NOTHING",
      {channel, slug, now}));
  return {};
}

}  // namespace strims::storage
