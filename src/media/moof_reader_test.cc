#include "media/moof_reader.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "media/box_testing.h"
#include "media/box_writer.h"
#include "media/fmp4_writer.h"

namespace strims::media {
namespace {

const std::vector<FileTrack> kBoth = {{kVideoTrack, kVideoTimescale, true},
                                      {kAudioTrack, 48'000, false}};
const std::vector<FileTrack> kAudioOnly = {{kAudioTrack, 48'000, false}};

// A traf with default values instead of ones for each sample; `flags` are those of the samples.
std::string moof_of_defaults(uint32_t flags, uint32_t count, bool first_flags = false) {
  std::string out;
  BoxScope traf(out, "traf");
  {
    BoxScope tfhd(out, "tfhd", 0, 0x38 | 0x3);
    put_u32(out, kVideoTrack);
    put_u64(out, 0);
    put_u32(out, 1);
    put_u32(out, 9'000);
    put_u32(out, 100);
    put_u32(out, flags);
  }
  {
    BoxScope tfdt(out, "tfdt", 0, 0);
    put_u32(out, 90'000);
  }
  {
    BoxScope trun(out, "trun", 0, first_flags ? 0x804 : 0x800);
    put_u32(out, count);
    if (first_flags) put_u32(out, kSyncSample);
    for (uint32_t i = 0; i < 3; ++i) put_u32(out, 0);
  }
  return out;
}

TEST(BoxHead, Sizes) {
  const auto head = [](std::string_view bytes) { return parse_box_head(as_bytes(bytes)); };
  EXPECT_EQ(head({"\0\0\0\x10mdat", 8})->size, 16u);
  EXPECT_EQ(head({"\0\0\0\x08"
                  "free",
                  8})
                ->length,
            8u);
  const auto large = head({"\0\0\0\1mdat\0\0\0\1\0\0\0\0", 16});
  ASSERT_TRUE(large);
  EXPECT_EQ(large->size, uint64_t{1} << 32);
  EXPECT_EQ(large->length, 16u);
  EXPECT_FALSE(head({"\0\0\0\1mdat\0\0\0\0\0\0\0\x0f", 16})) << "smaller than its head";
  EXPECT_FALSE(head({"\0\0\0\1mdat\0\0\0\1", 12}));
  EXPECT_FALSE(head({"\0\0\0\7mdat", 8}));
  EXPECT_FALSE(head({"\0\0\0\0mdat", 8})) << "to the end of the file";
  EXPECT_FALSE(head({"\0\0\0\x10mda", 7}));
  EXPECT_FALSE(head({}));
}

TEST(Moof, VideoSaysWhenAudioSaysOnlyAlone) {
  const std::vector<Sample> frames = {{.size = 1, .duration = 3'000},
                                      {.size = 2, .duration = 3'000, .sync = false}};
  const std::vector<Sample> sound = {{.size = 3, .duration = 4'800}};
  Fragment fragment{.video = {180'000, frames, "vvv"}, .audio = {48'000, sound, "aaa"}};
  const auto summary = [&fragment](const std::vector<FileTrack>& tracks) {
    const std::string bytes = write_fragment(fragment);
    return parse_moof(as_bytes(testing::box(bytes, "moof")), tracks);
  };
  auto both = summary(kBoth);
  ASSERT_TRUE(both);
  EXPECT_EQ(both->start_us, 2'000'000);
  EXPECT_EQ(both->duration_us, 66'666);
  EXPECT_EQ(both->data_size, 6u);
  EXPECT_TRUE(both->keyframe);

  const auto audio = summary(kAudioOnly);
  ASSERT_TRUE(audio);
  EXPECT_EQ(audio->start_us, 1'000'000);
  EXPECT_EQ(audio->duration_us, 100'000);
  EXPECT_TRUE(audio->keyframe) << "there is no video to wait for";
  EXPECT_FALSE(summary({}));

  fragment.video.samples = std::span(frames).subspan(1);
  EXPECT_FALSE(summary(kBoth)->keyframe);
  fragment.video = {};
  EXPECT_FALSE(summary(kBoth)->keyframe) << "audio alone where there should be video";
}

TEST(Moof, Defaults) {
  const auto parsed = [](const std::string& moof) { return parse_moof(as_bytes(moof), kBoth); };
  const auto sync = parsed(moof_of_defaults(kSyncSample, 3));
  ASSERT_TRUE(sync);
  EXPECT_EQ(sync->start_us, 1'000'000);
  EXPECT_EQ(sync->duration_us, 300'000);
  EXPECT_EQ(sync->data_size, 300u);
  EXPECT_TRUE(sync->keyframe);
  EXPECT_FALSE(parsed(moof_of_defaults(kNotSyncSample, 3))->keyframe);
  EXPECT_TRUE(parsed(moof_of_defaults(kNotSyncSample, 3, true))->keyframe);
}

TEST(Moof, RefusesCountsThatTheBoxDoesNotHold) {
  const auto parsed = [](const std::string& moof) { return parse_moof(as_bytes(moof), kBoth); };
  EXPECT_FALSE(parsed(moof_of_defaults(kSyncSample, 4)));
  EXPECT_FALSE(parsed(moof_of_defaults(kSyncSample, 0xffffffff)));
  EXPECT_FALSE(parsed(moof_of_defaults(kSyncSample, 0))) << "nothing in it";
  EXPECT_FALSE(parsed(""));
}

TEST(Moof, RefusesTimesBeyondReason) {
  const std::vector<Sample> frames = {{.size = 1, .duration = 3'000}};
  for (const uint64_t time : {~uint64_t{0}, ~uint64_t{0} - 2'999}) {
    const std::string bytes = write_fragment({.video = {time, frames, "v"}});
    EXPECT_FALSE(parse_moof(as_bytes(testing::box(bytes, "moof")), kBoth));
  }
  const std::vector<FileTrack> slow = {{kVideoTrack, 1, true}};
  const std::string bytes = write_fragment({.video = {uint64_t{1} << 62, frames, "v"}});
  EXPECT_FALSE(parse_moof(as_bytes(testing::box(bytes, "moof")), slow));
}

TEST(Prft, OfOtherTimesIsNothing) {
  EXPECT_EQ(parse_prft(as_bytes("short")), 0);
}

}  // namespace
}  // namespace strims::media
