// Writes fragmented MP4 (ISO 14496-12, -14 and -15; CMAF's way of doing it): an init of `ftyp` and
// `moov`, then fragments of `prft`, `moof` and `mdat`. Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "media/aac.h"
#include "media/avc.h"

namespace strims::media {

constexpr uint32_t kVideoTrack = 1;  // track_ID
constexpr uint32_t kAudioTrack = 2;
// Ticks per second. Audio counts samples: its timescale is its sampling rate.
constexpr uint32_t kVideoTimescale = 90'000;

// `ftyp` and `moov`. At least one of them is not null.
std::string write_init(const AvcConfig* video, const AacConfig* audio);

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
