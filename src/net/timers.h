// One-shot timers of one thread, without a clock of their own: a 4-ary heap whose entries know
// their place, so that adding and cancelling cost O(log n). Not thread-safe. Bounded by kMaxTimers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/clock.h"

namespace strims::net {

// Names one timer; never reused while it is pending. 0 names none.
using TimerId = uint64_t;
inline constexpr TimerId kNoTimer = 0;

class Timers {
 public:
  using Task = std::move_only_function<void()>;
  static constexpr size_t kMaxTimers = size_t{1} << 20;

  // `task` runs in the first run_due() whose `now` is not before `deadline`. kNoTimer when
  // kMaxTimers are pending: the task is dropped.
  TimerId add(MonoMs deadline, Task task);
  // Forgets the timer and destroys its task; ignores ids that are unknown, done or cancelled. True
  // when it was pending. Allowed inside a running task, also for the task's own id.
  bool cancel(TimerId id);
  // Runs at most `limit` due tasks, earliest first, equal deadlines in the order of adding. Timers
  // added meanwhile wait for the next call. The number of tasks run.
  size_t run_due(MonoMs now, size_t limit = SIZE_MAX);
  // Deadline of the earliest timer.
  std::optional<MonoMs> next() const;
  size_t size() const { return heap_.size(); }
  // Destroys all timers without running them.
  void clear();

 private:
  struct Entry {  // in the heap: what comparisons need is kept together
    MonoMs deadline;
    uint64_t order;  // equal deadlines: first come, first served
    uint32_t slot;
  };
  struct Slot {
    Task task;
    uint32_t place = 0;       // index in heap_
    uint32_t generation = 0;  // odd while pending
  };
  static bool before(const Entry& a, const Entry& b) {
    return a.deadline != b.deadline ? a.deadline < b.deadline : a.order < b.order;
  }
  void put(size_t place, const Entry& entry);
  void sift_up(size_t place, Entry entry);
  void sift_down(size_t place, Entry entry);
  Task take(uint32_t slot);  // out of the heap; the slot becomes free

  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  uint64_t order_ = 0;
};

}  // namespace strims::net
