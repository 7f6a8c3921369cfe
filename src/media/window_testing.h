// Fills a live window, for tests.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "media/live_window.h"

namespace strims::media::testing {

// Parts of half a second whose bytes are their numbers; four make a segment.
struct Feeder {
  LiveWindow& window;
  uint32_t parts_per_segment = 4;
  int64_t part_us = 500'000;
  size_t part_bytes = 0;  // 0: the number alone
  Part next = {};

  // The next one.
  void init() {
    next.init += 1;
    Init init{.number = next.init, .codecs = "avc1.64001f,mp4a.40.2", .width = 1280, .height = 720};
    init.frame_rate = 30;
    init.has_video = init.has_audio = true;
    init.bytes = std::make_shared<const std::string>("init " + std::to_string(next.init));
    window.add(init);
  }
  // Before the next part; that begins a segment.
  void discontinuity() { next.discontinuity = true; }
  void part() {
    std::string bytes = std::to_string(next.segment) + "." + std::to_string(next.index);
    if (part_bytes) bytes.resize(part_bytes, '.');
    next.bytes = std::make_shared<const std::string>(std::move(bytes));
    next.duration_us = part_us;
    next.wall_ms = 1'760'000'000'000 + next.start_us / 1000;
    next.independent = next.index == 0;
    next.ends_segment = next.index + 1 >= parts_per_segment;
    window.add(next);
    next.start_us += part_us;
    next.discontinuity = false;
    next.index = next.ends_segment ? 0 : next.index + 1;
    if (next.ends_segment) ++next.segment;
  }
  void segments(int count) {
    for (int i = 0; i < count; ++i) {
      do part();
      while (next.index != 0);
    }
  }
};

}  // namespace strims::media::testing
