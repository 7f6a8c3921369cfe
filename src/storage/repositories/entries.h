// Table `entries`: the journal's rows. All functions may block and belong on a lane.
// Errors are the driver's (storage/sql/database.h) unless said otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/entry.h"
#include "storage/sql/database.h"

namespace strims::storage {

// Inserts one entry with the seq it has. conflict/"conflict" when its id or (channel, seq) is there
// already.
Result<void> insert_entry(sql::Connection& connection, const Entry& entry);

inline constexpr size_t kMaxReadLimit = 10'000;

struct ReadRange {
  Seq after = 0;                 // only seq > after
  Seq before = 0;                // only seq < before; 0: no bound
  size_t limit = 100;            // 1..kMaxReadLimit, else set to the nearest
  std::vector<EntryKind> kinds;  // empty: all kinds
  bool newest_first = false;     // which end of the range `limit` cuts, and the order of the result
  bool with_deleted = false;     // also entries that a tombstone deleted
};

// A page of a channel's journal by seq.
Result<std::vector<Entry>> read_entries(sql::Connection& connection, ChannelId channel,
                                        const ReadRange& range);

// One entry; nothing when there is none. Deleted ones are found too.
Result<std::optional<Entry>> find_entry(sql::Connection& connection, EntryId id);

// Whether a tombstone deleted the entry. False for an unknown one.
Result<bool> is_deleted(sql::Connection& connection, EntryId id);

// The newest messages of a user that are not deleted, newest first: for "last seen" and records.
Result<std::vector<Entry>> read_messages_of(sql::Connection& connection, ChannelId channel,
                                            UserId user, size_t limit);

// The number of a channel's last entry, 0 when it has none. not_found/"channel" for an unknown
// channel.
Result<Seq> last_seq(sql::Connection& connection, ChannelId channel);

// Makes the channel unless it is there. conflict/"conflict" when another channel has the slug.
Result<void> ensure_channel(sql::Connection& connection, ChannelId channel, std::string_view slug,
                            TimeMs now);

}  // namespace strims::storage
