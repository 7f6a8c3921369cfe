#include "net/timers.h"

#include <algorithm>

namespace strims::net {
namespace {

// Four children per node: half the depth of a binary heap, and the four lie in two cache lines.
constexpr size_t kArity = 4;

uint32_t slot_of(TimerId id) {
  return static_cast<uint32_t>(id);
}
uint32_t generation_of(TimerId id) {
  return static_cast<uint32_t>(id >> 32);
}

}  // namespace

TimerId Timers::add(MonoMs deadline, Task task) {
  if (heap_.size() >= kMaxTimers) return kNoTimer;
  uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Slot& s = slots_[slot];
  s.task = std::move(task);
  ++s.generation;
  heap_.emplace_back();
  sift_up(heap_.size() - 1, Entry{deadline, order_++, slot});
  return TimerId{s.generation} << 32 | slot;
}

bool Timers::cancel(TimerId id) {
  const uint32_t slot = slot_of(id);
  if (slot >= slots_.size()) return false;
  const uint32_t generation = slots_[slot].generation;
  if (generation != generation_of(id) || generation % 2 == 0) return false;
  // Destroyed here, after the structure is whole again: a destructor may add or cancel other
  // timers.
  Task dropped = take(slot);
  return true;
}

size_t Timers::run_due(MonoMs now, size_t limit) {
  const uint64_t order_at_start = order_;
  size_t ran = 0;
  // A timer added meanwhile sorts behind every older one that is due, so meeting one means that all
  // old ones ran.
  while (ran < limit && !heap_.empty() && heap_[0].deadline <= now &&
         heap_[0].order < order_at_start) {
    Task task = take(heap_[0].slot);
    ++ran;
    task();
  }
  return ran;
}

std::optional<MonoMs> Timers::next() const {
  if (heap_.empty()) return std::nullopt;
  return heap_[0].deadline;
}

void Timers::clear() {
  while (!heap_.empty()) Task dropped = take(heap_.back().slot);
}

void Timers::put(size_t place, const Entry& entry) {
  heap_[place] = entry;
  slots_[entry.slot].place = static_cast<uint32_t>(place);
}

void Timers::sift_up(size_t place, Entry entry) {
  while (place > 0) {
    const size_t parent = (place - 1) / kArity;
    if (!before(entry, heap_[parent])) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, entry);
}

void Timers::sift_down(size_t place, Entry entry) {
  for (;;) {
    const size_t first = place * kArity + 1;
    if (first >= heap_.size()) break;
    const size_t end = std::min(first + kArity, heap_.size());
    size_t least = first;
    for (size_t child = first + 1; child < end; ++child) {
      if (before(heap_[child], heap_[least])) least = child;
    }
    if (!before(heap_[least], entry)) break;
    put(place, heap_[least]);
    place = least;
  }
  put(place, entry);
}

Timers::Task Timers::take(uint32_t slot) {
  Slot& s = slots_[slot];
  const size_t place = s.place;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (place < heap_.size()) {
    if (place > 0 && before(last, heap_[(place - 1) / kArity])) {
      sift_up(place, last);
    } else {
      sift_down(place, last);
    }
  }
  ++s.generation;
  free_.push_back(slot);
  return std::exchange(s.task, nullptr);
}

}  // namespace strims::net
