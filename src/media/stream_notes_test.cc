#include "media/stream_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strims::media {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(StreamNotes, AreSentencesForTheStreamer) {
  const StreamFacts good{
      .has_video = true, .has_audio = true, .keyframe_gap_ms = 2'000, .av_skew_ms = -80};
  EXPECT_THAT(stream_notes(good), IsEmpty());
  StreamFacts facts = good;
  facts.keyframe_gap_ms = 9'960;
  EXPECT_THAT(stream_notes(facts),
              ElementsAre("keyframe every 10 s: set the keyframe interval to 2 s"));
  facts = good;
  facts.av_skew_ms = 1'540;
  EXPECT_THAT(stream_notes(facts), ElementsAre("audio comes 1.5 s behind video"));
  facts.av_skew_ms = -2'000;
  EXPECT_THAT(stream_notes(facts), ElementsAre("video comes 2.0 s behind audio"));
  facts = good;
  facts.has_audio = false;
  EXPECT_THAT(stream_notes(facts), ElementsAre("no audio"));
  facts.chroma_format = 3;
  EXPECT_THAT(stream_notes(facts), ElementsAre(HasSubstr("NV12"), "no audio"));
  facts = good;
  facts.bit_depth = 10;
  EXPECT_THAT(stream_notes(facts), ElementsAre(HasSubstr("NV12")));
  facts = good;
  facts.audio_is_elsewhere = true;
  EXPECT_THAT(stream_notes(facts), ElementsAre(HasSubstr("timestamps")));
  EXPECT_THAT(stream_notes({.has_audio = true}), ElementsAre("no video"));
}

}  // namespace
}  // namespace strims::media
