// The bytes of one feed on one shard: an append-only run of WebSocket frames in a ring that is
// mapped twice in a row, so that any range of it is contiguous memory. A reader is a position (a
// count of bytes since the start); to send is one write from the position to the end. Lives on its
// shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace strims::hub {

// Counts from capacity() on, so that 0 is free to mean "no position".
using FeedPosition = uint64_t;

class FeedRing {
 public:
  // `bytes` is rounded up to a power of two of at least one page. Aborts when the kernel gives no
  // memory: the feed is made at start, where that is an operator's mistake.
  explicit FeedRing(size_t bytes);
  ~FeedRing();
  FeedRing(const FeedRing&) = delete;
  FeedRing& operator=(const FeedRing&) = delete;

  // Appends whole frames; the oldest bytes fall out. `frames` longer than the ring keeps only its
  // end, which no reader can follow: readers before end() - capacity() are lost.
  void append(std::string_view frames);

  FeedPosition end() const { return end_; }
  size_t capacity() const { return capacity_; }
  // True while the bytes from `position` on are still here.
  bool holds(FeedPosition position) const { return end_ - position <= capacity_; }
  // [from, to), which must be held.
  std::span<const uint8_t> range(FeedPosition from, FeedPosition to) const {
    return {base_ + (from & (capacity_ - 1)), static_cast<size_t>(to - from)};
  }

 private:
  uint8_t* base_ = nullptr;
  size_t capacity_ = 0;
  FeedPosition end_ = 0;
};

}  // namespace strims::hub
