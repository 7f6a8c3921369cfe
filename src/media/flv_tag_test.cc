#include "media/flv_tag.h"

#include <gtest/gtest.h>

#include "media/media_testing.h"

namespace strims::media {
namespace {

std::string bytes(std::initializer_list<uint8_t> list) {
  return {list.begin(), list.end()};
}

TEST(VideoTag, OfH264) {
  const std::string header = testing::video_config_tag("record");
  auto tag = parse_video_tag(as_bytes(header));
  ASSERT_TRUE(tag);
  EXPECT_EQ(tag->content, TagContent::config);
  EXPECT_EQ(as_text(tag->payload), "record");

  const std::string key = testing::video_tag(true, 80, 10);
  tag = parse_video_tag(as_bytes(key));
  ASSERT_TRUE(tag);
  EXPECT_EQ(tag->content, TagContent::frame);
  EXPECT_TRUE(tag->keyframe);
  EXPECT_EQ(tag->composition_ms, 80);
  EXPECT_EQ(tag->payload.size(), 14u);

  const std::string inter = testing::video_tag(false, -40);
  tag = parse_video_tag(as_bytes(inter));
  ASSERT_TRUE(tag);
  EXPECT_FALSE(tag->keyframe);
  EXPECT_EQ(tag->composition_ms, -40);
}

TEST(VideoTag, WhatIsNothing) {
  for (const std::string& body :
       {std::string(), bytes({0x17, 2, 0, 0, 0}), bytes({0x27, 1, 0, 0, 0}), bytes({0x57, 0}),
        bytes({0xd0, 0}), bytes({0x92, 'a', 'v', 'c', '1'}),
        bytes({0x94, 'a', 'v', 'c', '1', 2})}) {
    const auto tag = parse_video_tag(as_bytes(body));
    ASSERT_TRUE(tag);
    EXPECT_EQ(tag->content, TagContent::nothing);
  }
}

TEST(VideoTag, OfH264InEnhancedRtmp) {
  const std::string header = bytes({0x90, 'a', 'v', 'c', '1', 'r'});
  auto tag = parse_video_tag(as_bytes(header));
  ASSERT_TRUE(tag);
  EXPECT_EQ(tag->content, TagContent::config);
  EXPECT_EQ(as_text(tag->payload), "r");

  const std::string frames = bytes({0xa1, 'a', 'v', 'c', '1', 0xff, 0xff, 0xfe, 'n'});
  tag = parse_video_tag(as_bytes(frames));
  ASSERT_TRUE(tag);
  EXPECT_EQ(tag->content, TagContent::frame);
  EXPECT_FALSE(tag->keyframe);
  EXPECT_EQ(tag->composition_ms, -2);
  EXPECT_EQ(as_text(tag->payload), "n");

  const std::string without_offset = bytes({0x93, 'a', 'v', 'c', '1', 'n'});
  tag = parse_video_tag(as_bytes(without_offset));
  ASSERT_TRUE(tag);
  EXPECT_TRUE(tag->keyframe);
  EXPECT_EQ(tag->composition_ms, 0);
  EXPECT_EQ(as_text(tag->payload), "n");
}

TEST(VideoTag, OtherCodecsAreRefusedByName) {
  const std::pair<std::string, std::string> cases[] = {
      {bytes({0x90, 'h', 'v', 'c', '1', 0}), "hvc1"},
      {bytes({0x91, 'a', 'v', '0', '1', 0}), "av01"},
      {bytes({0x90, 'v', 'p', '0', '9'}), "vp09"},
      {bytes({0x90, 0, 1, 0xff, 'x'}), "???x"},
      {bytes({0x1c, 0, 0, 0, 0}), "hvc1"},
      {bytes({0x12, 0}), "Sorenson H.263"},
      {bytes({0x1f}), "unknown"}};
  for (const auto& [body, name] : cases) {
    const auto tag = parse_video_tag(as_bytes(body));
    ASSERT_FALSE(tag);
    EXPECT_EQ(tag.error().code, Errc::unsupported);
    EXPECT_EQ(tag.error().reason, "codec");
    EXPECT_EQ(tag.error().detail, "codec " + name + " is not enabled: set the encoder to H.264");
  }
  const auto multitrack = parse_video_tag(as_bytes(bytes({0x96, 0, 'a', 'v', 'c', '1'})));
  ASSERT_FALSE(multitrack);
  EXPECT_EQ(multitrack.error().reason, "codec");
}

TEST(VideoTag, Malformed) {
  for (const std::string& body :
       {bytes({0x17}), bytes({0x17, 1, 0, 0}), bytes({0x17, 3, 0, 0, 0}),
        bytes({0x90, 'a', 'v', 'c'}), bytes({0x91, 'a', 'v', 'c', '1', 0})}) {
    const auto tag = parse_video_tag(as_bytes(body));
    ASSERT_FALSE(tag);
    EXPECT_EQ(tag.error().code, Errc::invalid);
    EXPECT_EQ(tag.error().reason, "malformed");
  }
}

TEST(AudioTag, OfAac) {
  auto tag = parse_audio_tag(as_bytes("\xaf\x01raw"));
  ASSERT_TRUE(tag);
  EXPECT_EQ(tag->content, TagContent::frame);
  EXPECT_EQ(as_text(tag->payload), "raw");
  const std::string header = testing::audio_config_tag("asc");
  tag = parse_audio_tag(as_bytes(header));
  ASSERT_TRUE(tag);
  EXPECT_EQ(tag->content, TagContent::config);
  EXPECT_EQ(as_text(tag->payload), "asc");
}

TEST(AudioTag, OfAacInEnhancedRtmp) {
  const std::string header = bytes({0x90, 'm', 'p', '4', 'a', 'c'});
  auto tag = parse_audio_tag(as_bytes(header));
  ASSERT_TRUE(tag);
  EXPECT_EQ(tag->content, TagContent::config);
  EXPECT_EQ(as_text(tag->payload), "c");
  const std::string frame = bytes({0x91, 'm', 'p', '4', 'a', 'f'});
  tag = parse_audio_tag(as_bytes(frame));
  ASSERT_TRUE(tag);
  EXPECT_EQ(tag->content, TagContent::frame);
  EXPECT_EQ(as_text(tag->payload), "f");
}

TEST(AudioTag, WhatIsNothing) {
  for (const std::string& body :
       {std::string(), bytes({0xaf, 1}), bytes({0x92, 'm', 'p', '4', 'a'}),
        bytes({0x94, 'm', 'p', '4', 'a', 0})}) {
    const auto tag = parse_audio_tag(as_bytes(body));
    ASSERT_TRUE(tag);
    EXPECT_EQ(tag->content, TagContent::nothing);
  }
}

TEST(AudioTag, OtherCodecsAreRefusedByName) {
  const std::pair<std::string, std::string> cases[] = {
      {bytes({0x2f, 0}), "MP3"},
      {bytes({0xb0}), "Speex"},
      {bytes({0x90, 'O', 'p', 'u', 's'}), "Opus"},
      {bytes({0x91, 'f', 'L', 'a', 'C', 0}), "fLaC"}};
  for (const auto& [body, name] : cases) {
    const auto tag = parse_audio_tag(as_bytes(body));
    ASSERT_FALSE(tag);
    EXPECT_EQ(tag.error().code, Errc::unsupported);
    EXPECT_EQ(tag.error().reason, "codec");
    EXPECT_EQ(tag.error().detail, "codec " + name + " is not enabled: set the encoder to AAC");
  }
  const auto multitrack = parse_audio_tag(as_bytes(bytes({0x95, 0, 'm', 'p', '4', 'a'})));
  ASSERT_FALSE(multitrack);
  EXPECT_EQ(multitrack.error().reason, "codec");
}

TEST(AudioTag, Malformed) {
  for (const std::string& body : {bytes({0xaf}), bytes({0xaf, 2, 0}), bytes({0x90, 'm', 'p'})}) {
    const auto tag = parse_audio_tag(as_bytes(body));
    ASSERT_FALSE(tag);
    EXPECT_EQ(tag.error().reason, "malformed");
  }
}

}  // namespace
}  // namespace strims::media
