// The journal by wall clock, for chat beside a recording. May block; belongs on a lane. Errors are
// the driver's (storage/sql/database.h).
#pragma once

#include <vector>

#include "model/entry.h"
#include "storage/sql/database.h"

namespace strims::storage {

struct ReplayRange {
  TimeMs from = 0;               // entries with from <= at
  TimeMs to = 0;                 // and at < to
  EntryId after = 0;             // only ids > after: the last one of the page before
  size_t limit = 500;            // 1..2000
  std::vector<EntryKind> kinds;  // empty: all kinds
};

// Entries of a channel between two moments, oldest first, without deleted ones.
//
// There is no index on time: each message would pay for it. Ids begin with the time at which they
// were made, so the table's own key finds the place; an entry whose time and id are more than five
// seconds apart (the clock was set back meanwhile) is missed.
Result<std::vector<Entry>> read_replay(sql::Connection& connection, ChannelId channel,
                                       const ReplayRange& range);

}  // namespace strims::storage
