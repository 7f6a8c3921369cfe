// Who wants the deflated form of a feed, counted by the shards for the home shard, which deflates
// only what somebody reads. A reader is counted before he waits for an epoch, so whoever has
// changed over is never overlooked.
#pragma once

#include <atomic>
#include <cstdint>

#include "hub/feed_encoder.h"

namespace strims::hub {

class DeflateDemand {
 public:
  // Any shard.
  void enter() {
    readers_.fetch_add(1, std::memory_order_relaxed);
    waiting_.fetch_add(1, std::memory_order_relaxed);
  }
  void leave(bool waiting) {
    if (waiting) waiting_.fetch_sub(1, std::memory_order_relaxed);
    readers_.fetch_sub(1, std::memory_order_relaxed);
  }
  void wait(bool waiting) {
    if (waiting)
      waiting_.fetch_add(1, std::memory_order_relaxed);
    else
      waiting_.fetch_sub(1, std::memory_order_relaxed);
  }
  FeedEncoder::Readers readers() const {
    return {readers_.load(std::memory_order_relaxed) > 0,
            waiting_.load(std::memory_order_relaxed) > 0};
  }

 private:
  std::atomic<uint32_t> readers_{0};
  std::atomic<uint32_t> waiting_{0};
};

}  // namespace strims::hub
