// One message of a publisher, as RTMP and FLV carry it (FLV 10.1, annex E.4).
#pragma once

#include <cstdint>
#include <span>

namespace strims::media {

enum class TagKind : uint8_t { audio = 8, video = 9, data = 18 };

struct Tag {
  TagKind kind = TagKind::video;
  uint32_t timestamp_ms = 0;      // the publisher's clock; begins anywhere and wraps
  std::span<const uint8_t> body;  // AUDIODATA, VIDEODATA or AMF0 values; valid during the call only
};

}  // namespace strims::media
