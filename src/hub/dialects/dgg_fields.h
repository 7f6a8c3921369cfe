// The parts of dgg frames that several events share: users, polls, paid events
// (chat-websocket 3.2, 6.4, 6.5).
#pragma once

#include "base/json_write.h"
#include "hub/dialects/dialect.h"

namespace strims::hub {

// id, nick, features, roles, createdDate, watching into the open object. Never null arrays, never
// an empty date.
void write_user(JsonWriter& w, const User& user);
// The same for who acted, as he was then; the system has id -1.
void write_actor(JsonWriter& w, const Actor& actor);

// The payload of NAMES, as Dialect::names takes its parts.
std::string names_json(std::string_view users, size_t connections, std::optional<size_t> present);

// A fresh poll out of its entry: nobody has voted.
Dialect::PollView poll_view(const Entry& start);
void write_poll(JsonWriter& w, const Dialect::PollView& poll);
// The final poll object of a poll_stop entry.
void write_poll_result(JsonWriter& w, const Entry& stop);

// user, recipient, tier, amount ... out of the entry's extra; `data` is always a string.
void write_paid(JsonWriter& w, const Entry& entry);

}  // namespace strims::hub
