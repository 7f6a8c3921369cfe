// Who may watch what: the rule, in one place. Subscribers are users with a tier; owner, staff and
// administrators see everything; whoever is banned from the chat sees what everybody sees.
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "model/stream.h"
#include "storage/sql/database.h"

namespace strims::stream {

// By what he is, a ban aside: also who may know that it exists.
bool is_meant_for(const User& user, Visibility visibility, UserId owner);

// With the bans as they are. Any thread that may block. Errors: those of the database.
Result<bool> may_watch(sql::Connection& db, const User& user, Visibility visibility, UserId owner,
                       TimeMs now);
// The same of an account by its number; one that is gone may not.
Result<bool> may_watch(sql::Connection& db, UserId account, Visibility visibility, UserId owner,
                       TimeMs now);

// What keeps him out of the chat keeps him from publishing and from what is not for everybody.
Result<bool> is_banned(sql::Connection& db, UserId account, TimeMs now);

}  // namespace strims::stream
