// The timestamps of one publisher: milliseconds of 32 bits that begin anywhere and wrap after 49
// days (RTMP 1.0 section 5.3.1), to ones that do neither.
#pragma once

#include <cstdint>
#include <optional>

namespace strims::media {

class SessionClock {
 public:
  // Takes the shorter way round from the timestamp before, forward or back.
  int64_t unwrap(uint32_t timestamp_ms) {
    last_ms_ =
        last_ms_ ? *last_ms_ + static_cast<int32_t>(timestamp_ms - static_cast<uint32_t>(*last_ms_))
                 : int64_t{timestamp_ms};
    return *last_ms_;
  }

 private:
  std::optional<int64_t> last_ms_;
};

}  // namespace strims::media
