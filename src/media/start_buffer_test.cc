#include "media/start_buffer.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace strims::media {
namespace {

Unit video(int64_t ms, bool keyframe, std::string_view data = "v") {
  return {.video = true, .keyframe = keyframe, .time_ms = ms, .data = as_bytes(data)};
}
Unit audio(int64_t ms, std::string_view data = "a") {
  return {.time_ms = ms, .data = as_bytes(data)};
}

TEST(StartBuffer, VideoBeforeAKeyframeIsDropped) {
  StartBuffer buffer;
  EXPECT_EQ(buffer.add(video(0, false)), 1u);
  EXPECT_EQ(buffer.add(audio(10)), 0u);
  EXPECT_EQ(buffer.anchor(true), nullptr);
  EXPECT_EQ(buffer.add(video(20, true)), 0u);
  EXPECT_EQ(buffer.add(video(40, false)), 0u);
  ASSERT_NE(buffer.anchor(true), nullptr);
  EXPECT_EQ(buffer.anchor(true)->time_ms, 20);
  EXPECT_EQ(buffer.anchor(false)->time_ms, 10);
  EXPECT_EQ(buffer.units().size(), 3u);
  EXPECT_EQ(buffer.span_ms(), 40) << "what was dropped counts as time";
}

TEST(StartBuffer, KeepsCopies) {
  StartBuffer buffer;
  std::string first = "a short one", second(1000, 'x');
  buffer.add(video(0, true, first));
  buffer.add(audio(1, second));
  first.assign(first.size(), '-');
  second.assign(second.size(), '-');
  const StartBuffer moved = std::move(buffer);
  EXPECT_EQ(as_text(moved.units()[0].data), "a short one");
  EXPECT_EQ(as_text(moved.units()[1].data), std::string(1000, 'x'));
}

TEST(StartBuffer, OldAudioIsNotKeptWhileAKeyframeIsAwaited) {
  StartBuffer buffer;
  size_t dropped = 0;
  for (int i = 0; i < 1000; ++i) dropped += buffer.add(audio(i * 20));
  EXPECT_EQ(dropped, 1000 - 101u);
  EXPECT_EQ(buffer.units().size(), 101u);
  EXPECT_EQ(buffer.span_ms(), 999 * 20);
}

TEST(StartBuffer, HasBounds) {
  StartBuffer buffer;
  const std::string large(4 << 20, 'x');
  buffer.add(video(0, true, large));
  for (int i = 1; i < 4; ++i) EXPECT_EQ(buffer.add(video(i, false, large)), 0u);
  EXPECT_FALSE(buffer.full());
  EXPECT_EQ(buffer.add(video(5, false, large)), 1u);
  EXPECT_TRUE(buffer.full());
  EXPECT_EQ(buffer.add(audio(6)), 1u);
  EXPECT_EQ(buffer.clear(), 4u);
  EXPECT_FALSE(buffer.full());
  EXPECT_EQ(buffer.span_ms(), 6);
  EXPECT_EQ(buffer.reset(), 0u);
  EXPECT_EQ(buffer.span_ms(), 0);

  for (int i = 0; i < 4097; ++i) buffer.add(audio(0));
  EXPECT_FALSE(buffer.full()) << "there is a keyframe to wait for";
  EXPECT_EQ(buffer.units().size(), 1u);
}

}  // namespace
}  // namespace strims::media
