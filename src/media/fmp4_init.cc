#include "media/fmp4_init.h"

#include <algorithm>
#include <string_view>

#include "media/box_writer.h"

namespace strims::media {
namespace {

void put_matrix(std::string& out) {
  for (const uint32_t v : {0x10000U, 0U, 0U, 0U, 0x10000U, 0U, 0U, 0U, 0x40000000U})
    put_u32(out, v);
}

void put_mvhd(std::string& out) {
  BoxScope box(out, "mvhd", 0, 0);
  put_zeros(out, 8);  // creation and modification time: not known
  put_u32(out, 1000);
  put_u32(out, 0);  // duration: the fragments'
  put_u32(out, 0x10000);
  put_u16(out, 0x100);
  put_zeros(out, 10);
  put_matrix(out);
  put_zeros(out, 24);
  put_u32(out, kAudioTrack + 1);  // next_track_ID
}

void put_tkhd(std::string& out, uint32_t track, uint32_t width, uint32_t height) {
  constexpr uint32_t kEnabledInMovie = 3;
  BoxScope box(out, "tkhd", 0, kEnabledInMovie);
  put_zeros(out, 8);
  put_u32(out, track);
  put_zeros(out, 16);                              // reserved, duration, reserved
  put_u32(out, 0);                                 // layer, alternate group
  put_u16(out, track == kAudioTrack ? 0x100 : 0);  // volume
  put_u16(out, 0);
  put_matrix(out);
  put_u32(out, width << 16);
  put_u32(out, height << 16);
}

void put_mdhd(std::string& out, uint32_t timescale) {
  BoxScope box(out, "mdhd", 0, 0);
  put_zeros(out, 8);
  put_u32(out, timescale);
  put_u32(out, 0);
  put_u16(out, 0x55c4);  // "und"
  put_u16(out, 0);
}

void put_hdlr(std::string& out, std::string_view handler, std::string_view name) {
  BoxScope box(out, "hdlr", 0, 0);
  put_u32(out, 0);
  out += handler;
  put_zeros(out, 12);
  out += name;
  put_u8(out, 0);
}

void put_dinf(std::string& out) {
  constexpr uint32_t kSameFile = 1;
  BoxScope dinf(out, "dinf");
  BoxScope dref(out, "dref", 0, 0);
  put_u32(out, 1);
  BoxScope url(out, "url ", 0, kSameFile);
}

// The sample tables are empty: all samples are in fragments.
void put_empty_tables(std::string& out) {
  for (const std::string_view type : {"stts", "stsc", "stco"}) {
    BoxScope box(out, type, 0, 0);
    put_u32(out, 0);
  }
  BoxScope box(out, "stsz", 0, 0);
  put_zeros(out, 8);
}

void put_avc1(std::string& out, const AvcConfig& video) {
  BoxScope avc1(out, "avc1");
  put_zeros(out, 6);
  put_u16(out, 1);  // data_reference_index
  put_zeros(out, 16);
  put_u16(out, static_cast<uint32_t>(video.sps.width));
  put_u16(out, static_cast<uint32_t>(video.sps.height));
  put_u32(out, 0x480000);  // 72 dpi
  put_u32(out, 0x480000);
  put_u32(out, 0);
  put_u16(out, 1);  // frames per sample
  put_zeros(out, 32);
  put_u16(out, 0x18);
  put_u16(out, 0xffff);
  {
    BoxScope avcc(out, "avcC");
    out += video.record;
  }
  if (video.sps.sar_width == video.sps.sar_height) return;
  BoxScope pasp(out, "pasp");
  put_u32(out, static_cast<uint32_t>(video.sps.sar_width));
  put_u32(out, static_cast<uint32_t>(video.sps.sar_height));
}

// A descriptor's tag and the four byte form of its size (ISO 14496-1 section 8.3.3).
void put_descriptor(std::string& out, uint32_t tag, size_t size) {
  put_u8(out, tag);
  for (const int shift : {21, 14, 7})
    put_u8(out, static_cast<uint32_t>(size >> shift & 0x7f) | 0x80);
  put_u8(out, size & 0x7f);
}

void put_esds(std::string& out, const AacConfig& audio) {
  constexpr size_t kHead = 5;
  const size_t specific = audio.record.size();
  const size_t decoder = 13 + kHead + specific;
  BoxScope box(out, "esds", 0, 0);
  put_descriptor(out, 3, 3 + kHead + decoder + kHead + 1);  // ES_Descriptor
  put_u16(out, kAudioTrack);
  put_u8(out, 0);
  put_descriptor(out, 4, decoder);   // DecoderConfigDescriptor
  put_u8(out, 0x40);                 // MPEG-4 audio
  put_u8(out, 0x15);                 // an audio stream
  put_zeros(out, 11);                // buffer size and bit rates: not said
  put_descriptor(out, 5, specific);  // DecoderSpecificInfo
  out += audio.record;
  put_descriptor(out, 6, 1);  // SLConfigDescriptor
  put_u8(out, 2);
}

void put_mp4a(std::string& out, const AacConfig& audio) {
  BoxScope mp4a(out, "mp4a");
  put_zeros(out, 6);
  put_u16(out, 1);
  put_zeros(out, 8);
  put_u16(out, audio.channels > 0 ? static_cast<uint32_t>(audio.channels) : 2);
  put_u16(out, 16);
  put_u32(out, 0);
  // 16.16: larger rates do not fit; decoders look into the AudioSpecificConfig anyway.
  const auto rate = static_cast<uint32_t>(audio.sample_rate);
  put_u32(out, rate < 0x10000 ? rate << 16 : 0);
  put_esds(out, audio);
}

void put_video_trak(std::string& out, const AvcConfig& video) {
  const AvcSps& sps = video.sps;
  BoxScope trak(out, "trak");
  // As shown, pixels made square; 16 bits.
  const int64_t shown =
      std::min(int64_t{sps.width} * sps.sar_width / sps.sar_height, int64_t{0xffff});
  put_tkhd(out, kVideoTrack, static_cast<uint32_t>(shown), static_cast<uint32_t>(sps.height));
  BoxScope mdia(out, "mdia");
  put_mdhd(out, kVideoTimescale);
  put_hdlr(out, "vide", "video");
  BoxScope minf(out, "minf");
  {
    BoxScope vmhd(out, "vmhd", 0, 1);
    put_zeros(out, 8);
  }
  put_dinf(out);
  BoxScope stbl(out, "stbl");
  {
    BoxScope stsd(out, "stsd", 0, 0);
    put_u32(out, 1);
    put_avc1(out, video);
  }
  put_empty_tables(out);
}

void put_audio_trak(std::string& out, const AacConfig& audio) {
  BoxScope trak(out, "trak");
  put_tkhd(out, kAudioTrack, 0, 0);
  BoxScope mdia(out, "mdia");
  put_mdhd(out, static_cast<uint32_t>(audio.sample_rate));
  put_hdlr(out, "soun", "audio");
  BoxScope minf(out, "minf");
  {
    BoxScope smhd(out, "smhd", 0, 0);
    put_zeros(out, 4);
  }
  put_dinf(out);
  BoxScope stbl(out, "stbl");
  {
    BoxScope stsd(out, "stsd", 0, 0);
    put_u32(out, 1);
    put_mp4a(out, audio);
  }
  put_empty_tables(out);
}

void put_trex(std::string& out, uint32_t track, uint32_t sample_flags) {
  BoxScope box(out, "trex", 0, 0);
  put_u32(out, track);
  put_u32(out, 1);  // default_sample_description_index
  put_zeros(out, 8);
  put_u32(out, sample_flags);
}

void put_moov(std::string& out, const AvcConfig* video, const AacConfig* audio) {
  BoxScope moov(out, "moov");
  put_mvhd(out);
  if (video) put_video_trak(out, *video);
  if (audio) put_audio_trak(out, *audio);
  BoxScope mvex(out, "mvex");
  if (video) put_trex(out, kVideoTrack, kNotSyncSample);
  if (audio) put_trex(out, kAudioTrack, kSyncSample);
}

}  // namespace

std::string write_init(const AvcConfig* video, const AacConfig* audio) {
  std::string out;
  out.reserve(1500);
  {
    BoxScope ftyp(out, "ftyp");
    out += "iso6";
    put_u32(out, 1);
    out += "iso6mp41";
    if (video) out += "avc1";
  }
  put_moov(out, video, audio);
  return out;
}

}  // namespace strims::media
