#include "media/packager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/box_testing.h"
#include "media/packager_testing.h"

namespace strims::media {
namespace {

using testing::Collector;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Publisher;

constexpr TimeMs kWall = 1'760'000'000'000;

class PackagerTest : public ::testing::Test {
 protected:
  PackagerTest() { packager_.begin_session(); }

  // What holds of every row of parts.
  void expect_continuous() const {
    for (size_t i = 0; i < out_.parts.size(); ++i) {
      const Part& part = out_.parts[i];
      EXPECT_GT(part.duration_us, 0);
      EXPECT_EQ(part.wall_ms, kWall + part.start_us / 1000);
      EXPECT_EQ(testing::types(*part.bytes), "prft moof mdat");
      if (i == 0) continue;
      const Part& before = out_.parts[i - 1];
      EXPECT_EQ(part.segment, before.segment + (before.ends_segment ? 1 : 0));
      EXPECT_EQ(part.index, before.ends_segment ? 0 : before.index + 1);
      EXPECT_GE(part.init, before.init);
      if (part.discontinuity)
        EXPECT_TRUE(before.ends_segment);
      else
        EXPECT_EQ(part.start_us, before.start_us + before.duration_us);
    }
  }

  Collector out_;
  Packager packager_{out_};
};

TEST_F(PackagerTest, MakesAnInitAndParts) {
  Publisher publisher{.packager = packager_};
  publisher.send_headers();
  publisher.run_until(4'100);
  packager_.flush();
  ASSERT_EQ(out_.inits.size(), 1u);
  EXPECT_EQ(out_.inits[0].number, 1u);
  EXPECT_EQ(out_.inits[0].codecs, "avc1.64001f,mp4a.40.2");
  EXPECT_EQ(out_.inits[0].width, 1280);
  EXPECT_EQ(out_.inits[0].height, 720);
  EXPECT_TRUE(out_.inits[0].has_video && out_.inits[0].has_audio);
  ASSERT_EQ(out_.parts.size(), 9u);
  expect_continuous();
  for (size_t i = 0; i < 9; ++i) {
    EXPECT_EQ(out_.parts[i].segment, i / 4);
    EXPECT_EQ(out_.parts[i].index, i % 4);
    EXPECT_EQ(out_.parts[i].init, 1u);
    EXPECT_EQ(out_.parts[i].independent, i % 4 == 0);
    EXPECT_EQ(out_.parts[i].ends_segment, i % 4 == 3 || i == 8);
    EXPECT_FALSE(out_.parts[i].discontinuity);
  }
  const PackagerStats& stats = packager_.stats();
  EXPECT_EQ(stats.video_frames, 123u);
  EXPECT_EQ(stats.keyframes, 3u);
  EXPECT_EQ(stats.parts, 9u);
  EXPECT_EQ(stats.segments, 3u);
  EXPECT_EQ(stats.keyframe_interval_ms, 2'000);
  EXPECT_EQ(stats.dropped_frames, 0u);
  EXPECT_EQ(stats.sessions, 1u);
  EXPECT_NEAR(static_cast<double>(stats.media_ms), 4'090, 15);
}

TEST_F(PackagerTest, PartsComeWhileItRuns) {
  Publisher publisher{.packager = packager_};
  publisher.send_headers();
  publisher.run_until(501);
  EXPECT_EQ(out_.parts.size(), 1u) << "with the first frame behind it";
}

// hls.js trap 3: an init without audio, because its header came a little later, cannot be mended.
TEST_F(PackagerTest, TheInitWaitsForBothHeaders) {
  Publisher publisher{.packager = packager_};
  publisher.send(TagKind::video, 0, testing::video_config_tag(publisher.record));
  publisher.rate = 0;
  publisher.run_until(700);
  EXPECT_THAT(out_.inits, IsEmpty());
  publisher.rate = 48'000;
  publisher.audio_at = publisher.video_at;
  publisher.send(TagKind::audio, 700, testing::audio_config_tag(testing::aac_record()));
  publisher.run_until(3'000);
  ASSERT_EQ(out_.inits.size(), 1u);
  EXPECT_TRUE(out_.inits[0].has_video && out_.inits[0].has_audio);
  EXPECT_EQ(out_.parts[0].start_us, 0) << "nothing was lost";
  EXPECT_EQ(packager_.stats().dropped_frames, 0u);
}

TEST_F(PackagerTest, TheWaitEndsAfterASecondOfMedia) {
  Publisher publisher{.packager = packager_, .rate = 0};
  publisher.send_headers();
  publisher.run_until(1'000);
  EXPECT_THAT(out_.inits, IsEmpty());
  publisher.run_until(1'034);
  ASSERT_EQ(out_.inits.size(), 1u);
  EXPECT_FALSE(out_.inits[0].has_audio);
  EXPECT_EQ(out_.inits[0].codecs, "avc1.64001f");
  EXPECT_EQ(out_.parts.size(), 2u) << "what had waited";
}

TEST_F(PackagerTest, WhatIsDeclaredAbsentIsNotWaitedFor) {
  packager_.declare_tracks(true, false);
  Publisher video{.packager = packager_, .rate = 0};
  video.send_headers();
  video.run_until(34);
  EXPECT_EQ(out_.inits.size(), 1u);
}

TEST_F(PackagerTest, AudioAlone) {
  Publisher publisher{.packager = packager_, .fps = 0, .rate = 44'100};
  publisher.send_headers();
  publisher.run_until(5'000);
  packager_.flush();
  ASSERT_EQ(out_.inits.size(), 1u);
  EXPECT_EQ(out_.inits[0].codecs, "mp4a.40.2");
  EXPECT_FALSE(out_.inits[0].has_video);
  expect_continuous();
  EXPECT_EQ(packager_.stats().dropped_frames, 0u);
  for (const Part& part : out_.parts) EXPECT_TRUE(part.independent);
}

TEST_F(PackagerTest, ATrackThatComesLateMakesAnotherInit) {
  Publisher publisher{.packager = packager_, .rate = 0};
  publisher.send_headers();
  publisher.run_until(3'000);
  publisher.rate = 48'000;
  publisher.audio_at = 3'000;
  publisher.send(TagKind::audio, 3'000, testing::audio_config_tag(testing::aac_record()));
  publisher.run_until(7'000);
  ASSERT_EQ(out_.inits.size(), 2u);
  EXPECT_TRUE(out_.inits[1].has_audio);
  expect_continuous();
  const auto second = std::ranges::find(out_.parts, 2u, &Part::init);
  ASSERT_NE(second, out_.parts.end());
  EXPECT_TRUE(second->discontinuity);
  EXPECT_TRUE(second->independent);
  EXPECT_EQ(second->index, 0u);
  EXPECT_EQ(second->start_us, 4'000'000) << "at the next keyframe, on the same clock";
}

TEST_F(PackagerTest, BeforeTheFirstKeyframeNothingIsKept) {
  Publisher publisher{.packager = packager_};
  publisher.send_headers();
  for (int i = 0; i < 20; ++i) {
    publisher.send(TagKind::video, i * 33, testing::video_tag(false));
    publisher.send(TagKind::audio, i * 33, testing::audio_tag());
  }
  EXPECT_THAT(out_.inits, IsEmpty());
  publisher.video_at = publisher.audio_at = 660;
  publisher.run_until(2'000);
  ASSERT_FALSE(out_.parts.empty());
  EXPECT_TRUE(out_.parts[0].independent);
  EXPECT_EQ(out_.parts[0].start_us, 0);
  EXPECT_EQ(out_.parts[0].wall_ms, kWall + 660) << "media time begins with the keyframe";
  EXPECT_EQ(packager_.stats().dropped_frames, 40u);
}

TEST_F(PackagerTest, AnotherSizeInMidstreamIsADiscontinuity) {
  Publisher publisher{.packager = packager_};
  publisher.send_headers();
  publisher.run_until(3'000);
  publisher.send(TagKind::video, 3'000, testing::video_config_tag(publisher.record));
  EXPECT_EQ(out_.inits.size(), 1u) << "the same again";
  publisher.record = testing::avc_record(testing::sps({.macroblocks_wide = 40}));
  publisher.send(TagKind::video, 3'000, testing::video_config_tag(publisher.record));
  EXPECT_TRUE(out_.parts.back().ends_segment);
  publisher.frame = 120;
  publisher.run_until(6'000);
  ASSERT_EQ(out_.inits.size(), 2u);
  EXPECT_EQ(out_.inits[1].width, 640);
  expect_continuous();
  const auto second = std::ranges::find(out_.parts, 2u, &Part::init);
  ASSERT_NE(second, out_.parts.end());
  EXPECT_TRUE(second->discontinuity && second->independent);
  EXPECT_EQ(packager_.stats().jumps, 0u);
}

TEST_F(PackagerTest, AnEncoderThatChangesItsFormatAllTheTimeIsRefused) {
  const auto flip = [&](int i, TimeMs now) {
    const std::string sps = testing::sps({.macroblocks_wide = i % 2 ? 40u : 20u});
    const std::string header = testing::video_config_tag(testing::avc_record(sps));
    return packager_.push({TagKind::video, static_cast<uint32_t>(i), as_bytes(header)}, now);
  };
  Result<void> pushed;
  int changes = 0;
  while (changes < 1'000 && (pushed = flip(changes, 1'760'000'000'000))) ++changes;
  ASSERT_FALSE(pushed);
  EXPECT_EQ(pushed.error().reason, "too_many_formats");
  EXPECT_LT(changes, 30);
  packager_.begin_session();
  ASSERT_TRUE(flip(0, 1'760'000'000'000));
  EXPECT_FALSE(flip(1, 1'760'000'000'001)) << "nor by coming again";
  for (int i = 2; i < 50; ++i) EXPECT_TRUE(flip(i, 1'760'000'000'000 + i * 10'000)) << "in time";
}

TEST_F(PackagerTest, RefusesOtherCodecs) {
  const std::string tag = std::string("\x90hvc1\0", 6);
  const auto result = packager_.push({TagKind::video, 0, as_bytes(tag)}, kWall);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::unsupported);
  EXPECT_EQ(result.error().reason, "codec");
  EXPECT_EQ(result.error().detail, "codec hvc1 is not enabled: set the encoder to H.264");
}

TEST_F(PackagerTest, FramesThatWouldStopPlayersAreDropped) {
  Publisher publisher{.packager = packager_};
  publisher.send_headers();
  publisher.run_until(1'000);
  std::string cut = testing::video_tag(false);
  cut.resize(cut.size() - 3);
  publisher.send(TagKind::video, 1'000, cut);
  EXPECT_EQ(packager_.stats().malformed_frames, 1u);
  EXPECT_TRUE(packager_.push({TagKind::data, 0, {}}, kWall));
}

TEST_F(PackagerTest, ShortStreamsAreNotLost) {
  Publisher publisher{.packager = packager_, .rate = 0};
  publisher.send_headers();
  publisher.run_until(300);
  EXPECT_THAT(out_.parts, IsEmpty()) << "audio may still come";
  packager_.flush();
  ASSERT_EQ(out_.parts.size(), 1u);
  EXPECT_NEAR(static_cast<double>(out_.parts[0].duration_us), 300'000, 1'000);
  EXPECT_TRUE(out_.parts[0].ends_segment);
  packager_.flush();
  EXPECT_EQ(out_.parts.size(), 1u);
}

TEST_F(PackagerTest, TellsTheStreamer) {
  EXPECT_THAT(packager_.notes(), IsEmpty());
  Publisher publisher{.packager = packager_, .gop = 300};
  publisher.send_headers();
  publisher.run_until(11'000);
  EXPECT_THAT(packager_.notes(),
              ElementsAre("keyframe every 10 s: set the keyframe interval to 2 s"));
}

TEST_F(PackagerTest, WithoutKeyframesItCutsAndCounts) {
  Publisher publisher{.packager = packager_, .gop = 100'000};
  publisher.send_headers();
  publisher.run_until(41'000);
  EXPECT_EQ(packager_.stats().hard_cuts, 2u);
  expect_continuous();
  EXPECT_EQ(out_.parts.back().segment, 2u);
  EXPECT_THAT(packager_.notes(),
              ElementsAre("keyframe every 41 s: set the keyframe interval to 2 s"));
}

}  // namespace
}  // namespace strims::media
