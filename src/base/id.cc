#include "base/id.h"

namespace strims {
namespace {
constexpr TimeMs kEpoch = 1'735'689'600'000;  // 2025-01-01T00:00:00Z
constexpr int kCounterBits = 15;
constexpr int kNodeBits = 6;
}  // namespace

int64_t IdSource::next() {
  const int64_t now = (clock_.wall_ms() - kEpoch) << kCounterBits;
  int64_t last = last_.load(std::memory_order_relaxed);
  int64_t mine;
  do {
    // A clock that went back, or more than 32,768 ids in a millisecond, borrows from the future.
    mine = now > last ? now : last + 1;
  } while (!last_.compare_exchange_weak(last, mine, std::memory_order_relaxed));
  const int64_t counter = mine & ((1 << kCounterBits) - 1);
  return (mine >> kCounterBits) << (kCounterBits + kNodeBits) |
         static_cast<int64_t>(node_) << kCounterBits | counter;
}

TimeMs id_time(int64_t id) {
  return (id >> (kCounterBits + kNodeBits)) + kEpoch;
}

}  // namespace strims
