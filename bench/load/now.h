// The clock of all measurements: senders put it into their texts, receivers look at the same one.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace strims::load {

// Monotonic microseconds. Any thread, any process of the machine.
inline int64_t now_us() {
  return mono_ns() / 1000;
}

}  // namespace strims::load
