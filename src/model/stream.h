// Channels that stream, their broadcasts and what is kept of those. Plain data; copied between
// threads, never shared and mutable. The words of to_string() are what is stored and shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/entry.h"
#include "model/user.h"

namespace strims {

using BroadcastId = int64_t;  // time-ordered (see base/id.h); 0: none
using SessionId = int64_t;    // of a publisher's connection, likewise unique over restarts; 0: none

// Of a broadcast. A channel without one that has not ended is offline.
enum class BroadcastState : uint8_t { offline, armed, starting, live, interrupted, ended };

enum class EndReason : uint8_t {
  stopped,   // by the publisher's program or on the page
  lost,      // the connection went away and nobody came back
  replaced,  // of a session only: another publisher with the right key took over
  kicked,    // by an administrator
  banned,    // the channel's owner was
  key_rotated,
  quota,
  duration,
  disk,
  codec,           // media that is not understood
  server_restart,  // nobody came back after it
  upstream_gone,   // an external media server lost it
};

// Who may watch.
enum class Visibility : uint8_t { everybody, owner_only, subscribers };  // "public", "private", ...

enum class RecordingState : uint8_t {
  none,
  pending,
  recording,
  finalizing,
  ready,
  failed,
  deleting
};

enum class AnnouncementKind : uint8_t { live, ended };

std::string_view to_string(BroadcastState state);
std::string_view to_string(EndReason reason);
std::string_view to_string(Visibility visibility);
std::string_view to_string(RecordingState state);
std::string_view to_string(AnnouncementKind kind);
std::optional<BroadcastState> parse_broadcast_state(std::string_view word);
std::optional<EndReason> parse_end_reason(std::string_view word);
std::optional<Visibility> parse_visibility(std::string_view word);
std::optional<RecordingState> parse_recording_state(std::string_view word);
std::optional<AnnouncementKind> parse_announcement_kind(std::string_view word);

// What of a channel's recordings is kept; 0: no bound. Pinned ones always are.
struct Retention {
  int64_t keep_days = 0;
  int64_t keep_bytes = 0;
  int64_t keep_last_n = 0;
  bool operator==(const Retention&) const = default;
};

struct Channel {
  ChannelId id = 0;
  std::string slug;  // its name in every address; never changes
  UserId owner = 0;
  std::string owner_nick;
  std::string title;
  std::string category;
  std::vector<std::string> tags;
  std::string language;  // "en", "pt-br"; empty: not told
  bool mature = false;
  Visibility visibility = Visibility::everybody;
  bool record = true;
  TimeMs key_changed_at = 0;
  Retention retention;
  TimeMs created_at = 0;
};

// [a-z0-9_-]{2,32}, no word that an address needs for something else ("open", "start", ...), not
// like a key ("sk_...") nor an option ("-x"). Error: invalid/"bad_name".
Result<void> check_slug(std::string_view slug);

// What the owner tells about a channel. What is absent stays as it is.
struct ChannelUpdate {
  std::optional<std::string> title;              // at most 140 characters
  std::optional<std::string> category;           // at most 60
  std::optional<std::vector<std::string>> tags;  // at most 10 of at most 30
  std::optional<std::string> language;           // [a-z]{2,3}(-[a-z0-9]{2,8})*, or empty
  std::optional<bool> mature;
  std::optional<Visibility> visibility;
  std::optional<bool> record;
  std::optional<Retention> retention;
};

// Trims, removes doubles among tags, and holds the rest against the bounds above (characters are
// code points of valid UTF-8 without control characters). Error: invalid/"bad_metadata".
Result<ChannelUpdate> clean_update(ChannelUpdate update);
Result<std::string> clean_title(std::string_view title);

struct Broadcast {
  BroadcastId id = 0;
  ChannelId channel = 0;
  BroadcastState state = BroadcastState::offline;
  bool armed = false;      // was made by the owner before anything came: goes back to armed when
                           // nothing does
  bool announced = false;  // that it is live
  int64_t steps = 0;       // transitions so far
  SessionId session = 0;   // the last publisher's
  std::string title;
  std::string category;
  std::vector<std::string> tags;
  TimeMs created_at = 0;
  TimeMs started_at = 0;     // of the first frame; 0: was never live
  TimeMs last_media_at = 0;  // of the last frame known
  TimeMs ended_at = 0;       // of the last frame; 0: has not ended
  TimeMs closed_at = 0;      // when it was found to be over
  std::optional<EndReason> end_reason;
  int64_t peak_viewers = 0;
  int64_t latency_ms = 0;  // median of what viewers are behind; 0: not known
};

// One step of a broadcast, as the state machine decides it (stream/lifecycle.h) and storage writes
// it: the broadcast's row, a row of the record and, perhaps, an announcement, all or nothing.
struct Transition {
  BroadcastId broadcast = 0;
  ChannelId channel = 0;
  int64_t step = 0;  // 1, 2, ... of this broadcast: writing one twice is harmless
  TimeMs at = 0;
  BroadcastState from = BroadcastState::offline;  // offline: the broadcast begins
  BroadcastState to = BroadcastState::offline;
  std::string reason;  // a word such as "media", "lost", "returned", or of EndReason
  SessionId session = 0;
  bool armed = false;
  TimeMs started_at = 0;  // 0: not (yet) known, as the next
  TimeMs last_media_at = 0;
  std::optional<EndReason> end_reason;  // with `to` ended
  std::optional<AnnouncementKind> announce;
  bool operator==(const Transition&) const = default;
};

// The highest number of viewers within a minute.
struct MinuteViewers {
  int64_t minute = 0;  // since 1970
  int64_t viewers = 0;
  bool operator==(const MinuteViewers&) const = default;
};

// A stretch of wall time of which the recording has nothing.
struct RecordingGap {
  TimeMs from = 0;
  TimeMs to = 0;
  bool operator==(const RecordingGap&) const = default;
};

struct Recording {
  BroadcastId broadcast = 0;
  ChannelId channel = 0;
  RecordingState state = RecordingState::none;
  std::string reason;  // of failed: "disk", ...
  bool degraded = false;
  std::vector<RecordingGap> gaps;
  int64_t bytes = 0;
  int64_t duration_ms = 0;  // of media: without gaps
  std::string folder;       // below the data folder: "rec/2026/08/<id>"
  bool poster = false;      // there is a picture
  bool pinned = false;
  Visibility visibility = Visibility::everybody;
  bool recovered = false;  // found on the disk after a crash, without its row
  TimeMs created_at = 0;
};

// A recording with all that a listing shows.
struct Vod {
  Recording recording;
  Broadcast broadcast;
  std::string slug;
  UserId owner = 0;
};

}  // namespace strims
