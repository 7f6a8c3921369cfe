// The configuration of an H.264 stream and the form of its frames (ISO 14496-15 section 5.3).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/error.h"
#include "media/avc_sps.h"

namespace strims::media {

// An AVCDecoderConfigurationRecord and what its first SPS says.
struct AvcConfig {
  std::string record;  // as the publisher sent it: the payload of `avcC`
  int nal_length = 4;  // bytes of the length before each NAL unit: 1, 2 or 4
  AvcSps sps;
  std::string codec;  // RFC 6381: "avc1.64001f"
};

// Error: invalid/"sequence_header".
Result<AvcConfig> parse_avc_config(std::span<const uint8_t> record);

// Whether `units` is a row of NAL units, each behind a length of `nal_length` bytes, to the last
// byte. A player stops for good at one that is not.
bool avc_units_are_whole(std::span<const uint8_t> units, int nal_length);

}  // namespace strims::media
