// How fast one person may speak: the dgg throttle (chat-websocket 9.2), saturating where the old
// server wrapped.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace strims::chat {

struct ThrottleLimits {
  int64_t base_ms = 300;
  int64_t reset_ms = 300'000;  // quiet time after which the delay is the base again
  int64_t max_ms = 60'000;     // the delay never grows past this
};

// Per user, shared by all connections. 16 bytes.
class Throttle {
 public:
  // One attempt at `now`: 0 when it may pass (and is counted), else the milliseconds to wait.
  // Each attempt within base_ms of the last accepted message doubles the delay, refused ones
  // included.
  int64_t attempt(MonoMs now, const ThrottleLimits& limits);
  // A refused duplicate makes the next wait longer by one base.
  void penalise(const ThrottleLimits& limits);
  MonoMs last() const { return last_; }

 private:
  void grow(int64_t scale, const ThrottleLimits& limits);

  MonoMs last_ = INT64_MIN / 2;
  int64_t scale_ = 1;
};

}  // namespace strims::chat
