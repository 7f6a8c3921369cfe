// Table `presence`: who is in a channel's room, so that a restart makes nobody join anew. All
// functions may block and belong on a lane. Errors are the driver's (storage/sql/database.h).
#pragma once

#include <cstddef>
#include <vector>

#include "model/entry.h"
#include "model/user.h"
#include "storage/sql/database.h"

namespace strims::storage {

struct PresenceDiff {
  std::vector<UserId> came, left;
  size_t size() const { return came.size() + left.size(); }
};

// In a transaction of its own. Who is there already, or is not there, is no error.
Result<void> save_presence(sql::Connection& connection, ChannelId channel,
                           const PresenceDiff& diff);

// Who was there when the last process ended, by id. Deleted and banned accounts are dropped from
// the table first.
Result<std::vector<User>> restore_presence(sql::Connection& connection, ChannelId channel,
                                           TimeMs now);

}  // namespace strims::storage
