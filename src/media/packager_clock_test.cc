// Timestamps, gaps and publishers that come and go.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/packager.h"
#include "media/packager_testing.h"

namespace strims::media {
namespace {

using testing::Collector;
using testing::Publisher;

constexpr TimeMs kWall = 1'760'000'000'000;

class PackagerClockTest : public ::testing::Test {
 protected:
  PackagerClockTest() { packager_.begin_session(); }

  std::vector<const Part*> discontinuities() const {
    std::vector<const Part*> found;
    for (const Part& part : out_.parts)
      if (part.discontinuity) found.push_back(&part);
    return found;
  }
  // Media time and wall time belong together all through the broadcast.
  void expect_one_clock() const {
    int64_t end_us = 0;
    for (const Part& part : out_.parts) {
      EXPECT_GE(part.start_us, end_us);
      EXPECT_EQ(part.wall_ms, kWall + part.start_us / 1000);
      end_us = part.start_us + part.duration_us;
    }
  }

  Collector out_;
  Packager packager_{out_};
};

TEST_F(PackagerClockTest, TimestampsWrapUnnoticed) {
  Publisher straight{.packager = packager_, .b_frames = true};
  straight.send_headers();
  straight.run_until(8'000);
  packager_.flush();
  Collector other_out;
  Packager other(other_out);
  other.begin_session();
  Publisher wraps{.packager = other, .b_frames = true, .origin_ms = 0xffffffff - 3'333};
  wraps.send_headers();
  wraps.run_until(8'000);
  other.flush();
  EXPECT_EQ(other.stats().jumps, 0u);
  EXPECT_EQ(other_out.file(1), out_.file(1));
}

TEST_F(PackagerClockTest, AShortGapIsNone) {
  Publisher publisher{.packager = packager_};
  publisher.send_headers();
  publisher.run_until(3'000);
  publisher.video_at = publisher.audio_at = 7'500;
  publisher.run_until(9'000);
  EXPECT_TRUE(discontinuities().empty());
  EXPECT_EQ(packager_.stats().jumps, 0u);
  EXPECT_EQ(packager_.stats().audio_resyncs, 1u);
  expect_one_clock();
}

TEST_F(PackagerClockTest, ALongGapIsADiscontinuityAndTimeGoesOn) {
  Publisher publisher{.packager = packager_};
  publisher.send_headers();
  publisher.run_until(3'000);
  publisher.video_at = publisher.audio_at = 13'000;
  publisher.frame = 60;
  publisher.run_until(16'000);
  ASSERT_EQ(discontinuities().size(), 1u);
  EXPECT_EQ(discontinuities()[0]->start_us, 13'000'000);
  EXPECT_TRUE(discontinuities()[0]->independent);
  EXPECT_EQ(packager_.stats().jumps, 1u);
  EXPECT_EQ(out_.inits.size(), 1u);
  expect_one_clock();
}

TEST_F(PackagerClockTest, AClockThatStartsAgainIsADiscontinuity) {
  Publisher publisher{.packager = packager_, .origin_ms = 500'000};
  publisher.send_headers();
  publisher.run_until(3'000);
  // The encoder starts at 0 again; its wall clock has gone on.
  Publisher again{.packager = packager_, .wall_ms = kWall + 3'200};
  again.run_until(3'000);
  packager_.flush();
  ASSERT_EQ(discontinuities().size(), 1u);
  EXPECT_EQ(discontinuities()[0]->start_us, 3'200'000);
  EXPECT_EQ(packager_.stats().jumps, 1u);
  expect_one_clock();
}

TEST_F(PackagerClockTest, VideoThatTremblesBackIsPutRight) {
  Publisher publisher{.packager = packager_};
  publisher.send_headers();
  publisher.run_until(1'000);
  publisher.video_at = 900;
  publisher.run_until(3'000);
  packager_.flush();
  EXPECT_EQ(packager_.stats().jumps, 0u);
  EXPECT_TRUE(discontinuities().empty());
  expect_one_clock();
}

TEST_F(PackagerClockTest, AudioOfAnotherClockIsLeftOut) {
  Publisher publisher{.packager = packager_, .rate = 0};
  publisher.rate = 48'000;
  publisher.send_headers();
  for (int i = 0; i < 300; ++i) {
    publisher.send(TagKind::video, i * 100 / 3.0, testing::video_tag(i % 60 == 0));
    publisher.send(TagKind::audio, 1e8 + i * 100 / 3.0, testing::audio_tag());
  }
  EXPECT_EQ(packager_.stats().jumps, 0u);
  EXPECT_GE(packager_.stats().parts, 18u);
  EXPECT_THAT(
      packager_.notes(),
      ::testing::ElementsAre("no sound: the timestamps of audio do not fit those of video"));
}

TEST_F(PackagerClockTest, TheNextPublisherContinuesByTheWallClock) {
  Publisher first{.packager = packager_, .origin_ms = 77'777};
  first.send_headers();
  first.run_until(3'000);
  packager_.flush();
  const uint64_t segment = out_.parts.back().segment;
  EXPECT_TRUE(out_.parts.back().ends_segment);

  packager_.begin_session();
  EXPECT_EQ(packager_.stats().session_media_ms, 0);
  Publisher second{.packager = packager_, .wall_ms = kWall + 8'000};
  second.send_headers();
  second.run_until(3'000);
  packager_.flush();
  ASSERT_EQ(discontinuities().size(), 1u);
  const Part& part = *discontinuities()[0];
  EXPECT_EQ(part.segment, segment + 1);
  EXPECT_EQ(part.index, 0u);
  EXPECT_EQ(part.start_us, 8'000'000);
  EXPECT_EQ(part.wall_ms, kWall + 8'000);
  EXPECT_EQ(out_.inits.size(), 1u) << "the same encoder needs no other init";
  EXPECT_EQ(part.init, 1u);
  EXPECT_EQ(packager_.stats().sessions, 2u);
  EXPECT_EQ(packager_.stats().jumps, 0u);
  expect_one_clock();
}

TEST_F(PackagerClockTest, APublisherAheadOfTheWallClockIsNotOverlapped) {
  // A file pushed at full speed: a minute in no time.
  Publisher first{.packager = packager_};
  first.send_headers();
  first.run_until(60'000);
  packager_.begin_session();
  Publisher second{.packager = packager_, .wall_ms = kWall + 2'000};
  second.send_headers();
  second.run_until(3'000);
  ASSERT_EQ(discontinuities().size(), 1u);
  EXPECT_GE(discontinuities()[0]->start_us, 60'000'000);
  EXPECT_LT(discontinuities()[0]->start_us, 60'100'000);
  expect_one_clock();
}

TEST_F(PackagerClockTest, AnotherEncoderHasAnotherInit) {
  Publisher first{.packager = packager_};
  first.send_headers();
  first.run_until(2'000);
  packager_.begin_session();
  Publisher second{.packager = packager_, .rate = 44'100, .wall_ms = kWall + 4'000};
  second.send_headers();
  second.run_until(2'000);
  ASSERT_EQ(out_.inits.size(), 2u);
  EXPECT_EQ(out_.inits[1].number, 2u);
  EXPECT_EQ(discontinuities().at(0)->init, 2u);
}

TEST_F(PackagerClockTest, GoesOnAfterARestart) {
  Publisher first{.packager = packager_};
  first.send_headers();
  first.run_until(5'000);
  packager_.flush();
  const PackagerStart position = packager_.position();
  EXPECT_EQ(position.segment, out_.parts.back().segment + 1);
  EXPECT_EQ(position.init, 1u);
  EXPECT_EQ(position.discontinuities, 0u);
  EXPECT_EQ(position.epoch_ms, kWall);
  EXPECT_GE(position.media_us, out_.parts.back().start_us + out_.parts.back().duration_us);

  Packager restarted(out_, {}, position);
  restarted.begin_session();
  Publisher second{.packager = restarted, .wall_ms = kWall + 20'000};
  second.send_headers();
  second.run_until(2'000);
  restarted.flush();
  ASSERT_EQ(discontinuities().size(), 1u);
  EXPECT_EQ(discontinuities()[0]->segment, position.segment);
  EXPECT_EQ(discontinuities()[0]->start_us, 20'000'000);
  EXPECT_EQ(out_.inits.back().number, 2u);
  EXPECT_EQ(restarted.position().discontinuities, 1u);
  expect_one_clock();
}

TEST_F(PackagerClockTest, MediaTimeOfTheSessionIsCounted) {
  Publisher publisher{.packager = packager_};
  publisher.send_headers();
  publisher.run_until(4'000);
  EXPECT_NEAR(static_cast<double>(packager_.stats().session_media_ms), 4'000, 40);
  EXPECT_NEAR(static_cast<double>(packager_.stats().av_skew_ms), 0, 40);
}

}  // namespace
}  // namespace strims::media
