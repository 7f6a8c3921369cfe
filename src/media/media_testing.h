// Headers and tags of a publisher, made for tests.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "media/box_writer.h"

namespace strims::media::testing {

// Bits, most significant first.
class BitWriter {
 public:
  BitWriter& bits(uint32_t value, int count) {
    for (int i = count - 1; i >= 0; --i) bit(value >> i & 1);
    return *this;
  }
  BitWriter& ue(uint32_t value) {
    int length = 0;
    while ((uint64_t{value} + 1) >> (length + 1)) ++length;
    return bits(0, length).bits(value + 1, length + 1);
  }
  BitWriter& se(int32_t value) {
    return ue(value > 0 ? 2 * static_cast<uint32_t>(value) - 1 : 2 * static_cast<uint32_t>(-value));
  }
  // With zeros to the next byte.
  std::string bytes() const { return out_; }

 private:
  void bit(uint32_t value) {
    if (count_++ % 8 == 0) out_ += '\0';
    if (value) out_.back() = static_cast<char>(out_.back() | 1 << (7 - (count_ - 1) % 8));
  }
  std::string out_;
  size_t count_ = 0;
};

// A sequence parameter set to be.
struct SpsSpec {
  uint32_t profile = 100;
  uint32_t compatibility = 0;
  uint32_t level = 31;
  uint32_t chroma_format = 1;
  uint32_t bit_depth = 8;
  bool scaling_matrix = false;
  uint32_t picture_order_type = 0;
  uint32_t macroblocks_wide = 80;
  uint32_t map_units_high = 45;
  bool frames_only = true;
  // Left, right, top, bottom, in units of chroma; none when all are 0.
  std::vector<uint32_t> crop;
  uint32_t sar_idc = 0;                    // 0: none
  uint32_t sar_width = 0, sar_height = 0;  // with idc 255
  bool video_signal = false;
  uint32_t units_in_tick = 0;  // 0: no timing
  uint32_t time_scale = 0;
};

// The bytes of a NAL unit, with emulation prevention.
inline std::string escaped(std::string_view payload) {
  std::string out;
  int zeros = 0;
  for (const char c : payload) {
    if (zeros >= 2 && static_cast<uint8_t>(c) <= 3) {
      out += '\x03';
      zeros = 0;
    }
    zeros = c == 0 ? zeros + 1 : 0;
    out += c;
  }
  return out;
}

inline void put_vui(BitWriter& w, const SpsSpec& s) {
  w.bits(s.sar_idc != 0, 1);
  if (s.sar_idc) w.bits(s.sar_idc, 8);
  if (s.sar_idc == 255) w.bits(s.sar_width, 16).bits(s.sar_height, 16);
  w.bits(0, 1).bits(s.video_signal, 1);
  if (s.video_signal) w.bits(5, 3).bits(0, 1).bits(1, 1).bits(0x010101, 24);
  w.bits(0, 1).bits(s.units_in_tick != 0, 1);
  if (s.units_in_tick) w.bits(s.units_in_tick, 32).bits(s.time_scale, 32).bits(1, 1);
  w.bits(0, 4);
}

inline std::string sps(const SpsSpec& s = {}) {
  BitWriter w;
  w.bits(s.profile, 8).bits(s.compatibility, 8).bits(s.level, 8).ue(0);
  if (s.profile >= 100) {
    w.ue(s.chroma_format);
    if (s.chroma_format == 3) w.bits(0, 1);
    w.ue(s.bit_depth - 8).ue(s.bit_depth - 8).bits(0, 1).bits(s.scaling_matrix, 1);
    // The first list, of 16, in full; the second ends after one; none of the others.
    if (s.scaling_matrix) {
      w.bits(1, 1);
      for (int i = 0; i < 16; ++i) w.se(i % 3 - 1);
      w.bits(1, 1).se(-8);
      w.bits(0, s.chroma_format == 3 ? 10 : 6);
    }
  }
  w.ue(0).ue(s.picture_order_type);
  if (s.picture_order_type == 0) w.ue(2);
  if (s.picture_order_type == 1) w.bits(0, 1).se(-3).se(4).ue(2).se(1).se(-1);
  w.ue(4).bits(0, 1).ue(s.macroblocks_wide - 1).ue(s.map_units_high - 1);
  w.bits(s.frames_only, 1);
  if (!s.frames_only) w.bits(1, 1);
  w.bits(1, 1).bits(!s.crop.empty(), 1);
  for (const uint32_t side : s.crop) w.ue(side);
  const bool vui = s.sar_idc || s.video_signal || s.units_in_tick;
  w.bits(vui, 1);
  if (vui) put_vui(w, s);
  w.bits(1, 1);
  return '\x67' + escaped(w.bytes());
}

inline std::string avc_record(std::string_view sps_nal, int nal_length = 4) {
  std::string out = "\x01";
  out += sps_nal.substr(1, 3);
  put_u8(out, 0xfc | static_cast<uint32_t>(nal_length - 1));
  put_u8(out, 0xe1);
  put_u16(out, static_cast<uint32_t>(sps_nal.size()));
  out += sps_nal;
  out += std::string_view("\x01\x00\x04\x68\xee\x3c\x80", 7);
  return out;
}

// AAC LC: rate by its index (3: 48 kHz, 4: 44.1 kHz).
inline std::string aac_record(uint32_t rate_index = 3, uint32_t channels = 2) {
  return BitWriter().bits(2, 5).bits(rate_index, 4).bits(channels, 4).bits(0, 3).bytes();
}

inline std::string video_config_tag(std::string_view record) {
  return std::string("\x17\x00\x00\x00\x00", 5).append(record);
}
inline std::string audio_config_tag(std::string_view record) {
  return std::string("\xaf\x00", 2).append(record);
}

// One NAL unit of `size` bytes behind a length of four.
inline std::string video_tag(bool keyframe, int32_t composition_ms = 0, size_t size = 40) {
  std::string out(1, keyframe ? '\x17' : '\x27');
  put_u8(out, 1);
  put_u8(out, static_cast<uint32_t>(composition_ms) >> 16);
  put_u16(out, static_cast<uint32_t>(composition_ms));
  put_u32(out, static_cast<uint32_t>(size));
  out += keyframe ? '\x65' : '\x41';
  out.append(size - 1, keyframe ? 'K' : 'v');
  return out;
}
inline std::string audio_tag(size_t size = 20) {
  return std::string("\xaf\x01", 2).append(size, 'a');
}

}  // namespace strims::media::testing
