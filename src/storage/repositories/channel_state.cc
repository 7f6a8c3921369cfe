#include "storage/repositories/channel_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "storage/repositories/entries.h"
#include "storage/repositories/entry_row.h"

namespace strims::storage {
namespace {

// What a history shows (chat's HistoryTail keeps the same kinds): anything else would use up the
// limit and leave a shorter history after a restart.
std::vector<EntryKind> history_kinds() {
  return {EntryKind::message,   EntryKind::broadcast,    EntryKind::mute,
          EntryKind::unmute,    EntryKind::ban,          EntryKind::unban,
          EntryKind::subonly,   EntryKind::phrase_add,   EntryKind::phrase_remove,
          EntryKind::death,     EntryKind::subscription, EntryKind::gift_sub,
          EntryKind::mass_gift, EntryKind::donation};
}

Result<std::vector<Entry>> read_votes(sql::Connection& db, ChannelId channel, Seq after) {
  static const std::string kVotes = fmt::format(
      "SELECT {} FROM entries AS e WHERE e.channel = $1 AND e.kind = 'vote' "
      "AND e.kind <> 'message' AND e.seq > $2 ORDER BY e.seq",
      kEntryColumns);
  STRIMS_TRY(const auto rows, db.query(kVotes, {channel, static_cast<int64_t>(after)}));
  return entries_of_rows(rows);
}

Result<std::vector<Entry>> read_paid_events(sql::Connection& db, ChannelId channel, TimeMs now) {
  static const std::string kLive = fmt::format(
      "SELECT {} FROM paid_events AS p JOIN entries AS e ON e.id = p.entry "
      "WHERE p.channel = $1 AND p.expires_at > $2 AND p.removed_at IS NULL ORDER BY e.seq",
      kEntryColumns);
  STRIMS_TRY(const auto rows, db.query(kLive, {channel, now}));
  return entries_of_rows(rows);
}

Result<std::optional<Entry>> find_if_set(sql::Connection& db, EntryId id) {
  if (id == 0) return std::nullopt;
  return find_entry(db, id);
}

Result<void> load_state(sql::Connection& db, ChannelId channel, ChannelSnapshot& out) {
  STRIMS_TRY(const auto rows,
             db.query("SELECT subonly_tier, pin_entry, poll_entry, stream_entry FROM channel_state "
                      "WHERE channel = $1",
                      {channel}));
  if (rows.empty()) return {};
  const auto& row = rows.front();
  out.subonly_tier = static_cast<int>(row.integer(0));
  STRIMS_TRY(out.pin, find_if_set(db, row.integer(1)));
  STRIMS_TRY(out.poll, find_if_set(db, row.integer(2)));
  STRIMS_TRY(out.stream, find_if_set(db, row.integer(3)));
  if (!out.poll) return {};
  STRIMS_TRY(out.votes, read_votes(db, channel, out.poll->seq));
  return {};
}

Result<ChannelSnapshot> load(sql::Connection& db, ChannelId channel, TimeMs now,
                             size_t history_limit) {
  ChannelSnapshot out;
  STRIMS_TRY(out.last_seq, last_seq(db, channel));
  STRIMS_CHECK_OK(load_state(db, channel, out));
  STRIMS_TRY(out.mutes, active_mutes(db, channel, now));
  STRIMS_TRY(out.bans, active_bans(db, channel, now));
  STRIMS_TRY(out.phrases, read_phrases(db, channel));
  STRIMS_TRY(out.paid_events, read_paid_events(db, channel, now));
  STRIMS_TRY(out.nonces, read_nonces(db, channel, now - kNonceWindowMs, kSnapshotNonces));
  if (history_limit == 0) return out;
  ReadRange range;
  range.limit = history_limit;
  range.kinds = history_kinds();
  range.newest_first = true;
  STRIMS_TRY(out.history, read_entries(db, channel, range));
  std::reverse(out.history.begin(), out.history.end());
  return out;
}

}  // namespace

Result<ChannelSnapshot> load_channel(sql::Connection& connection, ChannelId channel, TimeMs now,
                                     size_t history_limit) {
  return in_transaction(connection, [&] { return load(connection, channel, now, history_limit); });
}

Result<std::vector<Mute>> active_mutes(sql::Connection& connection, ChannelId channel, TimeMs now) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT user_id, nick, until_at, by_id, by_nick, entry FROM mutes "
                              "WHERE channel = $1 AND until_at > $2 ORDER BY entry",
                              {channel, now}));
  std::vector<Mute> out;
  for (const auto& row : rows)
    out.push_back(
        {row.integer(0), row.text(1), row.integer(2), row.integer(3), row.text(4), row.integer(5)});
  return out;
}

Result<std::vector<std::string>> read_phrases(sql::Connection& connection, ChannelId channel) {
  STRIMS_TRY(
      const auto rows,
      connection.query("SELECT phrase FROM phrases WHERE channel = $1 ORDER BY entry", {channel}));
  std::vector<std::string> out;
  for (const auto& row : rows) out.push_back(row.text(0));
  return out;
}

}  // namespace strims::storage
