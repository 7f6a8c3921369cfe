#include "storage/repositories/replay.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/id.h"
#include "storage/repositories/entry_row.h"

namespace strims::storage {
namespace {

constexpr TimeMs kSlackMs = 5000;
constexpr int kIdBitsBelowTime = 21;  // of node and counter: base/id.h

// The smallest id that can have been made at this time; what is out of the range of ids counts as
// its end.
EntryId first_id_at(TimeMs t, int64_t slack_ms) {
  constexpr TimeMs kLast = INT64_MAX >> kIdBitsBelowTime;
  const TimeMs since = std::clamp<TimeMs>(t, 0, kLast) - id_time(0) + slack_ms;
  return std::clamp<TimeMs>(since, 0, kLast) << kIdBitsBelowTime;
}

std::string kind_list(const std::vector<EntryKind>& kinds) {
  std::string out;
  for (const EntryKind kind : kinds)
    out += fmt::format("{}'{}'", out.empty() ? " AND e.kind IN (" : ", ", to_string(kind));
  return out.empty() ? out : out + ")";
}

}  // namespace

Result<std::vector<Entry>> read_replay(sql::Connection& connection, ChannelId channel,
                                       const ReplayRange& range) {
  if (range.to <= range.from) return std::vector<Entry>();
  // The plus keeps the key of (channel, seq) out of it, which knows nothing of time.
  const std::string statement = fmt::format(
      "SELECT {} FROM entries AS e WHERE e.id > $1 AND e.id < $2 AND +e.channel = $3 AND e.at >= "
      "$4 "
      "AND e.at < $5 AND e.deleted_by IS NULL{} ORDER BY e.id LIMIT $6",
      kEntryColumns, kind_list(range.kinds));
  const EntryId above = std::max(range.after, first_id_at(range.from, -kSlackMs) - 1);
  const auto limit = static_cast<int64_t>(std::clamp<size_t>(range.limit, 1, 2000));
  STRIMS_TRY(const auto rows, connection.query(statement, {above, first_id_at(range.to, kSlackMs),
                                                           channel, range.from, range.to, limit}));
  return entries_of_rows(rows);
}

}  // namespace strims::storage
