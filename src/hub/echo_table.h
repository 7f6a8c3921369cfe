// What clients that know nothing of resuming have surely received. A ping carries the number of the
// last entry before it, and every client's pong gives that back; the newest such number is kept for
// each login, so that its next connection can be shown the whole gap. Forgets the oldest: losing an
// echo costs nothing but that. Home shard.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "model/entry.h"

namespace strims::hub {

// Stands for a login; that two share one is next to impossible and harmless.
using LoginKey = uint64_t;

inline LoginKey login_key(std::string_view access_id) {
  return std::hash<std::string_view>{}(access_id);
}

struct Echo {
  LoginKey login = 0;
  Seq seq = 0;
};

class EchoTable {
 public:
  // At most `limit` logins; an echo is kept for at least half of `keep_ms` and at most all of it.
  EchoTable(size_t limit, int64_t keep_ms)
      : half_(std::max<size_t>(1, limit / 2)), keep_ms_(keep_ms) {}

  void heard(const Echo& echo, MonoMs now) {
    turn(now);
    Seq& seq = young_[echo.login];
    seq = std::max(seq, echo.seq);
    if (young_.size() > half_) age(now);
  }
  std::optional<Seq> last(LoginKey login, MonoMs now) {
    turn(now);
    for (const auto* table : {&young_, &old_})
      if (const auto it = table->find(login); it != table->end()) return it->second;
    return std::nullopt;
  }
  size_t size() const { return young_.size() + old_.size(); }

 private:
  // Two generations: what was not heard again while a new one grew goes with the old one.
  void age(MonoMs now) {
    old_ = std::exchange(young_, {});
    since_ = now;
  }
  void turn(MonoMs now) {
    if (now - since_ < keep_ms_ / 2) return;
    if (now - since_ >= keep_ms_) young_.clear();
    age(now);
  }

  const size_t half_;
  const int64_t keep_ms_;
  MonoMs since_ = 0;  // when the young generation began
  std::unordered_map<LoginKey, Seq> young_, old_;
};

}  // namespace strims::hub
