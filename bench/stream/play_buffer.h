// What a player still has to show.
#pragma once

#include <algorithm>
#include <cstdint>

namespace strims::stream_load {

class PlayBuffer {
 public:
  // Playback begins now, with so much ahead of it.
  void start(int64_t now_us, int64_t ahead_us) { empty_at_us_ = now_us + ahead_us; }
  // More has come. Returns for how long the picture had stood still by then.
  int64_t add(int64_t now_us, int64_t duration_us) {
    const int64_t stalled = std::max<int64_t>(0, now_us - empty_at_us_);
    empty_at_us_ += stalled + duration_us;
    return stalled;
  }

 private:
  int64_t empty_at_us_ = 0;
};

}  // namespace strims::stream_load
