// One entry of a channel's journal: everything that happens in a channel and must be remembered.
// What is not remembered (joins, quits, changed user records) never becomes an entry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/user.h"

namespace strims {

using Seq = uint64_t;     // 1, 2, 3, ... per channel without gaps; 0 means none yet
using EntryId = int64_t;  // unique in the whole site, time-ordered (see base/id.h)
using ChannelId = int64_t;

enum class EntryKind : uint8_t {
  message = 1,      // text
  broadcast = 2,    // text; actor or the system; uuid
  mute = 3,         // target, number = seconds
  unmute = 4,       // target
  ban = 5,          // target, number = seconds (0: permanent), text = reason, flag = with addresses
  unban = 6,        // target
  subonly = 7,      // number = tier 1..5, 0 = off
  pin = 8,          // text, uuid; empty text: unpinned
  poll_start = 9,   // extra = {question, options, weighted, time_ms}
  vote = 10,        // number = option 1.., extra = {quantity}
  poll_stop = 11,   // extra = final {question, options, totals, totalvotes, ...}
  phrase_add = 12,  // text
  phrase_remove = 13,  // text
  death = 14,          // text, number = seconds
  subscription = 15,   // paid events: extra = the fields of the frame, text = the message
  gift_sub = 16,
  mass_gift = 17,
  donation = 18,
  event_remove = 19,  // uuid of the paid event that leaves the bar
  tombstone = 20,     // target_entry was deleted by actor
  reload = 21,        // pages are asked to reload
  stream = 22,        // extra = stream state
};

std::string_view to_string(
    EntryKind kind);  // "message", "broadcast", ...: stored and shown in REST
std::optional<EntryKind> parse_entry_kind(std::string_view word);

// Who acted, as he was at that moment: a replayed line must show what the live one showed.
struct Actor {
  UserId id = 0;  // 0: the system
  std::string nick;
  std::vector<std::string> features;  // effective ones
  std::vector<std::string> roles;     // effective ones
  TimeMs created_at = 0;

  static Actor of(const User& user);
};

struct Entry {
  EntryId id = 0;
  ChannelId channel = 0;
  Seq seq = 0;  // given by the journal at the commit
  TimeMs at = 0;
  EntryKind kind = EntryKind::message;
  Actor actor;
  UserId target_id = 0;
  std::string target_nick;   // as the moderator typed it
  EntryId target_entry = 0;  // tombstone
  std::string text;
  int64_t number = 0;
  bool flag = false;
  std::string uuid;   // pins, broadcasts, paid events
  std::string extra;  // JSON object or empty, by kind
  std::string nonce;  // the sender's, or empty
};

}  // namespace strims
