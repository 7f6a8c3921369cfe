// Writes the init of fragmented MP4: `ftyp` and `moov` (ISO 14496-12, -14 and -15).
#pragma once

#include <cstdint>
#include <string>

#include "media/aac.h"
#include "media/avc.h"

namespace strims::media {

constexpr uint32_t kVideoTrack = 1;  // track_ID
constexpr uint32_t kAudioTrack = 2;
// Ticks per second. Audio counts samples: its timescale is its sampling rate.
constexpr uint32_t kVideoTimescale = 90'000;

// sample_flags: depends on no other; depends on others and is no sync sample. `trex` says the
// second for video and the first for audio.
constexpr uint32_t kSyncSample = 0x02000000;
constexpr uint32_t kNotSyncSample = 0x01010000;

// At least one of them is not null.
std::string write_init(const AvcConfig* video, const AacConfig* audio);

}  // namespace strims::media
