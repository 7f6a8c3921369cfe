#include "storage/repositories/broadcast_row.h"

#include <fmt/format.h>

#include "storage/repositories/user_row.h"

namespace strims::storage {

Result<Broadcast> read_broadcast(const sql::Row& row, size_t first_column) {
  const size_t c = first_column;
  const auto state = parse_broadcast_state(row.text(c + 2));
  if (!state)
    return fail(
        Errc::internal, "unknown",
        fmt::format("broadcast {} has the unknown state '{}'", row.integer(c), row.text(c + 2)));
  Broadcast out;
  out.id = row.integer(c);
  out.channel = row.integer(c + 1);
  out.state = *state;
  out.armed = row.integer(c + 3) != 0;
  out.steps = row.integer(c + 4);
  out.session = row.integer(c + 5);
  out.title = row.text(c + 6);
  out.category = row.text(c + 7);
  out.tags = words_from_json(row.text(c + 8));
  out.created_at = row.integer(c + 9);
  out.started_at = row.integer(c + 10);
  out.last_media_at = row.integer(c + 11);
  out.ended_at = row.integer(c + 12);
  out.closed_at = row.integer(c + 13);
  if (!row.is_null(c + 14)) out.end_reason = parse_end_reason(row.text(c + 14));
  out.peak_viewers = row.integer(c + 15);
  out.latency_ms = row.integer(c + 16);
  out.announced = row.integer(c + 17) != 0;
  return out;
}

}  // namespace strims::storage
