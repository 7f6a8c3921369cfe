#include "media/part_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/bytes.h"

namespace strims::media {
namespace {

struct Kept {
  Cut cut;
  std::vector<Sample> video, audio;
  std::string video_data, audio_data;
  int64_t end_us() const { return cut.start_us + cut.duration_us; }
};

struct Keeper final : CutSink {
  void on_cut(const Cut& cut) override {
    const Fragment& f = cut.fragment;
    cuts.push_back({cut,
                    {f.video.samples.begin(), f.video.samples.end()},
                    {f.audio.samples.begin(), f.audio.samples.end()},
                    std::string(f.video.data),
                    std::string(f.audio.data)});
  }
  std::vector<Kept> cuts;
};

class PartBuilderTest : public ::testing::Test {
 protected:
  void start(bool video, uint32_t rate, int64_t at_ms = 0) {
    builder_.start({.start_ms = at_ms, .epoch_ms = 1'000'000, .video = video, .audio_rate = rate});
  }
  void video(int64_t ms, bool key = false, size_t size = 10) {
    builder_.add_video(ms, 0, key, as_bytes(std::string(size, key ? 'K' : 'v')));
  }
  bool audio(int64_t ms) { return builder_.add_audio(ms, as_bytes("aaaa")); }
  // `count` frames at 30 a second, each `gop`th a keyframe, from 0.
  void thirty_fps(int count, int gop) {
    for (int i = 0; i < count; ++i) video((i * 100 + 1) / 3, i % gop == 0);
  }
  std::vector<int64_t> durations_ms() const {
    std::vector<int64_t> out;
    out.reserve(keeper_.cuts.size());
    for (const Kept& kept : keeper_.cuts) out.push_back(kept.cut.duration_us / 1000);
    return out;
  }

  Keeper keeper_;
  PartBuilder builder_{keeper_, {}};
};

TEST_F(PartBuilderTest, PartsAreHalfASecondAndSegmentsEndAtKeyframes) {
  start(true, 0);
  thirty_fps(121, 60);
  ASSERT_EQ(durations_ms(), std::vector<int64_t>(8, 500));
  for (size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(keeper_.cuts[i].cut.independent, i % 4 == 0) << i;
    EXPECT_EQ(keeper_.cuts[i].cut.ends_segment, i % 4 == 3) << i;
    EXPECT_FALSE(keeper_.cuts[i].cut.hard);
    EXPECT_EQ(keeper_.cuts[i].video.size(), 15u);
    EXPECT_EQ(keeper_.cuts[i].cut.fragment.sequence, i + 1);
    EXPECT_EQ(keeper_.cuts[i].cut.fragment.video.decode_time, i * 45'000);
    EXPECT_EQ(keeper_.cuts[i].cut.fragment.wall_ms, static_cast<TimeMs>(1'000'000 + i * 500));
  }
  builder_.finish();
  ASSERT_EQ(keeper_.cuts.size(), 9u);
  EXPECT_EQ(keeper_.cuts[8].video.size(), 1u);
  EXPECT_TRUE(keeper_.cuts[8].cut.ends_segment);
}

TEST_F(PartBuilderTest, EveryFrameComesOutOnceWithItsDuration) {
  start(true, 0);
  thirty_fps(100, 30);
  builder_.finish();
  size_t frames = 0;
  uint64_t ticks = 0;
  for (const Kept& kept : keeper_.cuts) {
    EXPECT_EQ(kept.cut.fragment.video.decode_time, ticks);
    for (const Sample& sample : kept.video) ticks += sample.duration;
    frames += kept.video.size();
    EXPECT_EQ(kept.video_data.size(), kept.video.size() * 10);
  }
  EXPECT_EQ(frames, 100u);
  EXPECT_EQ(ticks, 3'333u * 90) << "the last frame lasts as long as the one before";
}

TEST_F(PartBuilderTest, NoPartIsLongerThanTheTarget) {
  // NTSC's fifteen frames last 500.5 ms, which one millisecond of rounding covers.
  for (const double fps : {23.976, 24.0, 25.0, 29.97, 48.0, 50.0, 59.94, 60.0, 120.0, 7.0}) {
    keeper_.cuts.clear();
    start(true, 0);
    for (int i = 0; i < 500; ++i) video(std::lround(i * 1000 / fps), i % std::lround(fps * 2) == 0);
    for (const Kept& kept : keeper_.cuts) {
      EXPECT_LE(kept.cut.duration_us, 501'000) << fps;
      // What a part before the end of its segment must at least be: 85 percent.
      EXPECT_TRUE(kept.cut.ends_segment || kept.cut.duration_us >= 425'000) << fps;
    }
  }
}

// As OBS does when the network is too slow: some frames are missing, the sound goes on.
class LateFrameTest : public PartBuilderTest {
 protected:
  // Three seconds at 30 frames a second, none of them in [from, to), a keyframe each second.
  void play_without(int64_t from, int64_t to, uint32_t rate) {
    keeper_.cuts.clear();
    start(true, rate);
    double next_audio = 0;
    for (int i = 0; i <= 90; ++i) {
      const int64_t at = (i * 100 + 1) / 3;
      for (; rate != 0 && next_audio <= static_cast<double>(at); next_audio += 64 / 3.0)
        EXPECT_TRUE(audio(std::lround(next_audio)));
      if (at >= from && at < to) continue;
      video(at, i % 30 == 0);
      ++frames_;
    }
    builder_.finish();
  }
  // All that was given is there, in order, with no hole between parts.
  void expect_whole() {
    size_t frames = 0;
    uint64_t ticks = 0;
    int64_t end_us = 0;
    for (const Kept& kept : keeper_.cuts) {
      EXPECT_EQ(kept.cut.start_us, end_us);
      EXPECT_FALSE(kept.video.empty() && kept.audio.empty());
      if (!kept.video.empty()) EXPECT_EQ(kept.cut.fragment.video.decode_time, ticks);
      for (const Sample& sample : kept.video) ticks += sample.duration;
      frames += kept.video.size();
      end_us = kept.end_us();
    }
    EXPECT_EQ(frames, frames_);
    EXPECT_EQ(std::exchange(frames_, 0U), frames);
  }
  int64_t longest_us() const {
    int64_t longest = 0;
    for (const Kept& kept : keeper_.cuts) longest = std::max(longest, kept.cut.duration_us);
    return longest;
  }
  size_t frames_ = 0;
};

TEST_F(LateFrameTest, ALateFrameMakesNoPartLongerThanTheTarget) {
  for (const int64_t gap : {40, 100, 200, 300, 400, 480}) {
    for (const int64_t from : {300, 700, 900, 1'100, 1'480, 1'950}) {
      play_without(from, from + gap, 48'000);
      EXPECT_LE(longest_us(), 501'000) << from << " + " << gap;
      expect_whole();
      if (gap > 450) continue;  // with the frame before it that is more than a part
      play_without(from, from + gap, 0);
      EXPECT_LE(longest_us(), 501'000) << from << " + " << gap << ", no sound";
      expect_whole();
    }
  }
}

TEST_F(LateFrameTest, WhatIsHeardInALongGapIsParts) {
  for (const int64_t gap : {500, 700, 1'000, 1'600}) {
    for (const int64_t from : {300, 700, 985, 1'100}) {
      play_without(from, from + gap, 48'000);
      EXPECT_LE(longest_us(), 501'000) << from << " + " << gap;
      expect_whole();
    }
  }
}

TEST_F(LateFrameTest, AnEndInTheMiddleOfAGapIsParts) {
  start(true, 48'000);
  for (int i = 0; i < 30; ++i) {
    video((i * 100 + 1) / 3, i == 0);
    ++frames_;
  }
  for (int i = 0; i * 64 / 3 < 3'000; ++i) ASSERT_TRUE(audio(i * 64 / 3));
  builder_.finish();
  EXPECT_LE(longest_us(), 501'000);
  EXPECT_GT(keeper_.cuts.back().end_us(), 2'990'000);
  expect_whole();
}

TEST_F(LateFrameTest, WithoutSoundALongGapIsALongPart) {
  play_without(700, 1'700, 0);
  EXPECT_GT(longest_us(), 900'000);
  expect_whole();
}

TEST_F(LateFrameTest, SegmentsStillEndAtKeyframes) {
  play_without(1'500, 1'980, 48'000);
  size_t ends = 0;
  for (size_t i = 0; i + 1 < keeper_.cuts.size(); ++i) {
    if (!keeper_.cuts[i].cut.ends_segment) continue;
    ++ends;
    EXPECT_TRUE(keeper_.cuts[i + 1].cut.independent);
    EXPECT_EQ(keeper_.cuts[i].end_us(), 2'000'000);
  }
  EXPECT_EQ(ends, 1U);
}

TEST_F(PartBuilderTest, AKeyframeBeforeTwoSecondsEndsNothing) {
  start(true, 0);
  thirty_fps(150, 45);
  std::vector<int64_t> ends;
  for (const Kept& kept : keeper_.cuts)
    if (kept.cut.ends_segment) ends.push_back(kept.end_us() / 1000);
  EXPECT_EQ(ends, std::vector<int64_t>{3'000});
}

TEST_F(PartBuilderTest, AKeyframeThatTremblesIsNotMissed) {
  start(true, 0);
  for (int i = 0; i <= 60; ++i) video(i * 33, i % 60 == 0);
  ASSERT_FALSE(keeper_.cuts.empty());
  EXPECT_TRUE(keeper_.cuts.back().cut.ends_segment) << "after 1.98 s";
}

TEST_F(PartBuilderTest, WithoutKeyframesASegmentIsCutHard) {
  start(true, 0);
  thirty_fps(30 * 45, 100'000);
  std::vector<int64_t> ends;
  for (const Kept& kept : keeper_.cuts) {
    EXPECT_EQ(kept.cut.hard, kept.cut.ends_segment);
    if (kept.cut.ends_segment) ends.push_back(kept.end_us() / 1000);
  }
  EXPECT_EQ(ends, (std::vector<int64_t>{20'000, 40'000}));
}

TEST(PartBuilder, BytesEndASegmentWhoseTimeStandsStill) {
  Keeper keeper;
  PartBuilder builder(keeper, {.max_part_bytes = 1'000, .max_segment_bytes = 3'000});
  builder.start({.epoch_ms = 1'000'000, .video = true});
  const std::string frame(10, 'v');
  for (int i = 0; i < 1'000; ++i) builder.add_video(i, 0, i == 0, as_bytes(frame));
  size_t segment = 0, hard = 0;
  for (const Kept& kept : keeper.cuts) {
    segment += kept.video_data.size();
    EXPECT_LT(segment, 4'000u);
    EXPECT_EQ(kept.cut.hard, kept.cut.ends_segment);
    if (kept.cut.ends_segment) segment = 0;
    hard += kept.cut.hard;
  }
  EXPECT_EQ(hard, 3u);
}

TEST_F(PartBuilderTest, AudioGoesWithTheVideoOfItsTime) {
  start(true, 48'000);
  double next_audio = 0;
  for (int i = 0; i < 31; ++i) {
    for (; next_audio <= i * 100 / 3.0; next_audio += 64 / 3.0)
      EXPECT_TRUE(audio(std::lround(next_audio)));
    video((i * 100 + 1) / 3, i == 0);
  }
  ASSERT_EQ(keeper_.cuts.size(), 2u);
  // The frames that begin in [0, 500) and [500, 1000).
  EXPECT_EQ(keeper_.cuts[0].audio.size(), 24u);
  EXPECT_EQ(keeper_.cuts[1].audio.size(), 23u);
  EXPECT_EQ(keeper_.cuts[1].cut.fragment.audio.decode_time, 24u * 1024);
  EXPECT_EQ(keeper_.cuts[0].audio_data.size(), 24u * 4);
}

TEST_F(PartBuilderTest, AudioAloneIsCutAtWholeFrames) {
  start(false, 44'100);
  for (int i = 0; i < 400; ++i) EXPECT_TRUE(audio((i * 10'240 + 220) / 441));
  builder_.finish();
  int64_t at_us = 0;
  uint64_t samples = 0;
  for (size_t i = 0; i + 1 < keeper_.cuts.size(); ++i) {
    const Kept& kept = keeper_.cuts[i];
    EXPECT_EQ(kept.audio.size(), 21u) << "21 frames of 23.2 ms";
    EXPECT_TRUE(kept.cut.independent);
    EXPECT_EQ(kept.cut.ends_segment, i % 5 == 4) << "at least two seconds";
    EXPECT_EQ(kept.cut.start_us, at_us);
    EXPECT_EQ(kept.cut.fragment.audio.decode_time, samples);
    at_us = kept.end_us();
    samples += kept.audio.size() * 1024;
  }
  EXPECT_EQ(keeper_.cuts.back().end_us(), 400 * int64_t{1024} * 1'000'000 / 44'100);
}

TEST_F(PartBuilderTest, AudioIsPlacedByItsSamplesNotByItsRoundedTimes) {
  start(false, 44'100);
  for (int i = 0; i < 44'100 / 4; ++i) {
    // A quarter of an hour or so, with a tremble.
    const int64_t tremble = i % 7 * 5 - 15;
    EXPECT_TRUE(audio(std::max<int64_t>(0, (int64_t{i} * 10'240 + 220) / 441 + tremble)));
  }
  builder_.finish();
  uint64_t samples = 0;
  for (const Kept& kept : keeper_.cuts) {
    EXPECT_EQ(kept.cut.fragment.audio.decode_time, samples);
    for (const Sample& sample : kept.audio) EXPECT_EQ(sample.duration, 1024u);
    samples += kept.audio.size() * 1024;
  }
  EXPECT_EQ(builder_.audio_resyncs(), 0u);
}

TEST_F(PartBuilderTest, MissingAudioLeavesItsGap) {
  start(true, 48'000);
  video(0, true);
  EXPECT_TRUE(audio(0));
  EXPECT_TRUE(audio(21));
  EXPECT_TRUE(audio(300));
  EXPECT_EQ(builder_.audio_resyncs(), 1u);
  EXPECT_EQ(builder_.audio_drift_ms(), 300 - 42);
  EXPECT_TRUE(audio(321));
  EXPECT_EQ(builder_.audio_drift_ms(), 0);
  builder_.finish();
  const auto& samples = keeper_.cuts.at(0).audio;
  ASSERT_EQ(samples.size(), 4u);
  EXPECT_EQ(samples[1].duration, 300u * 48 - 1024);
  EXPECT_EQ(samples[2].duration, 1024u);
}

TEST_F(PartBuilderTest, TooMuchAudioIsDroppedUntilItFits) {
  start(true, 48'000);
  video(0, true);
  // Twice the frames that the time has room for.
  int kept = 0;
  for (int i = 0; i < 94; ++i) kept += audio(i * 32 / 3);
  EXPECT_NEAR(kept, 47 + 4, 1) << "half of them, and 80 ms ahead";
  EXPECT_GT(builder_.audio_resyncs(), 10u);
  EXPECT_LE(builder_.audio_drift_ms(), -64);
}

TEST_F(PartBuilderTest, AudioGoesOnWithoutVideoThatHasStopped) {
  start(true, 48'000);
  video(0, true);
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(audio(i * 64 / 3));
  ASSERT_EQ(durations_ms().size(), 18u) << "twice after four seconds, in parts that are no longer";
  for (const Kept& kept : keeper_.cuts) EXPECT_LE(kept.cut.duration_us, 501'000);
  EXPECT_TRUE(keeper_.cuts[0].video.empty()) << "how long the frame lasts is not known";
  EXPECT_FALSE(keeper_.cuts[0].cut.independent);
  video(10'667);
  video(10'700);
  builder_.finish();
  size_t frames = 0;
  for (const Kept& kept : keeper_.cuts) frames += kept.video.size();
  EXPECT_EQ(frames, 3u);
  int64_t at_us = 0;
  for (const Kept& kept : keeper_.cuts) {
    EXPECT_EQ(kept.cut.start_us, at_us);
    EXPECT_GT(kept.cut.duration_us, 0);
    at_us = kept.end_us();
  }
}

TEST_F(PartBuilderTest, APartIsCutWhenItIsTooLarge) {
  PartBuilder small(keeper_, {.max_part_bytes = 1000});
  small.start({.video = true});
  const std::string frame(400, 'v');
  for (int i = 0; i < 10; ++i) small.add_video(i * 10, 0, i == 0, as_bytes(frame));
  EXPECT_EQ(keeper_.cuts.size(), 3u);
  for (const Kept& kept : keeper_.cuts) EXPECT_EQ(kept.video.size(), 3u);
}

TEST_F(PartBuilderTest, TheEndOfAudioDoesNotMakeThePartLonger) {
  start(true, 48'000);
  for (int i = 0; i < 15; ++i) video((i * 100 + 1) / 3, i == 0);
  for (int i = 0; i < 27; ++i) audio(i * 64 / 3);
  EXPECT_EQ(builder_.finish(), 27 * 64'000 / 3) << "but what follows begins behind it";
  ASSERT_EQ(keeper_.cuts.size(), 1u);
  EXPECT_EQ(keeper_.cuts[0].cut.duration_us, 501'000) << "the last frame is guessed";
  EXPECT_EQ(keeper_.cuts[0].audio.size(), 27u);
}

TEST_F(PartBuilderTest, AStretchBeginsWhereItIsTold) {
  start(true, 44'100, 7'000);
  video(7'000, true);
  audio(7'010);
  builder_.finish();
  const Cut& cut = keeper_.cuts.at(0).cut;
  EXPECT_EQ(cut.start_us, 7'000'000);
  EXPECT_EQ(cut.fragment.video.decode_time, 630'000u);
  EXPECT_EQ(cut.fragment.audio.decode_time, 309'141u);
  EXPECT_EQ(cut.fragment.wall_ms, 1'007'000);
  EXPECT_EQ(cut.duration_us, 33'000) << "one frame says nothing of how long it lasts";
}

TEST_F(PartBuilderTest, CompositionOffsetsHaveASign) {
  start(true, 0);
  builder_.add_video(0, 80, true, as_bytes("k"));
  builder_.add_video(40, -40, false, as_bytes("v"));
  builder_.finish();
  EXPECT_EQ(keeper_.cuts.at(0).video[0].composition_offset, 7'200);
  EXPECT_EQ(keeper_.cuts.at(0).video[1].composition_offset, -3'600);
}

}  // namespace
}  // namespace strims::media
