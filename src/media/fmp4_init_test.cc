#include "media/fmp4_init.h"

#include <gtest/gtest.h>

#include "media/box_testing.h"
#include "media/media_testing.h"

namespace strims::media {
namespace {

using testing::box;
using testing::boxes;
using testing::types;
using testing::u16;
using testing::u32;

// stsd: version and flags, count; then sample entries. Of these: what precedes their own boxes.
constexpr size_t kStsdHead = 8;
constexpr size_t kVisualHead = 78;
constexpr size_t kAudioHead = 28;

AvcConfig video(const testing::SpsSpec& spec = {}) {
  return *parse_avc_config(as_bytes(testing::avc_record(testing::sps(spec))));
}
AacConfig audio(uint32_t rate_index = 4) {
  return *parse_aac_config(as_bytes(testing::aac_record(rate_index)));
}

TEST(Fmp4Init, HasBothTracks) {
  const AvcConfig v = video();
  const AacConfig a = audio();
  const std::string init = write_init(&v, &a);
  EXPECT_EQ(types(init), "ftyp moov");
  EXPECT_EQ(box(init, "ftyp"), std::string_view("iso6\0\0\0\1iso6mp41avc1", 20));
  const std::string_view moov = box(init, "moov");
  EXPECT_EQ(types(moov), "mvhd trak trak mvex");
  for (const std::string_view trak : boxes(moov, "trak")) {
    EXPECT_EQ(types(trak), "tkhd mdia");
    EXPECT_EQ(types(box(trak, "mdia")), "mdhd hdlr minf");
    EXPECT_EQ(types(box(trak, "mdia.minf.stbl")), "stsd stts stsc stco stsz");
    EXPECT_EQ(u32(box(trak, "mdia.minf.dinf.dref"), 4), 1u);
    EXPECT_EQ(u32(box(trak, "tkhd"), 0), 3u) << "enabled, in the movie";
  }
  const auto tracks = parse_moov(as_bytes(moov));
  ASSERT_EQ(tracks.size(), 2u);
  EXPECT_EQ(tracks[0].id, kVideoTrack);
  EXPECT_EQ(tracks[0].timescale, 90'000u);
  EXPECT_TRUE(tracks[0].video);
  EXPECT_EQ(tracks[1].id, kAudioTrack);
  EXPECT_EQ(tracks[1].timescale, 44'100u);
  EXPECT_FALSE(tracks[1].video);
}

TEST(Fmp4Init, SampleDefaultsAreInTrex) {
  const AvcConfig v = video();
  const AacConfig a = audio();
  const std::string init = write_init(&v, &a);
  const auto trex = boxes(box(init, "moov.mvex"), "trex");
  ASSERT_EQ(trex.size(), 2u);
  EXPECT_EQ(u32(trex[0], 4), kVideoTrack);
  EXPECT_EQ(u32(trex[0], 8), 1u);
  EXPECT_EQ(u32(trex[0], 20), kNotSyncSample);
  EXPECT_EQ(u32(trex[1], 4), kAudioTrack);
  EXPECT_EQ(u32(trex[1], 20), kSyncSample);
}

TEST(Fmp4Init, VideoIsDescribed) {
  const AvcConfig v = video({.sar_idc = 255, .sar_width = 4, .sar_height = 3});
  const std::string init = write_init(&v, nullptr);
  EXPECT_EQ(types(box(init, "moov")), "mvhd trak mvex");
  const std::string_view tkhd = box(init, "moov.trak.tkhd");
  EXPECT_EQ(u32(tkhd, 76) >> 16, 1706u) << "as shown: 1280 times four thirds";
  EXPECT_EQ(u32(tkhd, 80) >> 16, 720u);
  const std::string_view stsd = box(init, "moov.trak.mdia.minf.stbl.stsd");
  EXPECT_EQ(types(stsd.substr(kStsdHead)), "avc1");
  const std::string_view avc1 = box(stsd.substr(kStsdHead), "avc1");
  EXPECT_EQ(u16(avc1, 24), 1280u);
  EXPECT_EQ(u16(avc1, 26), 720u);
  EXPECT_EQ(types(avc1.substr(kVisualHead)), "avcC pasp");
  EXPECT_EQ(box(avc1.substr(kVisualHead), "avcC"), v.record);
  EXPECT_EQ(u32(box(avc1.substr(kVisualHead), "pasp"), 0), 4u);
}

TEST(Fmp4Init, SquarePixelsAreNotMentioned) {
  const AvcConfig v = video();
  const std::string init = write_init(&v, nullptr);
  const std::string_view stsd = box(init, "moov.trak.mdia.minf.stbl.stsd");
  EXPECT_EQ(types(box(stsd.substr(kStsdHead), "avc1").substr(kVisualHead)), "avcC");
}

TEST(Fmp4Init, AudioIsDescribed) {
  const AacConfig a = audio();
  const std::string init = write_init(nullptr, &a);
  EXPECT_EQ(types(box(init, "moov")), "mvhd trak mvex");
  const std::string_view stsd = box(init, "moov.trak.mdia.minf.stbl.stsd");
  const std::string_view mp4a = box(stsd.substr(kStsdHead), "mp4a");
  EXPECT_EQ(u16(mp4a, 16), 2u);
  EXPECT_EQ(u32(mp4a, 24), 44'100u << 16);
  const std::string_view esds = box(mp4a.substr(kAudioHead), "esds");
  // ES_Descriptor with its size, the track; DecoderConfigDescriptor; DecoderSpecificInfo.
  EXPECT_EQ(hex(as_bytes(esds)),
            "00000000"
            "0380808022"
            "000200"
            "0480808014"
            "40150000000000000000000000"
            "0580808002"
            "1210"
            "0680808001"
            "02");
}

TEST(Fmp4Init, RatesThatDoNotFitAreLeftToTheDecoder) {
  const AacConfig a = audio(0);
  const std::string init = write_init(nullptr, &a);
  const std::string_view stsd = box(init, "moov.trak.mdia.minf.stbl.stsd");
  EXPECT_EQ(u32(box(stsd.substr(kStsdHead), "mp4a"), 24), 0u);
  EXPECT_EQ(u32(box(init, "moov.trak.mdia.mdhd"), 12), 96'000u);
}

}  // namespace
}  // namespace strims::media
