// Tables `broadcasts`, `broadcast_events`, `announcements` and `broadcast_viewers`. All functions
// may block and belong on a lane. Errors are the driver's (storage/sql/database.h) unless said
// otherwise.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/stream.h"
#include "storage/sql/database.h"

namespace strims::storage {

// Writes one step in a transaction of its own: the broadcast's row, the row of the record and the
// announcement. A broadcast's first step makes its row, with the channel's title, category and
// tags. False: this step had been written before, and nothing changed. Errors: conflict/"conflict"
// when the channel has another broadcast that has not ended, conflict/"broadcast_step" when a step
// before this one is missing.
Result<bool> write_transition(sql::Connection& connection, const Transition& transition);

Result<std::optional<Broadcast>> find_broadcast(sql::Connection& connection, BroadcastId id);
// What the state machines start from: every broadcast that has not ended.
Result<std::vector<Broadcast>> open_broadcasts(sql::Connection& connection);
// The channel's newest broadcast that was live and has ended.
Result<std::optional<Broadcast>> last_ended_broadcast(sql::Connection& connection,
                                                      ChannelId channel);

// The record of a broadcast, in order: its transitions with what was known then (`armed`,
// `started_at`, `last_media_at`, `end_reason` and `announce` are left out).
Result<std::vector<Transition>> broadcast_events(sql::Connection& connection, BroadcastId id);

// Numbers that grow while a broadcast runs: never smaller than they were (latency: the last one).
struct BroadcastProgress {
  BroadcastId broadcast = 0;
  TimeMs last_media_at = 0;
  int64_t peak_viewers = 0;
  int64_t latency_ms = 0;  // 0: as it was
};
Result<void> save_progress(sql::Connection& connection, const BroadcastProgress& progress);

// Minutes that are there already keep the larger number.
Result<void> add_viewer_minutes(sql::Connection& connection, BroadcastId id,
                                std::span<const MinuteViewers> minutes);
Result<std::vector<MinuteViewers>> viewer_minutes(sql::Connection& connection, BroadcastId id);

// The outbox: what is to be told once, and has not been.
struct Announcement {
  BroadcastId broadcast = 0;
  AnnouncementKind kind = AnnouncementKind::live;
  TimeMs at = 0;
};
// Oldest first.
Result<std::vector<Announcement>> waiting_announcements(sql::Connection& connection,
                                                        size_t limit = 100);
// True for the one who says so first: who is told false does not announce.
Result<bool> take_announcement(sql::Connection& connection, BroadcastId id, AnnouncementKind kind,
                               TimeMs now);

}  // namespace strims::storage
