// What the packager makes: the beginning of a file and the fragments behind it (ISO 14496-12,
// CMAF). Immutable and shared: the same bytes go to every viewer and to the recording.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"

namespace strims::media {

using SharedBytes = std::shared_ptr<const std::string>;

// `ftyp` and `moov`. A change of codec or size makes another one.
struct Init {
  uint32_t number = 0;  // 1, 2, ... within a broadcast
  SharedBytes bytes;
  std::string codecs;  // RFC 6381: "avc1.64001f,mp4a.40.2"
  int width = 0;       // 0: no video
  int height = 0;
  double frame_rate = 0;  // 0: unknown
  bool has_video = false;
  bool has_audio = false;
};

// `prft`, `moof` and `mdat`: about half a second, playable behind its init.
struct Part {
  uint64_t segment = 0;  // media sequence number; goes on over reconnects of the publisher
  uint32_t index = 0;    // within the segment, from 0
  uint32_t init = 0;     // Init::number
  int64_t start_us = 0;  // media time since the broadcast's first frame
  int64_t duration_us = 0;
  TimeMs wall_ms = 0;          // EXT-X-PROGRAM-DATE-TIME of its first frame
  bool independent = false;    // begins with a keyframe (or the stream has audio only)
  bool discontinuity = false;  // timestamps or init do not continue the part before it
  bool ends_segment = false;   // the next part belongs to the next segment
  SharedBytes bytes;
};

}  // namespace strims::media
