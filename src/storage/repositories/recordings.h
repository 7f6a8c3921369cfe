// Table `recordings`: what is kept of broadcasts. All functions may block and belong on a lane.
// Errors are the driver's (storage/sql/database.h) unless said otherwise.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/stream.h"
#include "storage/sql/database.h"

namespace strims::storage {

// Reasons of a recording of which something is away (its folder) or cannot be read. It goes by its
// owner's word only, and each start looks for it.
inline constexpr std::string_view kMissing = "missing";
inline constexpr std::string_view kUnreadable = "unreadable";
inline bool is_lost(std::string_view reason) {
  return reason == kMissing || reason == kUnreadable;
}

// Makes the row, `pending`, as visible as the channel is. A recording that is there already (the
// publisher came back after a restart) stays as it is. Error: not_found/"broadcast".
Result<Recording> begin_recording(sql::Connection& connection, BroadcastId broadcast,
                                  const std::string& folder, TimeMs now);

// What is absent stays as it is.
struct RecordingUpdate {
  std::optional<RecordingState> state;
  std::optional<std::string> reason;
  std::optional<bool> degraded;
  std::optional<std::vector<RecordingGap>> gaps;
  std::optional<int64_t> bytes;
  std::optional<int64_t> duration_ms;
  std::optional<bool> poster;
};
// False when there is no such recording, or it is being deleted: that never ends otherwise.
Result<bool> update_recording(sql::Connection& connection, BroadcastId id,
                              const RecordingUpdate& update);

// What an owner may say of a VOD. Errors: not_found/"vod", invalid/"bad_metadata" for the title.
struct VodUpdate {
  std::optional<std::string> title;  // at most 140 characters
  std::optional<bool> pinned;
  std::optional<Visibility> visibility;
};
Result<Vod> update_vod(sql::Connection& connection, BroadcastId id, const VodUpdate& update);

Result<std::optional<Recording>> find_recording(sql::Connection& connection, BroadcastId id);
// Recordings that an earlier process left in the middle (pending, recording or finalizing), and
// those that are lost.
Result<std::vector<Recording>> unfinished_recordings(sql::Connection& connection);

// Nothing for a recording that has not begun or is being deleted.
Result<std::optional<Vod>> find_vod(sql::Connection& connection, BroadcastId id);

// Who looks decides what a page shows.
struct VodPage {
  ChannelId channel = 0;    // 0: all
  BroadcastId before = 0;   // only ids < before; 0: from the newest
  size_t limit = 50;        // 1..200
  UserId viewer = 0;        // sees all of his own
  bool subscriber = false;  // sees what is for subscribers
  bool everything = false;  // staff
};
// Newest first.
Result<std::vector<Vod>> list_vods(sql::Connection& connection, const VodPage& page);

// A folder that was on the disk without a row: a broadcast that has ended and its recording,
// `ready` and `recovered`. Errors: conflict/"conflict" when there is one with this id,
// not_found/"channel".
Result<void> adopt_recording(sql::Connection& connection, const Broadcast& broadcast,
                             const Recording& recording);

struct Deletable {
  BroadcastId broadcast = 0;
  std::string folder;
  int64_t bytes = 0;
  std::string why;  // "days", "bytes", "count", "short", "disk"
};
// What the channels' retention gives up now, oldest first. Recordings shorter than `min_ms` are
// among it; pinned ones and those that are not done never are.
Result<std::vector<Deletable>> expired_recordings(sql::Connection& connection, TimeMs now,
                                                  int64_t min_ms = 10'000, size_t limit = 100);
// The oldest of all channels that may go, for a disk that is filling up.
Result<std::vector<Deletable>> oldest_recordings(sql::Connection& connection, size_t limit = 10);

// Deleting takes two steps, so that a crash between them loses no file: mark, unlink, remove.
// Returns the folder. Marking twice is harmless. Errors: not_found/"vod", conflict/"vod_busy" while
// it is being made.
Result<std::string> mark_deleting(sql::Connection& connection, BroadcastId id);
Result<std::vector<Deletable>> recordings_to_delete(sql::Connection& connection);
// False unless it was marked.
Result<bool> remove_recording(sql::Connection& connection, BroadcastId id);

}  // namespace strims::storage
