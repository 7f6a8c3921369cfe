// What a streamer should be told about the stream, in sentences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace strims::media {

struct StreamFacts {
  bool has_video = false;
  bool has_audio = false;
  int64_t keyframe_gap_ms = 0;      // between the last two, or since the last when that is longer
  int64_t av_skew_ms = 0;           // video minus audio
  bool audio_is_elsewhere = false;  // its timestamps are nowhere near those of video
  int chroma_format = 1;
  int bit_depth = 8;
};

// The worst first; none when all is well.
std::vector<std::string> stream_notes(const StreamFacts& facts);

}  // namespace strims::media
