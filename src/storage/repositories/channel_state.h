// A channel as it stands in the tables that follow from its entries (projection.h): what a room
// needs at its start. May block; belongs on a lane. Errors are the driver's
// (storage/sql/database.h) unless said otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/entry.h"
#include "storage/repositories/moderation.h"
#include "storage/repositories/nonces.h"
#include "storage/repositories/projection.h"
#include "storage/sql/database.h"

namespace strims::storage {

struct Mute {
  UserId user_id = 0;
  std::string nick;
  TimeMs until = 0;
  UserId by_id = 0;
  std::string by_nick;
  EntryId entry = 0;
};

struct ChannelSnapshot {
  Seq last_seq = 0;
  std::vector<Mute> mutes;           // still running
  std::vector<Ban> bans;             // active rows: users (address empty) and address units
  std::vector<std::string> phrases;  // in the order in which they were added
  int subonly_tier = 0;              // 0: off
  std::optional<Entry> pin;
  std::optional<Entry> poll;       // a poll_start without a later poll_stop
  std::vector<Entry> votes;        // all since that poll_start, in order
  std::optional<Entry> stream;     // the newest stream entry
  std::vector<Entry> paid_events;  // neither expired nor removed, oldest first
  std::vector<KnownNonce> nonces;  // of the last ten minutes, oldest first, at most kSnapshotNonces
  // The newest `history_limit` that a history shows (messages, broadcasts, punishments, phrases,
  // subonly, deaths, paid events) and that are not deleted, oldest first.
  std::vector<Entry> history;
};

inline constexpr size_t kSnapshotNonces = 100'000;

// One consistent view (a transaction of its own). not_found/"channel" for an unknown channel.
Result<ChannelSnapshot> load_channel(sql::Connection& connection, ChannelId channel, TimeMs now,
                                     size_t history_limit = 1000);

// The mutes that still run.
Result<std::vector<Mute>> active_mutes(sql::Connection& connection, ChannelId channel, TimeMs now);

// The banned phrases, in the order in which they were added.
Result<std::vector<std::string>> read_phrases(sql::Connection& connection, ChannelId channel);

}  // namespace strims::storage
