#include "media/session_input.h"

#include <gtest/gtest.h>

#include "media/media_testing.h"

namespace strims::media {
namespace {

using Step = SessionInput::Step;

Result<Step> take(SessionInput& input, TagKind kind, const std::string& body, uint32_t ms = 0) {
  return input.take({kind, ms, as_bytes(body)}, 5);
}
Step step(SessionInput& input, TagKind kind, const std::string& body, uint32_t ms = 0) {
  const auto result = take(input, kind, body, ms);
  EXPECT_TRUE(result);
  return result.value_or(Step::nothing);
}

TEST(SessionInput, ATrackIsNewThenChangedAndTheSameIsNothing) {
  SessionInput input;
  EXPECT_FALSE(input.complete());
  const std::string small = testing::video_config_tag(testing::avc_record(testing::sps()));
  const std::string large =
      testing::video_config_tag(testing::avc_record(testing::sps({.macroblocks_wide = 120})));
  EXPECT_EQ(step(input, TagKind::video, small), Step::new_track);
  EXPECT_EQ(step(input, TagKind::video, small), Step::nothing);
  EXPECT_EQ(step(input, TagKind::video, large), Step::changed_track);
  EXPECT_EQ(input.video()->sps.width, 1920);
  EXPECT_FALSE(input.complete());
  EXPECT_EQ(step(input, TagKind::audio, testing::audio_config_tag(testing::aac_record(3))),
            Step::new_track);
  EXPECT_TRUE(input.complete());
  EXPECT_EQ(step(input, TagKind::audio, testing::audio_config_tag(testing::aac_record(4))),
            Step::changed_track);
  EXPECT_EQ(input.audio()->sample_rate, 44'100);
}

TEST(SessionInput, IsCompleteWithWhatWasDeclared) {
  SessionInput input;
  input.declare(false, true);
  EXPECT_FALSE(input.complete());
  step(input, TagKind::audio, testing::audio_config_tag(testing::aac_record()));
  EXPECT_TRUE(input.complete());
  input.declare(false, false);
  EXPECT_TRUE(SessionInput(input).complete());
}

TEST(SessionInput, FramesBecomeUnits) {
  SessionInput input;
  EXPECT_EQ(step(input, TagKind::video, testing::video_tag(true)), Step::not_configured);
  EXPECT_EQ(step(input, TagKind::audio, testing::audio_tag()), Step::not_configured);
  step(input, TagKind::video, testing::video_config_tag(testing::avc_record(testing::sps())));
  const std::string frame = testing::video_tag(true, 67);
  EXPECT_EQ(step(input, TagKind::video, frame, 0xfffffff0), Step::unit);
  EXPECT_TRUE(input.unit().video);
  EXPECT_TRUE(input.unit().keyframe);
  EXPECT_EQ(input.unit().composition_ms, 67);
  EXPECT_EQ(input.unit().time_ms, 0xfffffff0);
  EXPECT_EQ(input.unit().now, 5);
  EXPECT_EQ(step(input, TagKind::video, frame, 17), Step::unit);
  EXPECT_EQ(input.unit().time_ms, 0x1'0000'0011) << "it wraps";
  EXPECT_EQ(step(input, TagKind::video, frame, 0xfffffffa), Step::unit);
  EXPECT_EQ(input.unit().time_ms, 0xfffffffa) << "and back";
}

TEST(SessionInput, WhatCannotBeReadIsLetPassButNotWhatCannotBePlayed) {
  SessionInput input;
  step(input, TagKind::video, testing::video_config_tag(testing::avc_record(testing::sps())));
  EXPECT_EQ(step(input, TagKind::video, "\x17"), Step::malformed);
  std::string cut = testing::video_tag(true);
  cut.pop_back();
  EXPECT_EQ(step(input, TagKind::video, cut), Step::malformed) << "a NAL unit that is not whole";
  EXPECT_EQ(step(input, TagKind::data, "anything"), Step::nothing);

  const auto codec = take(input, TagKind::video, std::string("\x90hvc1", 5));
  ASSERT_FALSE(codec);
  EXPECT_EQ(codec.error().reason, "codec");
  const auto header = take(input, TagKind::video, testing::video_config_tag("nonsense"));
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().reason, "sequence_header");
  EXPECT_FALSE(take(input, TagKind::audio, testing::audio_config_tag("\xff")));
}

}  // namespace
}  // namespace strims::media
