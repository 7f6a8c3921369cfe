// One writer at a time within a Database, first come, first served. SQLite itself only polls for
// its lock, which would let one busy writer starve the others. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

namespace strims::storage {

class WriteGate {
 public:
  // Waits for the turn, at most `timeout_ms`. True: the caller holds the gate until leave().
  bool enter(int64_t timeout_ms);
  void leave();
  size_t waiting() const;

 private:
  struct Waiter {
    std::condition_variable turn;
    bool granted = false;
  };
  mutable std::mutex mutex_;
  bool held_ = false;
  std::deque<Waiter*> waiting_;  // bounded by the number of connections
};

}  // namespace strims::storage
