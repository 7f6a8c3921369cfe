// Counts wrong keys per address, so that nobody tries them out. Thread-safe. Bound: kMost
// addresses; past it the counts begin anew.
#pragma once

#include <mutex>
#include <unordered_map>

#include "base/cidr.h"
#include "base/clock.h"

namespace strims::ingest {

class WrongKeys {
 public:
  static constexpr size_t kMost = 10'000;
  static constexpr int64_t kWindowMs = 60'000;

  explicit WrongKeys(int per_window) : per_window_(per_window) {}

  void note(const IpAddress& address, MonoMs now) {
    const std::lock_guard lock(mutex_);
    if (counts_.size() >= kMost) counts_.clear();
    Count& count = counts_[address.ban_unit()];
    if (now - count.since >= kWindowMs) count = {now, 0};
    ++count.keys;
  }
  bool blocks(const IpAddress& address, MonoMs now) {
    const std::lock_guard lock(mutex_);
    const auto it = counts_.find(address.ban_unit());
    return per_window_ > 0 && it != counts_.end() && now - it->second.since < kWindowMs &&
           it->second.keys >= per_window_;
  }

 private:
  struct Count {
    MonoMs since = INT64_MIN / 2;
    int keys = 0;
  };
  const int per_window_;
  std::mutex mutex_;
  std::unordered_map<IpAddress, Count> counts_;
};

}  // namespace strims::ingest
