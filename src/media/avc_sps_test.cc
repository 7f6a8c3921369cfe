#include "media/avc_sps.h"

#include <gtest/gtest.h>

#include "media/media_testing.h"

namespace strims::media {
namespace {

using testing::SpsSpec;

AvcSps parsed(const SpsSpec& spec) {
  const auto result = parse_avc_sps(as_bytes(testing::sps(spec)));
  EXPECT_TRUE(result) << (result ? "" : result.error().detail);
  return result.value_or(AvcSps{});
}

struct SizeCase {
  const char* what;
  SpsSpec spec;
  int width;
  int height;
};

TEST(AvcSps, Sizes) {
  const SizeCase cases[] = {
      {"720p", {}, 1280, 720},
      {"1080p: eight rows of 1088 are cut",
       {.macroblocks_wide = 120, .map_units_high = 68, .crop = {0, 0, 0, 4}},
       1920,
       1080},
      {"854 of 864 columns",
       {.macroblocks_wide = 54, .map_units_high = 30, .crop = {0, 5, 0, 0}},
       854,
       480},
      {"cut on all sides", {.crop = {1, 2, 3, 4}}, 1274, 706},
      {"1080i: a unit is two rows of each field",
       {.macroblocks_wide = 120, .map_units_high = 34, .frames_only = false, .crop = {0, 0, 0, 2}},
       1920,
       1080},
      {"4:2:2: rows are cut one by one",
       {.profile = 122, .chroma_format = 2, .crop = {0, 1, 0, 1}},
       1278,
       719},
      {"4:4:4", {.profile = 244, .chroma_format = 3, .crop = {0, 1, 0, 1}}, 1279, 719},
      {"baseline",
       {.profile = 66,
        .compatibility = 0xc0,
        .level = 30,
        .macroblocks_wide = 40,
        .map_units_high = 30},
       640,
       480},
      {"scaling lists", {.scaling_matrix = true}, 1280, 720},
      {"scaling lists of 4:4:4",
       {.profile = 244, .chroma_format = 3, .scaling_matrix = true},
       1280,
       720},
      {"picture order of type 1", {.picture_order_type = 1}, 1280, 720},
      {"picture order of type 2", {.picture_order_type = 2}, 1280, 720},
      {"smallest", {.macroblocks_wide = 1, .map_units_high = 1}, 16, 16},
      {"largest", {.macroblocks_wide = 1024, .map_units_high = 1024}, 16384, 16384},
  };
  for (const SizeCase& c : cases) {
    SCOPED_TRACE(c.what);
    const AvcSps sps = parsed(c.spec);
    EXPECT_EQ(sps.width, c.width);
    EXPECT_EQ(sps.height, c.height);
    EXPECT_EQ(sps.profile, c.spec.profile);
    EXPECT_EQ(sps.compatibility, c.spec.compatibility);
    EXPECT_EQ(sps.level, c.spec.level);
    EXPECT_EQ(sps.chroma_format, static_cast<int>(c.spec.chroma_format));
  }
}

TEST(AvcSps, WhatX264Writes) {
  // 1280 x 720 at 30, high profile; the zeros of the timing have emulation prevention.
  const auto nal = unhex("6764001facd9405005bb0110000003001000000303c0f1831960");
  const auto sps = parse_avc_sps(as_bytes(*nal));
  ASSERT_TRUE(sps);
  EXPECT_EQ(sps->width, 1280);
  EXPECT_EQ(sps->height, 720);
  EXPECT_EQ(sps->profile, 100);
  EXPECT_EQ(sps->level, 31);
  EXPECT_DOUBLE_EQ(sps->frame_rate, 30);
}

TEST(AvcSps, FrameRates) {
  const auto rate = [](uint32_t units, uint32_t scale) {
    return parsed({.units_in_tick = units, .time_scale = scale}).frame_rate;
  };
  EXPECT_DOUBLE_EQ(rate(1, 60), 30);
  EXPECT_DOUBLE_EQ(rate(1001, 48'000), 24'000.0 / 1001);
  EXPECT_DOUBLE_EQ(rate(1001, 120'000), 60'000.0 / 1001);
  EXPECT_EQ(rate(1, 4'000'000'000), 0) << "no rate of pictures";
  EXPECT_EQ(rate(100, 1), 0);
  EXPECT_EQ(parsed({}).frame_rate, 0) << "not said";
  EXPECT_EQ(parsed({.video_signal = true}).frame_rate, 0);
  EXPECT_DOUBLE_EQ(
      parsed({.sar_idc = 1, .video_signal = true, .units_in_tick = 1, .time_scale = 50}).frame_rate,
      25);
}

TEST(AvcSps, SampleAspectRatios) {
  const auto sar = [](const SpsSpec& spec) {
    const AvcSps sps = parsed(spec);
    return std::pair(sps.sar_width, sps.sar_height);
  };
  EXPECT_EQ(sar({}), std::pair(1, 1));
  EXPECT_EQ(sar({.sar_idc = 1}), std::pair(1, 1));
  EXPECT_EQ(sar({.sar_idc = 3}), std::pair(10, 11));
  EXPECT_EQ(sar({.sar_idc = 16}), std::pair(2, 1));
  EXPECT_EQ(sar({.sar_idc = 17}), std::pair(1, 1)) << "reserved";
  EXPECT_EQ(sar({.sar_idc = 255, .sar_width = 64, .sar_height = 45}), std::pair(64, 45));
  EXPECT_EQ(sar({.sar_idc = 255, .sar_width = 64, .sar_height = 0}), std::pair(1, 1));
}

TEST(AvcSps, BitDepth) {
  EXPECT_EQ(parsed({}).bit_depth, 8);
  EXPECT_EQ(parsed({.profile = 110, .bit_depth = 10}).bit_depth, 10);
}

TEST(AvcSps, RefusesWhatIsNone) {
  const std::string good = testing::sps();
  EXPECT_FALSE(parse_avc_sps({}));
  EXPECT_FALSE(parse_avc_sps(as_bytes('\x68' + good.substr(1)))) << "a PPS";
  const auto refused = [](const SpsSpec& spec) {
    return !parse_avc_sps(as_bytes(testing::sps(spec)));
  };
  EXPECT_TRUE(refused({.macroblocks_wide = 1025}));
  EXPECT_TRUE(refused({.map_units_high = 100'000}));
  EXPECT_TRUE(refused({.crop = {0, 640, 0, 0}})) << "nothing left";
  EXPECT_TRUE(refused({.crop = {0xfffffff0, 0xfffffff0, 0, 0}}));
  EXPECT_TRUE(refused({.chroma_format = 4}));
  EXPECT_TRUE(refused({.bit_depth = 15}));
}

TEST(AvcSps, APieceIsRefusedOrSaysTheSame) {
  const std::string whole = testing::sps(
      {.sar_idc = 255, .sar_width = 4, .sar_height = 3, .units_in_tick = 1, .time_scale = 60});
  for (size_t n = 0; n < whole.size(); ++n) {
    const auto sps = parse_avc_sps(as_bytes(std::string_view(whole).substr(0, n)));
    if (!sps) {
      EXPECT_EQ(sps.error().reason, "sequence_header");
      EXPECT_EQ(sps.error().code, Errc::invalid);
      continue;
    }
    EXPECT_EQ(sps->width, 1280);
  }
}

}  // namespace
}  // namespace strims::media
