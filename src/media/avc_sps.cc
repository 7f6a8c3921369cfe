#include "media/avc_sps.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "media/bit_reader.h"

namespace strims::media {
namespace {

constexpr uint8_t kNalSps = 7;
// Larger than any level permits; keeps the arithmetic far from its ends.
constexpr uint32_t kMaxSide = 16384;
// sample_aspect_ratio (table E-1).
constexpr uint32_t kExtendedSar = 255;
constexpr std::array<std::array<uint16_t, 2>, 17> kSar = {{{1, 1},
                                                           {1, 1},
                                                           {12, 11},
                                                           {10, 11},
                                                           {16, 11},
                                                           {40, 33},
                                                           {24, 11},
                                                           {20, 11},
                                                           {32, 11},
                                                           {80, 33},
                                                           {18, 11},
                                                           {15, 11},
                                                           {64, 33},
                                                           {160, 99},
                                                           {4, 3},
                                                           {3, 2},
                                                           {2, 1}}};

std::unexpected<Error> bad(std::string_view what) {
  return fail(Errc::invalid, "sequence_header",
              fmt::format("the H.264 sequence parameter set is not valid ({})", what));
}

// Without the emulation prevention bytes (section 7.4.1).
std::string payload_of(std::span<const uint8_t> nal) {
  std::string out;
  out.reserve(nal.size());
  int zeros = 0;
  for (const uint8_t byte : nal) {
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    out += static_cast<char>(byte);
  }
  return out;
}

bool has_chroma_fields(uint8_t profile) {
  constexpr std::array<uint8_t, 13> kProfiles = {100, 110, 122, 244, 44,  83, 86,
                                                 118, 128, 138, 139, 134, 135};
  return std::ranges::find(kProfiles, profile) != kProfiles.end();
}

void skip_scaling_list(BitReader& in, int size) {
  uint32_t last = 8, next = 8;
  for (int i = 0; i < size && in.ok(); ++i) {
    if (next != 0) next = (last + static_cast<uint32_t>(in.signed_golomb())) & 0xff;
    last = next == 0 ? last : next;
  }
}

// Sets chroma_format and bit_depth. False when a value is beyond the standard.
bool read_chroma(BitReader& in, AvcSps& sps) {
  const uint32_t format = in.unsigned_golomb();
  if (format > 3) return false;
  sps.chroma_format = static_cast<int>(format);
  if (format == 3) in.skip(1);  // separate_colour_plane_flag
  const uint32_t depth = std::max(in.unsigned_golomb(), in.unsigned_golomb());
  if (depth > 6) return false;
  sps.bit_depth = 8 + static_cast<int>(depth);
  in.skip(1);      // qpprime_y_zero_transform_bypass_flag
  if (in.bit()) {  // seq_scaling_matrix_present_flag
    for (int i = 0; i < (format == 3 ? 12 : 8); ++i)
      if (in.bit()) skip_scaling_list(in, i < 6 ? 16 : 64);
  }
  return in.ok();
}

void skip_picture_order(BitReader& in) {
  const uint32_t type = in.unsigned_golomb();
  if (type == 0) {
    in.unsigned_golomb();  // log2_max_pic_order_cnt_lsb_minus4
  } else if (type == 1) {
    in.skip(1);  // delta_pic_order_always_zero_flag
    in.signed_golomb();
    in.signed_golomb();
    // num_ref_frames_in_pic_order_cnt_cycle is at most 255.
    const uint32_t cycle = std::min(in.unsigned_golomb(), uint32_t{255});
    for (uint32_t i = 0; i < cycle && in.ok(); ++i) in.signed_golomb();
  }
}

// Sets width and height.
bool read_size(BitReader& in, AvcSps& sps) {
  const uint32_t macroblocks_wide = in.unsigned_golomb() + 1;
  const uint32_t map_units_high = in.unsigned_golomb() + 1;
  const uint32_t fields = in.bit() ? 1 : 2;  // frame_mbs_only_flag: 1 unless fields are coded
  if (!in.ok() || macroblocks_wide > kMaxSide / 16 || map_units_high > kMaxSide / 16) return false;
  if (fields == 2) in.skip(1);  // mb_adaptive_frame_field_flag
  in.skip(1);                   // direct_8x8_inference_flag
  const uint32_t width = macroblocks_wide * 16;
  const uint32_t height = map_units_high * 16 * fields;
  uint64_t cut_x = 0, cut_y = 0;
  if (in.bit()) {  // frame_cropping_flag; its units are those of chroma (section 7.4.2.1.1)
    const uint64_t unit_x = sps.chroma_format == 1 || sps.chroma_format == 2 ? 2 : 1;
    const uint64_t unit_y = (sps.chroma_format == 1 ? 2 : 1) * fields;
    const uint64_t left = in.unsigned_golomb(), right = in.unsigned_golomb();
    const uint64_t top = in.unsigned_golomb(), bottom = in.unsigned_golomb();
    cut_x = (left + right) * unit_x;
    cut_y = (top + bottom) * unit_y;
  }
  if (!in.ok() || cut_x >= width || cut_y >= height) return false;
  sps.width = static_cast<int>(width - cut_x);
  sps.height = static_cast<int>(height - cut_y);
  return true;
}

// Video usability information (annex E.1.1), as far as the timing. What is missing there stays
// unsaid: it decides about no more than a label.
void read_vui(BitReader& in, AvcSps& sps) {
  if (in.bit()) {  // aspect_ratio_info_present_flag
    const uint32_t idc = in.bits(8);
    int width = 1, height = 1;
    if (idc == kExtendedSar) {
      width = static_cast<int>(in.bits(16));
      height = static_cast<int>(in.bits(16));
    } else if (idc < kSar.size()) {
      width = kSar[idc][0];
      height = kSar[idc][1];
    }
    if (in.ok() && width > 0 && height > 0) {
      sps.sar_width = width;
      sps.sar_height = height;
    }
  }
  if (in.bit()) in.skip(1);  // overscan
  if (in.bit()) {            // video_signal_type
    in.skip(4);
    if (in.bit()) in.skip(24);  // colour_description
  }
  if (in.bit()) {  // chroma_loc_info
    in.unsigned_golomb();
    in.unsigned_golomb();
  }
  if (in.bit()) {  // timing_info: a tick is a field
    const uint32_t units_in_tick = in.bits(32);
    const uint32_t time_scale = in.bits(32);
    if (!in.ok() || units_in_tick == 0) return;
    const double rate = time_scale / (2.0 * units_in_tick);
    if (rate >= 1 && rate <= 1000) sps.frame_rate = rate;
  }
}

}  // namespace

Result<AvcSps> parse_avc_sps(std::span<const uint8_t> nal) {
  if (nal.size() < 4 || (nal[0] & 0x1f) != kNalSps) return bad("no SPS");
  const std::string payload = payload_of(nal.subspan(1));
  if (payload.size() < 4) return bad("short SPS");
  BitReader in(as_bytes(payload));
  AvcSps sps;
  sps.profile = static_cast<uint8_t>(in.bits(8));
  sps.compatibility = static_cast<uint8_t>(in.bits(8));
  sps.level = static_cast<uint8_t>(in.bits(8));
  in.unsigned_golomb();  // seq_parameter_set_id
  if (has_chroma_fields(sps.profile) && !read_chroma(in, sps)) return bad("colour format");
  in.unsigned_golomb();  // log2_max_frame_num_minus4
  skip_picture_order(in);
  in.unsigned_golomb();  // max_num_ref_frames
  in.skip(1);            // gaps_in_frame_num_value_allowed_flag
  if (!read_size(in, sps)) return bad("picture size");
  if (in.bit()) read_vui(in, sps);
  return sps;
}

}  // namespace strims::media
