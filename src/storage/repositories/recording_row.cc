#include "storage/repositories/recording_row.h"

#include <fmt/format.h>

#include "base/json_read.h"
#include "base/json_write.h"

namespace strims::storage {

Result<Recording> read_recording(const sql::Row& row) {
  const auto state = parse_recording_state(row.text(2));
  if (!state)
    return fail(
        Errc::internal, "unknown",
        fmt::format("recording {} has the unknown state '{}'", row.integer(0), row.text(2)));
  Recording out;
  out.broadcast = row.integer(0);
  out.channel = row.integer(1);
  out.state = *state;
  out.reason = row.text(3);
  out.degraded = row.integer(4) != 0;
  out.gaps = gaps_from_json(row.text(5));
  out.bytes = row.integer(6);
  out.duration_ms = row.integer(7);
  out.folder = row.text(8);
  out.poster = row.integer(9) != 0;
  out.pinned = row.integer(10) != 0;
  out.visibility = parse_visibility(row.text(11)).value_or(Visibility::owner_only);
  out.recovered = row.integer(12) != 0;
  out.created_at = row.integer(13);
  return out;
}

std::string gaps_to_json(const std::vector<RecordingGap>& gaps) {
  JsonWriter w;
  w.array();
  for (const RecordingGap& gap : gaps) w.array().value(gap.from).value(gap.to).end_array();
  w.end_array();
  return w.take();
}

std::vector<RecordingGap> gaps_from_json(std::string_view json) {
  std::vector<RecordingGap> out;
  if (json == "[]") return out;
  const auto parsed = Json::parse(json);
  if (!parsed) return out;
  for (const Json& pair : parsed->array()) {
    const auto& ends = pair.array();
    if (ends.size() != 2 || !ends[0].integer() || !ends[1].integer()) continue;
    out.push_back({*ends[0].integer(), *ends[1].integer()});
  }
  return out;
}

}  // namespace strims::storage
