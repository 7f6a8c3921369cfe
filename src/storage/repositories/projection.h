// What follows from an entry, kept in tables beside it: mutes, bans, phrases, the pin, the
// subscriber-only mode, the running poll, paid events, deleted entries and the moderation record.
// The journal applies each entry in the transaction that stores it, so both are there or neither
// is. Applying depends on the entries alone (their own time, no clock): a replay gives the same
// tables. May block; belongs on a lane.
#pragma once

#include "model/entry.h"
#include "storage/sql/database.h"

namespace strims::storage {

// Whether an entry of this kind has anything to apply (a message has not).
bool has_projection(EntryKind kind);

// Applies a stored entry (with its seq), inside the caller's transaction. Errors are the driver's,
// or invalid/"invalid_json" for a ban whose `extra` is no JSON. By kind:
//   - mute, death: muted until at + number seconds (number <= 0: over at once)
//   - unmute: not muted
//   - ban: a row for the user (when there is one) and one per element of extra.addresses; they take
//     the place of all active rows of the same user, never of another user's for the same address.
//     Without a user: of the rows without a user for the same addresses
//   - unban: lifts all active rows of the user, the address rows included, and the mute; without a
//     target user: the rows of the ban whose id is target_entry
//   - pin: the pin of the channel, or none when the text is empty
//   - poll_start, poll_stop, subonly, stream: the channel's current one
//   - paid events: live until extra.expirationTimestamp (ms), else 5 minutes; event_remove takes
//     one away
//   - tombstone: marks target_entry as deleted
// What a moderator did is added to the record. `extra` of a ban holds addresses: it is never shown
// to clients.
Result<void> project(sql::Connection& connection, const Entry& entry);

}  // namespace strims::storage
