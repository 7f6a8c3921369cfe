// The access units that came before a stretch of media can begin: it needs its headers and a
// keyframe. Bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>

#include "base/clock.h"

namespace strims::media {

// One access unit.
struct Unit {
  bool video = false;
  bool keyframe = false;
  int64_t time_ms = 0;  // of decoding, on the session's clock
  int32_t composition_ms = 0;
  TimeMs now = 0;  // when it came
  std::span<const uint8_t> data;
};

class StartBuffer {
 public:
  // Keeps a copy, or drops it: video before a keyframe is of no use. Returns how many were dropped,
  // this one or older ones.
  size_t add(const Unit& unit);

  // Where media can begin: the first keyframe; without video, the first unit. Null: not yet.
  const Unit* anchor(bool with_video) const;
  // How much media has come since the buffer was made or reset, what was dropped included.
  int64_t span_ms() const { return first_ms_ ? newest_ms_ - *first_ms_ : 0; }
  bool full() const { return full_; }

  // In the order of their coming. Their data points into the buffer.
  const std::deque<Unit>& units() const { return units_; }
  // Forgets the units; returns how many.
  size_t clear();
  // Forgets the time too.
  size_t reset();

 private:
  size_t prune();

  std::deque<Unit> units_;
  std::deque<std::string> bytes_;  // of each; a deque does not move them
  size_t total_ = 0;
  bool has_keyframe_ = false;
  bool full_ = false;
  std::optional<int64_t> first_ms_;
  int64_t newest_ms_ = 0;
};

}  // namespace strims::media
