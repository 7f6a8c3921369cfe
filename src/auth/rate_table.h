// How often something may happen per key, for very many keys in fixed memory. Each key owns one
// time stamp (the generic cell rate algorithm): `limit` at once, then one each window / limit.
// Slots are found by a keyed hash, four to a bucket; a full bucket forgets the key that is nearest
// to being forgiven anyway. Not thread-safe: the owner locks.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace strims::auth {

struct Rate {
  int64_t limit = 10;  // 0: no bound
  int64_t window_ms = 60'000;
};

class RateTable {
 public:
  // `slots` is rounded up to a power of two, at least 64; 16 bytes each.
  explicit RateTable(Rate rate, size_t slots = 16'384);

  // 0 when one more is allowed now, else how many milliseconds to wait for it. Changes nothing.
  int64_t wait_ms(std::string_view key, MonoMs now) const;
  // Counts one more, allowed or not (never beyond one window of debt).
  void charge(std::string_view key, MonoMs now);
  // Takes one charge back.
  void refund(std::string_view key, MonoMs now);
  // Forgets the key.
  void clear(std::string_view key);

 private:
  static constexpr size_t kWays = 4;
  struct Slot {
    uint64_t key = 0;  // 0: empty
    MonoMs until = 0;  // the theoretical arrival time
  };
  uint64_t hash(std::string_view key) const;
  const Slot* find(uint64_t key) const;
  int64_t step_ms() const;

  Rate rate_;
  std::array<uint8_t, 16> seed_{};
  std::vector<Slot> slots_;
};

}  // namespace strims::auth
