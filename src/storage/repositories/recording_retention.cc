// Which recordings go, and how: the second half of recordings.h.
#include <fmt/format.h>

#include <algorithm>

#include "storage/repositories/recordings.h"

namespace strims::storage {
namespace {

constexpr int64_t kDayMs = 86'400'000;

// Each recording that is done, with its place among its channel's. Pinned ones use up the channel's
// bytes first and no place of its number. What is lost for now (its disk is away) is left alone:
// nothing would be freed, and it may come back.
constexpr std::string_view kPlaces =
    "SELECT r.broadcast, r.folder, r.bytes, r.pinned, CASE "
    "WHEN r.state = 'ready' AND r.duration_ms < $1 THEN 'short' "
    "WHEN s.keep_days > 0 AND b.ended_at < $2 - s.keep_days * $3 THEN 'days' "
    "WHEN s.keep_last_n > 0 AND ROW_NUMBER() OVER (PARTITION BY r.channel, r.pinned ORDER BY "
    "r.broadcast DESC) > s.keep_last_n THEN 'count' "
    "WHEN s.keep_bytes > 0 AND SUM(r.bytes) OVER (PARTITION BY r.channel ORDER BY r.pinned DESC, "
    "r.broadcast DESC) > s.keep_bytes THEN 'bytes' "
    "ELSE '' END AS why FROM recordings AS r JOIN broadcasts AS b ON b.id = r.broadcast JOIN "
    "stream_channels AS s ON s.channel = r.channel WHERE r.state IN ('ready', 'failed') AND "
    "r.reason NOT IN ($4, $5)";

std::vector<Deletable> deletables(const sql::Rows& rows) {
  std::vector<Deletable> out;
  out.reserve(rows.size());
  for (const auto& row : rows)
    out.push_back({row.integer(0), row.text(1), row.integer(2), row.text(3)});
  return out;
}

int64_t bounded(size_t limit) {
  return static_cast<int64_t>(std::clamp<size_t>(limit, 1, 10'000));
}

}  // namespace

Result<std::vector<Deletable>> expired_recordings(sql::Connection& connection, TimeMs now,
                                                  int64_t min_ms, size_t limit) {
  static const std::string kExpired = fmt::format(
      "SELECT x.broadcast, x.folder, x.bytes, x.why FROM ({}) AS x WHERE x.pinned = 0 AND x.why <> "
      "'' ORDER BY x.broadcast LIMIT $6",
      kPlaces);
  STRIMS_TRY(const auto rows, connection.query(kExpired, {min_ms, now, kDayMs, kMissing,
                                                          kUnreadable, bounded(limit)}));
  return deletables(rows);
}

Result<std::vector<Deletable>> oldest_recordings(sql::Connection& connection, size_t limit) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT broadcast, folder, bytes, 'disk' FROM recordings WHERE state "
                              "IN ('ready', 'failed') AND pinned = 0 AND reason NOT IN "
                              "($1, $2) ORDER BY broadcast LIMIT $3",
                              {kMissing, kUnreadable, bounded(limit)}));
  return deletables(rows);
}

Result<std::string> mark_deleting(sql::Connection& connection, BroadcastId id) {
  STRIMS_TRY(const auto rows,
             connection.query("UPDATE recordings SET state = 'deleting' WHERE broadcast = $1 AND "
                              "state IN ('ready', 'failed', 'deleting') RETURNING folder",
                              {id}));
  if (!rows.empty()) return rows.front().text(0);
  STRIMS_TRY(const auto busy, find_recording(connection, id));
  if (busy) return fail(Errc::conflict, "vod_busy", "the recording is still being made");
  return fail(Errc::not_found, "vod", "there is no such recording");
}

Result<std::vector<Deletable>> recordings_to_delete(sql::Connection& connection) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT broadcast, folder, bytes, 'deleting' FROM recordings WHERE "
                              "state = 'deleting' AND state <> 'ready' ORDER BY broadcast"));
  return deletables(rows);
}

Result<bool> remove_recording(sql::Connection& connection, BroadcastId id) {
  STRIMS_TRY(const int64_t removed,
             connection.execute(
                 "DELETE FROM recordings WHERE broadcast = $1 AND state = 'deleting'", {id}));
  return removed == 1;
}

}  // namespace strims::storage
