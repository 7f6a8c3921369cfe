// The messages on their way: when each was sent, reached its first reader and its last. In shared
// memory, since the readers are in several processes. Bounded: it forgets a message when 65,536
// newer ones have been sent.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "load/tally.h"

namespace strims::load {

class MessageTable {
 public:
  // `readers`: how many must get each message.
  void expect(uint32_t readers) { readers_.store(readers, std::memory_order_relaxed); }
  // The sender's process, before it sends.
  void open(uint64_t number, int64_t sent_us);
  // A reader has it. The one who completes a message records its times.
  void arrived(uint64_t number, int64_t now_us, Tally& tally);
  // Whether all readers agree on which message bears a number: false when `seq` was another message
  // for somebody.
  bool agrees(uint64_t seq, uint64_t number);

 private:
  static constexpr size_t kSlots = 65'536;
  struct Slot {
    std::atomic<uint64_t> number{UINT64_MAX};
    std::atomic<int64_t> sent_us{0}, first_us{0}, last_us{0};
    std::atomic<uint32_t> count{0};
  };
  struct Line {
    std::atomic<uint64_t> seq{0};
    std::atomic<uint64_t> number{0};
  };
  std::array<Slot, kSlots> slots_;
  std::array<Line, kSlots> lines_;
  std::atomic<uint32_t> readers_{0};
};

}  // namespace strims::load
