#include "storage/sqlite/write_gate.h"

#include <algorithm>
#include <chrono>

namespace strims::storage {

bool WriteGate::enter(int64_t timeout_ms) {
  std::unique_lock lock(mutex_);
  if (!held_) {
    held_ = true;
    return true;
  }
  Waiter me;
  waiting_.push_back(&me);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  me.turn.wait_until(lock, deadline, [&] { return me.granted; });
  if (!me.granted) waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &me));
  return me.granted;
}

size_t WriteGate::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void WriteGate::leave() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) {
    held_ = false;
    return;
  }
  // Handed over while still held, so that nobody slips in between. Told under the lock: the waiter
  // owns the condition variable and may be gone right after it.
  Waiter* next = waiting_.front();
  waiting_.pop_front();
  next->granted = true;
  next->turn.notify_one();
}

}  // namespace strims::storage
