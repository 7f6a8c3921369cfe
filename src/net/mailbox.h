// Tasks on their way to one thread: many producers, one consumer. Shared and mutable; a mutex
// guards it.
//
// Bound: `bound` tasks that were put and have not begun. When full: put() refuses and the producer
// decides. Tasks of one producer run in the order they were put.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

namespace strims::net {

class Mailbox {
 public:
  using Task = std::move_only_function<void()>;
  enum class Put {
    refused,      // full or closed; the task is untouched
    queued,       // the consumer has been or is being woken already
    queued_wake,  // first since the consumer last looked: the caller must wake it
  };

  explicit Mailbox(size_t bound) : bound_(bound) {}

  // Any thread. Moves from `task` unless refused.
  Put put(Task&& task);
  // Consumer: runs up to `limit` tasks. The number run.
  size_t run(size_t limit);
  // Any thread: tasks waiting, roughly.
  size_t size() const { return waiting_.load(std::memory_order_relaxed); }
  bool empty() const { return size() == 0; }
  // Any thread: refuses from now on. Tasks that were accepted stay.
  void close();
  // Consumer: destroys what is waiting without running it. Meant for after close().
  void drop();

 private:
  const size_t bound_;
  std::mutex mutex_;
  std::vector<Task> inbox_;         // guarded by mutex_
  bool wake_pending_ = false;       // guarded by mutex_
  bool closed_ = false;             // guarded by mutex_
  std::atomic<size_t> waiting_{0};  // inbox_ and the rest of batch_; grows under mutex_ only
  std::vector<Task> batch_;         // consumer's
  size_t next_ = 0;                 // consumer's: first task of batch_ that has not begun
};

}  // namespace strims::net
