#include "net/mailbox.h"

#include <utility>

namespace strims::net {

Mailbox::Put Mailbox::put(Task&& task) {
  std::lock_guard lock(mutex_);
  if (closed_ || waiting_.load(std::memory_order_relaxed) >= bound_) return Put::refused;
  inbox_.push_back(std::move(task));
  // Release: who sees the count (after being woken) must also see that there is something to fetch.
  waiting_.fetch_add(1, std::memory_order_release);
  return std::exchange(wake_pending_, true) ? Put::queued : Put::queued_wake;
}

size_t Mailbox::run(size_t limit) {
  bool fetched = false;
  size_t ran = 0;
  while (ran < limit) {
    if (next_ == batch_.size()) {
      batch_.clear();
      next_ = 0;
      // Fetching once keeps a task that puts another from holding the loop.
      if (fetched || waiting_.load(std::memory_order_acquire) == 0) break;
      fetched = true;
      std::lock_guard lock(mutex_);
      batch_.swap(inbox_);
      wake_pending_ = false;
      if (batch_.empty()) break;
    }
    Task task = std::move(batch_[next_++]);
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    ++ran;
    task();
  }
  return ran;
}

void Mailbox::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
}

void Mailbox::drop() {
  std::vector<Task> dropped;
  {
    std::lock_guard lock(mutex_);
    dropped.swap(inbox_);
    wake_pending_ = false;
    waiting_.fetch_sub(dropped.size() + (batch_.size() - next_), std::memory_order_relaxed);
  }
  std::vector<Task> rest = std::move(batch_);
  batch_.clear();
  next_ = 0;
}

}  // namespace strims::net
