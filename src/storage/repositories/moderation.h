// Tables `moderation_log` and `bans`, for the record and for the doors. Bans change only through
// the journal's entries (channel_state.h). All functions may block and belong on a lane. Errors are
// the driver's (storage/sql/database.h) unless said otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/cidr.h"
#include "model/entry.h"
#include "storage/sql/database.h"

namespace strims::storage {

// One line of the record. Lines are added and never changed: the database itself refuses it.
struct ModerationRecord {
  int64_t id = 0;  // the entry's id, or a new one of IdSource for what is no entry
  TimeMs at = 0;
  ChannelId channel = 0;  // 0: the whole site
  UserId actor_id = 0;    // 0: the system
  std::string actor_nick;
  std::string action;  // "ban", "mute", "tombstone", ... (entry kinds) or "role", "features", ...
  UserId target_id = 0;
  std::string target_nick;
  std::string reason;
  std::string detail;  // JSON object or empty; never an address or a secret
  EntryId entry = 0;   // the journal's entry, 0 when it is none
};

// Adds a line for what is no channel entry, such as a change of role. conflict/"conflict" when the
// id is taken.
Result<void> log_moderation(sql::Connection& connection, const ModerationRecord& record);

struct ModerationRange {
  int64_t before = 0;  // only ids < before; 0: from the newest
  size_t limit = 50;   // 1..500
  UserId actor = 0;    // 0: any
  UserId target = 0;   // 0: any
  std::string action;  // empty: any
};

// A page of the record, newest first.
Result<std::vector<ModerationRecord>> read_moderation_log(sql::Connection& connection,
                                                          const ModerationRange& range);

// One row of `bans`. A ban has a row for the user (address empty) and one for each banned address
// unit.
struct Ban {
  EntryId id = 0;  // of the ban entry
  ChannelId channel = 0;
  UserId user_id = 0;
  std::string nick;
  std::string address;  // empty: the user; else IpAddress::ban_unit() as text. Not for clients
  std::string reason;
  TimeMs start = 0;
  std::optional<TimeMs> end;  // nothing: permanent
  UserId by_id = 0;
  std::string by_nick;
  std::optional<TimeMs> lifted_at;  // by an unban or by a newer ban of the same user
  UserId lifted_by_id = 0;
  std::string lifted_by_nick;

  bool active(TimeMs now) const { return !lifted_at && (!end || *end > now); }
};

// The ban with this id: the user's row when there is one, else an address row. Nothing when there
// is none.
Result<std::optional<Ban>> find_ban(sql::Connection& connection, EntryId id);

// The ban that keeps this user, or this address (any address of the unit), out now.
Result<std::optional<Ban>> active_ban_of_user(sql::Connection& connection, ChannelId channel,
                                              UserId user, TimeMs now);
Result<std::optional<Ban>> active_ban_of_address(sql::Connection& connection, ChannelId channel,
                                                 const IpAddress& address, TimeMs now);

// Every active row of a channel: users and addresses, oldest first. An address has one row for each
// user it was banned with.
Result<std::vector<Ban>> active_bans(sql::Connection& connection, ChannelId channel, TimeMs now);

// A page of users' bans, newest first; `before` is a ban id (0: from the newest), limit 1..500.
Result<std::vector<Ban>> list_bans(sql::Connection& connection, ChannelId channel, bool active_only,
                                   TimeMs now, EntryId before, size_t limit);

}  // namespace strims::storage
