// The sequence parameter set of an H.264 stream (ITU-T H.264 section 7.3.2.1 and annex E).
#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"

namespace strims::media {

// Of one sequence parameter set.
struct AvcSps {
  uint8_t profile = 0;        // profile_idc
  uint8_t compatibility = 0;  // constraint_set flags
  uint8_t level = 0;          // level_idc: 31 is level 3.1
  int chroma_format = 1;      // chroma_format_idc: 1 is 4:2:0
  int bit_depth = 8;          // the larger one of luma and chroma
  int width = 0;              // after cropping
  int height = 0;
  int sar_width = 1;  // sample aspect ratio; 1:1 when not said
  int sar_height = 1;
  double frame_rate = 0;  // 0: not said
};

// `nal`: with its header byte, with emulation prevention. Error: invalid/"sequence_header".
Result<AvcSps> parse_avc_sps(std::span<const uint8_t> nal);

}  // namespace strims::media
