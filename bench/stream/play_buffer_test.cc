#include "bench/stream/play_buffer.h"

#include <gtest/gtest.h>

namespace strims::stream_load {
namespace {

TEST(PlayBuffer, StallsWhenNothingIsLeftAndGoesOnWithWhatComes) {
  PlayBuffer buffer;
  buffer.start(1'000, 1'500);
  EXPECT_EQ(buffer.add(1'500, 500), 0);    // empty at 3,000
  EXPECT_EQ(buffer.add(3'000, 500), 0);    // just in time
  EXPECT_EQ(buffer.add(3'700, 500), 200);  // 3,500 was the end
  EXPECT_EQ(buffer.add(4'100, 500), 0);    // 4,200
  EXPECT_EQ(buffer.add(4'701, 500), 1);    // 4,700
}

}  // namespace
}  // namespace strims::stream_load
