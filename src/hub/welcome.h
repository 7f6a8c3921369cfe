// What a newcomer is sent: the connect sequence of chat-websocket 4.1. The parts that are the same
// for many are encoded once and shared until they change. Home shard.
#pragma once

#include <array>
#include <vector>

#include "chat/room.h"
#include "hub/dialects/dialect.h"
#include "hub/private_queue.h"
#include "hub/settings.h"

namespace strims::hub {

class WelcomeDesk {
 public:
  WelcomeDesk(const Clock& clock, size_t names_max, int64_t paid_event_ms)
      : clock_(clock), names_max_(names_max), paid_event_ms_(paid_event_ms) {}

  // What a returning client missed; `missed` is nothing when that is not known any more.
  struct Resume {
    bool asked = false;
    std::optional<std::vector<Bytes>> missed;
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
  std::vector<Bytes> after_gap(const chat::Room& room, const User* user, const Dialect& dialect,
                               Flavour flavour, const Gap& gap);

 private:
  struct Cached {
    uint64_t version = 0;
    Bytes bytes;
  };
  Bytes names(const chat::Room& room, const Dialect& dialect, Flavour flavour);
  Bytes poll(const chat::Room& room, const User* user, const Dialect& dialect) const;
  Bytes history(const chat::Room& room, const Dialect& dialect, Flavour flavour);

  const Clock& clock_;
  const size_t names_max_;
  const int64_t paid_event_ms_;
  std::array<Cached, kFlavours> names_;
  std::array<Cached, kFlavours> history_;
};

}  // namespace strims::hub
