// Constants of fragments that both who writes and who reads them needs (ISO 14496-12). Internal to
// fmp4_writer.cc and moof_reader.cc.
#pragma once

#include <cstdint>

namespace strims::media {

// `prft`: seconds from 1900, where NTP begins, to 1970.
constexpr uint64_t kNtpEpoch = 2'208'988'800;

// tr_flags (section 8.8.8): what a run tells, of itself and of each sample.
constexpr uint32_t kDataOffset = 0x1;
constexpr uint32_t kFirstSampleFlags = 0x4;
constexpr uint32_t kDurations = 0x100;
constexpr uint32_t kSizes = 0x200;
constexpr uint32_t kFlags = 0x400;
constexpr uint32_t kCompositionOffsets = 0x800;

}  // namespace strims::media
