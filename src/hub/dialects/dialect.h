// A dialect turns frames into commands and everything a room says into frames. Pure functions of
// their arguments; one object serves all threads. A frame here is the text of one WebSocket
// message; "" means that this dialect does not show such a thing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/command.h"
#include "chat/room_port.h"
#include "model/entry.h"
#include "model/user.h"
#include "text/entities.h"

namespace strims::hub {

struct Parsed {
  enum class Kind : uint8_t {
    ignore,  // unknown events and the like: no answer
    command,
    ping,     // `text` is to be echoed by pong()
    refused,  // malformed: answer with the word in `text`
    close,    // no frame of this protocol at all: end the connection
  };
  Kind kind = Kind::ignore;
  chat::Command command;
  std::string text;
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual std::string_view name() const = 0;
  virtual Parsed parse(std::string_view frame) const = 0;

  virtual std::string entry(const Entry& entry) const = 0;
  virtual std::string presence(chat::PresenceKind kind, const User& user, TimeMs at) const = 0;
  virtual std::string notice(std::string_view text, TimeMs at) const = 0;
  virtual std::string paid_events(const std::vector<Entry>& live, int64_t lifetime_ms) const = 0;
  virtual std::string reload() const = 0;
  // The numbers of a stream, `fields` being a JSON object; empty: not for these clients.
  virtual std::string stream(std::string_view fields) const = 0;

  virtual std::string refusal(const chat::Refusal& refusal, std::string_view nonce) const = 0;
  virtual std::string acknowledgement(const chat::Receipt& receipt,
                                      std::string_view nonce) const = 0;
  virtual std::string whisper(const chat::Whisper& whisper) const = 0;
  virtual std::string whisper_sent(const chat::Whisper& whisper) const = 0;
  virtual std::string vote_counted(int64_t option) const = 0;
  virtual std::string pong(std::string_view payload) const = 0;

  // The connect sequence, piece by piece (chat-websocket 4.1).
  virtual std::string me(const User* user) const = 0;
  // One user in NAMES: a JSON object.
  virtual std::string listed(const User& user) const = 0;
  // `users`: what listed() gave, separated by commas. `present`: how many users there are, when the
  // list is not all of them.
  virtual std::string names(std::string_view users, size_t connections,
                            std::optional<size_t> present) const = 0;
  virtual std::string history(const std::vector<const Entry*>& entries) const = 0;
  // To a returning client whose past is gone: from which number on it gets everything again.
  virtual std::string resume_lost(Seq from) const = 0;
  // To a reader who fell behind: entries `from` to `to` were not sent, but for those that follow.
  virtual std::string gap(Seq from, Seq to) const = 0;
  virtual std::string subonly(int tier) const = 0;
  virtual std::string muted(int64_t seconds_left) const = 0;
  struct PollView {
    const Entry* start;
    std::string question;
    std::vector<std::string> options;
    std::vector<int64_t> totals;
    int64_t total = 0;
    bool weighted = false;
    int64_t time_ms = 0;
    bool can_vote = false;
    int my_vote = 0;
    TimeMs now = 0;
  };
  virtual std::string poll(const PollView& poll) const = 0;
};

// Today's destiny.gg dialect (chat-websocket.md).
std::unique_ptr<Dialect> make_dgg_dialect(int64_t paid_event_lifetime_ms);
// The strims.gg flavour (section 14 there). Its `entities` mark the emotes and the nicks of those
// present; `is_nick` is asked by entry() and the whispers, which belong to the thread that may.
std::unique_ptr<Dialect> make_strims_dialect(std::vector<std::string> emotes,
                                             text::NickLookup is_nick = {});

}  // namespace strims::hub
