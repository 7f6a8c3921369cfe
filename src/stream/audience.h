// Who watches a channel, for the threads that see them come: Viewers under a lock.
#pragma once

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "stream/viewers.h"

namespace strims::stream {

// Thread-safe.
class Audience {
 public:
  void fetched(const Watcher& watcher, MonoMs now) {
    const std::lock_guard lock(mutex_);
    viewers_.fetched(watcher, now);
  }
  void beacon(const Watcher& watcher, MonoMs now, int64_t latency_ms) {
    const std::lock_guard lock(mutex_);
    viewers_.beacon(watcher, now, latency_ms);
  }
  int64_t count() const {
    const std::lock_guard lock(mutex_);
    return viewers_.viewers();
  }
  // With the rest of Viewers, for the owner: f(Viewers&).
  template <class F>
  auto with(F&& f) {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(f)(viewers_);
  }

 private:
  mutable std::mutex mutex_;
  Viewers viewers_;
};

}  // namespace strims::stream
