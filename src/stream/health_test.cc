#include "stream/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strims::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A publisher after `seconds`, at that rate.
LiveStream::Numbers after(double seconds, double realtime = 1) {
  LiveStream::Numbers numbers;
  media::PackagerStats& p = numbers.packager;
  p.sessions = 1;
  p.bytes = static_cast<uint64_t>(seconds * 312'500);
  p.video_frames = static_cast<uint64_t>(seconds * 30 * realtime);
  p.session_media_ms = static_cast<int64_t>(seconds * 1'000 * realtime);
  p.keyframe_interval_ms = 2'000;
  p.has_video = p.has_audio = true;
  numbers.codecs = "avc1.64001f,mp4a.40.2";
  numbers.width = 1280;
  return numbers;
}

Health judged(const std::function<void(LiveStream::Numbers&)>& spoil, double realtime = 1) {
  HealthMeter meter;
  for (int second = 0; second <= 20; ++second) {
    LiveStream::Numbers numbers = after(second, realtime);
    spoil(numbers);
    meter.sample(numbers, second * 1'000);
  }
  return meter.read();
}

TEST(Health, NobodyPublishes) {
  EXPECT_EQ(HealthMeter().read().grade, Health::Grade::offline);
}

TEST(Health, AGoodPublisher) {
  const Health health = judged([](auto&) {});
  EXPECT_EQ(to_string(health.grade), "good");
  EXPECT_THAT(health.notes, IsEmpty());
  EXPECT_NEAR(health.bitrate_kbps, 2'500, 1);
  EXPECT_NEAR(health.fps, 30, 0.5);
  EXPECT_NEAR(health.realtime, 1, 0.01);
  EXPECT_EQ(health.video, "avc1.64001f");
  EXPECT_EQ(health.audio, "mp4a.40.2");
}

TEST(Health, ASlowUploadIsTold) {
  const Health health = judged([](auto&) {}, 0.62);
  EXPECT_EQ(health.grade, Health::Grade::bad);
  EXPECT_THAT(health.notes, ElementsAre(HasSubstr("62 % of realtime")));
}

TEST(Health, RareKeyframesAreBad) {
  const Health health = judged([](auto& n) { n.packager.keyframe_interval_ms = 10'000; });
  EXPECT_EQ(health.grade, Health::Grade::bad);
  EXPECT_EQ(health.keyframe_seconds, 10);
}

TEST(Health, WhatThePackagerSaysIsAWarning) {
  const Health health = judged([](auto& n) { n.notes = {"timestamps jump"}; });
  EXPECT_EQ(health.grade, Health::Grade::warn);
  EXPECT_THAT(health.notes, ElementsAre("Timestamps jump."));
}

TEST(Health, AnotherSessionCountsAnew) {
  HealthMeter meter;
  meter.sample(after(100), 100'000);
  LiveStream::Numbers next = after(1);
  next.packager.sessions = 2;
  meter.sample(next, 101'000);
  EXPECT_EQ(meter.read().bitrate_kbps, 0) << "no difference of two sessions";
  meter.reset();
  EXPECT_EQ(meter.read().grade, Health::Grade::offline);
}

}  // namespace
}  // namespace strims::stream
