#include "media/fmp4_writer.h"

#include <gtest/gtest.h>

#include "media/box_testing.h"

namespace strims::media {
namespace {

using testing::box;
using testing::boxes;
using testing::types;
using testing::u32;
using testing::u64;

const std::vector<Sample> kVideo = {
    {.size = 5, .duration = 3000, .composition_offset = 6000, .sync = true},
    {.size = 3, .duration = 3001, .composition_offset = -3000, .sync = false}};
const std::vector<Sample> kAudio = {{.size = 2, .duration = 1024}, {.size = 4, .duration = 1025}};

Fragment both() {
  return {.sequence = 7,
          .wall_ms = 1'760'000'000'123,
          .video = {.decode_time = uint64_t{5} << 32, .samples = kVideo, .data = "KEYvvvvv"},
          .audio = {.decode_time = 48'000, .samples = kAudio, .data = "aabbbb"}};
}

// What a data offset points to: it counts from the beginning of `moof`.
std::string_view at_offset(std::string_view fragment, std::string_view traf) {
  const size_t moof = fragment.find("moof") - 4;
  return fragment.substr(moof + u32(box(traf, "trun"), 8));
}

TEST(Fmp4Writer, WritesBothTracks) {
  const std::string out = write_fragment(both());
  EXPECT_EQ(types(out), "prft moof mdat");
  EXPECT_EQ(box(out, "mdat"), "KEYvvvvvaabbbb");
  const std::string_view moof = box(out, "moof");
  EXPECT_EQ(types(moof), "mfhd traf traf");
  EXPECT_EQ(u32(box(moof, "mfhd"), 4), 7u);
  const auto trafs = boxes(moof, "traf");
  for (const std::string_view traf : trafs) {
    EXPECT_EQ(types(traf), "tfhd tfdt trun");
    EXPECT_EQ(u32(box(traf, "tfhd"), 0), 0x020000u) << "default-base-is-moof";
    EXPECT_EQ(u32(box(traf, "tfdt"), 0), 1u << 24) << "times of 64 bits";
  }
  EXPECT_EQ(u32(box(trafs[0], "tfhd"), 4), kVideoTrack);
  EXPECT_EQ(u64(box(trafs[0], "tfdt"), 4), uint64_t{5} << 32);
  EXPECT_TRUE(at_offset(out, trafs[0]).starts_with("KEY"));
  EXPECT_EQ(u32(box(trafs[1], "tfhd"), 4), kAudioTrack);
  EXPECT_EQ(u64(box(trafs[1], "tfdt"), 4), 48'000u);
  EXPECT_EQ(at_offset(out, trafs[1]), "aabbbb");
}

TEST(Fmp4Writer, RunsTellEachSample) {
  const std::string out = write_fragment(both());
  const auto trafs = boxes(box(out, "moof"), "traf");
  const std::string_view video = box(trafs[0], "trun");
  EXPECT_EQ(u32(video, 0), 0x01000f01u) << "version 1: offsets have a sign";
  EXPECT_EQ(u32(video, 4), 2u);
  EXPECT_EQ(hex(as_bytes(video.substr(12))),
            "00000bb8000000050200000000001770"
            "00000bb90000000301010000fffff448");
  const std::string_view audio = box(trafs[1], "trun");
  EXPECT_EQ(u32(audio, 0), 0x01000301u);
  EXPECT_EQ(hex(as_bytes(audio.substr(12))), "00000400000000020000040100000004");
}

TEST(Fmp4Writer, TheWallClockIsInPrft) {
  const std::string out = write_fragment(both());
  const std::string_view prft = box(out, "prft");
  EXPECT_EQ(u32(prft, 0), 0x01000018u);
  EXPECT_EQ(u32(prft, 4), kVideoTrack);
  EXPECT_EQ(u32(prft, 8), 1'760'000'000u + 2'208'988'800u);
  EXPECT_EQ(u64(prft, 16), uint64_t{5} << 32);
  // Every millisecond comes back, also beyond 2036.
  for (const TimeMs base :
       {TimeMs{1'760'000'000'000}, TimeMs{2'085'978'495'000}, TimeMs{2'400'000'000'000}}) {
    Fragment fragment = both();
    for (TimeMs ms = base; ms < base + 1000; ++ms) {
      fragment.wall_ms = ms;
      ASSERT_EQ(parse_prft(as_bytes(box(write_fragment(fragment), "prft"))), ms);
    }
  }
}

TEST(Fmp4Writer, ATrackWithoutSamplesIsLeftOut) {
  Fragment fragment = both();
  fragment.video = {};
  const std::string audio_only = write_fragment(fragment);
  EXPECT_EQ(types(box(audio_only, "moof")), "mfhd traf");
  EXPECT_EQ(u32(box(audio_only, "moof.traf.tfhd"), 4), kAudioTrack);
  EXPECT_EQ(at_offset(audio_only, box(audio_only, "moof.traf")), "aabbbb");
  EXPECT_EQ(u32(box(audio_only, "prft"), 4), kAudioTrack);
  EXPECT_EQ(u64(box(audio_only, "prft"), 16), 48'000u);

  fragment = both();
  fragment.audio = {};
  const std::string video_only = write_fragment(fragment);
  EXPECT_EQ(types(box(video_only, "moof")), "mfhd traf");
  EXPECT_EQ(at_offset(video_only, box(video_only, "moof.traf")), "KEYvvvvv");
}

}  // namespace
}  // namespace strims::media
