// What an AAC stream says about itself (ISO 14496-3 section 1.6.2.1).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/error.h"

namespace strims::media {

// An AudioSpecificConfig.
struct AacConfig {
  std::string record;        // as the publisher sent it
  int object_type = 2;       // of the core: 2 is AAC LC
  bool sbr = false;          // spectral band replication, said explicitly (HE-AAC)
  bool ps = false;           // parametric stereo, said explicitly (HE-AAC v2)
  int sample_rate = 0;       // of the core, Hz
  int output_rate = 0;       // after SBR: the same or twice as much
  int channels = 0;          // of the core; 0: a program config element says
  int frame_samples = 1024;  // per access unit, at `sample_rate`: 1024 or 960
  std::string codec;         // RFC 6381: "mp4a.40.2"
};

// Error: invalid/"sequence_header"; unsupported/"codec" for an object type that is no AAC.
Result<AacConfig> parse_aac_config(std::span<const uint8_t> record);

}  // namespace strims::media
