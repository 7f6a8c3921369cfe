// The line of the moderation record that follows from an entry. Internal to the repositories.
#pragma once

#include "model/entry.h"
#include "storage/sql/database.h"

namespace strims::storage {

// Adds the line when the entry is an act of moderation: somebody else's message deleted, a mute, a
// ban, ... What people do with their own things (deleting an own message, /die, voting) is none.
Result<void> log_entry(sql::Connection& connection, const Entry& entry);

}  // namespace strims::storage
