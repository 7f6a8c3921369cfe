// What the boxes of a recording say, as far as a playlist needs it (ISO 14496-12 section 8). Any
// bytes are harmless.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace strims::media {

struct BoxHead {
  std::string_view type;  // four bytes, in the input
  uint64_t size = 0;      // of the box, its head included; at least `length`
  size_t length = 0;      // of the head: 8 or 16
};

// Nothing when `bytes` does not begin with a whole head, or its size is none. A size of 0 ("to the
// end of the file") is none: a file that is appended to cannot have it.
std::optional<BoxHead> parse_box_head(std::span<const uint8_t> bytes);

struct FileTrack {
  uint32_t id = 0;
  uint32_t timescale = 0;  // not 0
  bool video = false;
};

// The body of `moov`: its tracks of audio and video.
std::vector<FileTrack> parse_moov(std::span<const uint8_t> body);

// The body of `prft`; 0 when it says nothing.
TimeMs parse_prft(std::span<const uint8_t> body);

struct MoofSummary {
  int64_t start_us = 0;  // of video when there is some, else of audio
  int64_t duration_us = 0;
  bool keyframe = false;   // video begins with one; of a file without video: always
  uint64_t data_size = 0;  // of all samples
};

// The body of `moof`. Nothing when it is not right or has no sample of `tracks`.
std::optional<MoofSummary> parse_moof(std::span<const uint8_t> body,
                                      std::span<const FileTrack> tracks);

}  // namespace strims::media
