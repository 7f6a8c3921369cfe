// 64-bit ids that sort by time: 42 bits of milliseconds since 2025-01-01, 6 bits of node, 15 bits
// of counter. Fits a signed 64-bit column; shown as a decimal string in REST (too large for
// JavaScript numbers).
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace strims {

class IdSource {
 public:
  explicit IdSource(const Clock& clock, unsigned node = 0) : clock_(clock), node_(node & 63) {}
  // Strictly increasing within one source. Thread-safe.
  int64_t next();

 private:
  const Clock& clock_;
  const unsigned node_;
  std::atomic<int64_t> last_{0};  // milliseconds << 15 | counter
};

// When the id was made.
TimeMs id_time(int64_t id);

}  // namespace strims
