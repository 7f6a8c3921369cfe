// What a person asks of a room, in no dialect: dialects parse their frames into it, REST its
// bodies.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/cidr.h"
#include "base/error.h"
#include "chat/conn_id.h"
#include "model/entry.h"

namespace strims::chat {

enum class Verb : uint8_t {
  message,
  whisper,
  mute,
  unmute,
  ban,
  unban,
  subonly,
  broadcast,
  pin,
  poll_start,
  poll_stop,
  vote,
  phrase_add,
  phrase_remove,
  die,
  event_remove,
  event_add,  // an operator's shop or bot reports a subscription, gift or donation
  reload_users,
  reload_pages,
  delete_message,
};

struct Command {
  Verb verb = Verb::message;
  std::string
      text;  // message, whisper, broadcast, pin, phrase; vote as typed; uuid of event_remove
  std::string nick;                    // target of whisper, mute, unmute, ban, unban
  UserId target_id = 0;                // REST may name the target by id instead
  std::string reason;                  // ban
  std::optional<int64_t> duration_ns;  // mute, ban; absent: the default
  bool permanent = false;
  bool with_addresses = false;  // ban
  int tier = 0;                 // subonly: 0 is off
  std::string question;         // poll_start
  std::vector<std::string> options;
  bool weighted = false;
  int64_t time_ms = 0;
  EntryId entry_id = 0;                       // delete_message
  EntryKind paid_kind = EntryKind::donation;  // event_add
  std::string extra;                          // event_add: JSON object of the frame's own fields
  std::string nonce;                          // the sender's, or empty
  bool skip_throttle = false;                 // further parts of what was throttled as one request
  std::optional<IpAddress> from;              // of a call: its address, for address bans
  bool combo_rule = false;  // strims: the same user may not continue a running emote combo
};

// What an accepted command became. Whispers and reloads have no entry: seq 0.
struct Receipt {
  EntryId id = 0;
  Seq seq = 0;
  TimeMs at = 0;
};

// Why a command was refused: the word that every dialect knows, and the fields that some words
// carry.
struct Refusal {
  std::string_view word;  // literal
  std::optional<int64_t> mute_seconds_left;
  std::optional<int> tier;
  std::string filtered;
  int64_t retry_after_ms = 0;
};

// The same refusal as an Error for REST: class, word and a sentence.
Error to_error(const Refusal& refusal);

// Who waits for the answer: a connection (gets ACK or ERR frames) or a call (gets the result once).
struct Asker {
  ConnId conn;        // none for a call
  UserPtr user;       // who acts, for a call; for a connection the room knows
  std::string nonce;  // echoed in ACK and ERR
  std::move_only_function<void(Result<Receipt>)> reply;  // set for a call; runs on the home shard
};

}  // namespace strims::chat
