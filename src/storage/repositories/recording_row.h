// How a recording lies in a row. Internal to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/stream.h"
#include "storage/sql/database.h"

namespace strims::storage {

// The columns that read_recording() expects, from table or alias `r`, and their number.
inline constexpr std::string_view kRecordingColumns =
    "r.broadcast, r.channel, r.state, r.reason, r.degraded, r.gaps, r.bytes, r.duration_ms, "
    "r.folder, r.poster, r.pinned, r.visibility, r.recovered, r.created_at";
inline constexpr size_t kRecordingColumnCount = 14;

// internal/"unknown" for a state that this program does not know.
Result<Recording> read_recording(const sql::Row& row);

// [[from, to], ...]; what is no such thing reads as empty.
std::string gaps_to_json(const std::vector<RecordingGap>& gaps);
std::vector<RecordingGap> gaps_from_json(std::string_view json);

}  // namespace strims::storage
