// What a newcomer is sent: the connect sequence of chat-websocket 4.1. The parts that are the same
// for many are encoded once and shared until they change. Home shard.
#pragma once

#include <array>
#include <map>
#include <unordered_map>
#include <vector>

#include "chat/room.h"
#include "hub/dialects/dialect.h"
#include "hub/private_queue.h"
#include "hub/settings.h"

namespace strims::hub {

class WelcomeDesk {
 public:
  WelcomeDesk(const Clock& clock, int64_t paid_event_ms)
      : clock_(clock), paid_event_ms_(paid_event_ms) {}

  // What is known of somebody who comes back.
  struct Resume {
    bool asked = false;                        // he named his last number,
    std::optional<std::vector<Bytes>> missed;  // and missed this; nothing when it is not here
    std::optional<Seq> echoed;                 // he has surely received all up to here
  };
  // ME, NAMES, HISTORY (or what was missed, in its place), PAIDEVENTS, then PIN, POLLSTART, SUBONLY
  // and ERR muted where they apply.
  std::vector<Bytes> frames(const chat::Room& room, const User* user, const Dialect& dialect,
                            Flavour flavour, const Resume& resume);

  // What a connection missed that fell behind: entries `from` to `to` (0: none). `missed` holds
  // their frames, or those of the newest of them.
  struct Gap {
    Seq from = 0;
    Seq to = 0;
    std::vector<Bytes> missed;
  };
  // GAP with the numbers, NAMES, of what was missed what the user must have, and the running poll.
  // NAMES alone where no entry was missed.
  std::vector<Bytes> after_gap(const chat::Room& room, const User* user, const Dialect& dialect,
                               Flavour flavour, const Gap& gap);

 private:
  struct ListedUser {
    UserPtr user;
    std::string json;
    uint64_t version = 0;  // of the last list he was in
  };
  struct Names {
    uint64_t version = 0;  // of the list that `users` was made of
    std::unordered_map<UserId, ListedUser> people;
    std::string users;
    size_t connections = 0;
    size_t present = 0;
    Bytes bytes;
  };
  struct History {
    uint64_t version = 0;
    std::map<size_t, Bytes> by_lines;
  };
  Bytes names(const chat::Room& room, const Dialect& dialect, Flavour flavour);
  static void list_users(const chat::Presence& presence, const Dialect& dialect, Names& names);
  Bytes poll(const chat::Room& room, const User* user, const Dialect& dialect) const;
  Bytes history(const chat::Room& room, const Dialect& dialect, Flavour flavour,
                std::optional<Seq> echoed);

  const Clock& clock_;
  const int64_t paid_event_ms_;
  std::array<Names, kFlavours> names_;
  std::array<History, kFlavours> history_;
};

}  // namespace strims::hub
