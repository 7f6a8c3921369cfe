// Work for a home shard from other threads that must not be refused: commits of the journal,
// answers of lanes. It needs no bound of its own: the journal's queue and the lanes' queues bound
// what can be on its way here.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <iterator>
#include <mutex>
#include <vector>

#include "net/reactor.h"

namespace strims::hub {

class HomeInbox {
 public:
  using Task = std::move_only_function<void()>;
  explicit HomeInbox(net::Reactor& home) : home_(home) {}

  // Any thread. Tasks run in order per caller.
  void push(Task task) {
    add([&] { tasks_.push_back(std::move(task)); });
  }
  // The same for many at once.
  void push_all(std::vector<Task> tasks) {
    add([&] {
      if (tasks_.empty())
        tasks_ = std::move(tasks);
      else
        std::move(tasks.begin(), tasks.end(), std::back_inserter(tasks_));
    });
  }

  // Home shard: runs what has come, until `enough()` says so. True when something is left.
  template <class F>
  bool drain(F enough) {
    if (next_ == running_.size()) {
      running_.clear();
      next_ = 0;
      if (!waiting_.exchange(false, std::memory_order_acquire)) return false;
      const std::lock_guard lock(mutex_);
      running_.swap(tasks_);
    }
    while (next_ < running_.size()) {
      if (enough()) return true;
      // Moved out first: the task may be the last owner of what calls back here.
      Task task = std::move(running_[next_++]);
      task();
    }
    // What came meanwhile may have rung while a part was left, and rings no more.
    return waiting_.load(std::memory_order_acquire);
  }

 private:
  template <class F>
  void add(F f) {
    bool wake;
    {
      const std::lock_guard lock(mutex_);
      wake = tasks_.empty();
      f();
    }
    waiting_.store(true, std::memory_order_release);
    // A full mailbox means that the loop is awake; it looks here in each turn.
    if (wake) (void)home_.post([] {});
  }

  net::Reactor& home_;
  std::mutex mutex_;
  std::vector<Task> tasks_;
  std::vector<Task> running_;  // home shard only
  size_t next_ = 0;
  std::atomic<bool> waiting_{false};
};

}  // namespace strims::hub
