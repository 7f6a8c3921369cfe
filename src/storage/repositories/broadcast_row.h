// How a broadcast lies in a row: shared by the repositories that join with broadcasts. Internal to
// this folder.
#pragma once

#include <string_view>

#include "model/stream.h"
#include "storage/sql/database.h"

namespace strims::storage {

// The columns that read_broadcast() expects, from table or alias `b`, and their number.
inline constexpr std::string_view kBroadcastColumns =
    "b.id, b.channel, b.state, b.armed, b.steps, b.session, b.title, b.category, b.tags, "
    "b.created_at, b.started_at, b.last_media_at, b.ended_at, b.closed_at, b.end_reason, "
    "b.peak_viewers, b.latency_ms, (SELECT COUNT(*) FROM announcements AS a WHERE a.broadcast = "
    "b.id AND a.kind = 'live')";
inline constexpr size_t kBroadcastColumnCount = 18;

// internal/"unknown" for a state that this program does not know.
Result<Broadcast> read_broadcast(const sql::Row& row, size_t first_column = 0);

}  // namespace strims::storage
