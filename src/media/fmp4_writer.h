// Writes the fragments of fragmented MP4: `prft`, `moof` and `mdat` (ISO 14496-12).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "media/fmp4_init.h"

namespace strims::media {

struct Sample {
  uint32_t size = 0;
  uint32_t duration = 0;  // ticks
  // Presentation minus decoding, ticks; may be negative (`trun` version 1).
  int32_t composition_offset = 0;
  bool sync = true;
};

struct TrackRun {
  uint64_t decode_time = 0;  // of the first sample, ticks
  std::span<const Sample> samples;
  std::string_view data;  // the samples' bytes, one behind the other
};

struct Fragment {
  uint32_t sequence = 1;  // rises from fragment to fragment
  TimeMs wall_ms = 0;     // wall time that belongs to the first decode time (`prft`)
  TrackRun video;         // no samples: nothing of it in this fragment
  TrackRun audio;
};

// `prft`, `moof`, `mdat`. There is at least one sample; the data is less than 2 GiB.
std::string write_fragment(const Fragment& fragment);

}  // namespace strims::media
