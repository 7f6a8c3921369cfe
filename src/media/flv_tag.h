// The bodies of audio and video tags (FLV 10.1, annexes E.4.2 and E.4.3; Enhanced RTMP v2). H.264
// and AAC only; what else there is gets a name, for the sentence to the streamer.
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"

namespace strims::media {

enum class TagContent : uint8_t {
  config,   // `payload` is an AVCDecoderConfigurationRecord or an AudioSpecificConfig
  frame,    // `payload` is an access unit: NAL units behind their lengths, or raw AAC
  nothing,  // end of sequence, commands, metadata, empty: to be ignored
};

struct VideoTag {
  TagContent content = TagContent::nothing;
  bool keyframe = false;
  int32_t composition_ms = 0;  // presentation minus decoding
  std::span<const uint8_t> payload;
};

struct AudioTag {
  TagContent content = TagContent::nothing;
  std::span<const uint8_t> payload;
};

// Errors: unsupported/"codec" with a sentence for the streamer; invalid/"malformed".
Result<VideoTag> parse_video_tag(std::span<const uint8_t> body);
Result<AudioTag> parse_audio_tag(std::span<const uint8_t> body);

}  // namespace strims::media
