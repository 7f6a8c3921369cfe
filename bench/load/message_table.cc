#include "load/message_table.h"

namespace strims::load {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

template <class Better>
void improve(std::atomic<int64_t>& value, int64_t with, Better better) {
  int64_t now = value.load(kRelaxed);
  while (better(with, now) && !value.compare_exchange_weak(now, with, kRelaxed)) {
  }
}

}  // namespace

void MessageTable::open(uint64_t number, int64_t sent_us) {
  Slot& slot = slots_[number % kSlots];
  slot.number.store(UINT64_MAX, kRelaxed);
  slot.sent_us.store(sent_us, kRelaxed);
  slot.first_us.store(INT64_MAX, kRelaxed);
  slot.last_us.store(0, kRelaxed);
  slot.count.store(0, kRelaxed);
  slot.number.store(number, std::memory_order_release);
}

void MessageTable::arrived(uint64_t number, int64_t now_us, Tally& tally) {
  Slot& slot = slots_[number % kSlots];
  if (slot.number.load(std::memory_order_acquire) != number) return;
  improve(slot.first_us, now_us, std::less<>());
  improve(slot.last_us, now_us, std::greater<>());
  const uint32_t readers = readers_.load(kRelaxed);
  if (slot.count.fetch_add(1, std::memory_order_acq_rel) + 1 != readers) return;
  const int64_t sent = slot.sent_us.load(kRelaxed);
  tally.first.record(slot.first_us.load(kRelaxed) - sent);
  tally.last.record(slot.last_us.load(kRelaxed) - sent);
}

bool MessageTable::agrees(uint64_t seq, uint64_t number) {
  Line& line = lines_[seq % kSlots];
  // The first to come writes; the others, mostly much later, compare. A torn look at a line that is
  // being written sees an older seq and compares nothing.
  const uint64_t known = line.seq.load(std::memory_order_acquire);
  if (known == seq) return line.number.load(kRelaxed) == number;
  if (known < seq) {
    line.number.store(number, kRelaxed);
    line.seq.store(seq, std::memory_order_release);
  }
  return true;
}

}  // namespace strims::load
