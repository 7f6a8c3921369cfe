#include "hub/feed_ring.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/bytes.h"

namespace strims::hub {
namespace {

std::string read(const FeedRing& ring, FeedPosition from, FeedPosition to) {
  return std::string(as_text(ring.range(from, to)));
}

TEST(FeedRing, TheSizeIsAPowerOfTwoOfAPageOrMore) {
  EXPECT_EQ(FeedRing(1).capacity(), 4096U);
  EXPECT_EQ(FeedRing(4097).capacity(), 8192U);
  EXPECT_EQ(FeedRing(65'536).capacity(), 65'536U);
}

TEST(FeedRing, PositionsNeverBeginAtZero) {
  const FeedRing ring(4096);
  EXPECT_GT(ring.end(), 0U) << "0 means no position";
  EXPECT_TRUE(ring.holds(ring.end()));
}

TEST(FeedRing, GivesBackWhatWasAppended) {
  FeedRing ring(4096);
  const FeedPosition start = ring.end();
  ring.append("hello ");
  ring.append("");
  ring.append("world");
  EXPECT_EQ(ring.end(), start + 11);
  EXPECT_EQ(read(ring, start, ring.end()), "hello world");
  EXPECT_EQ(read(ring, start + 6, start + 8), "wo");
  EXPECT_TRUE(ring.range(start, start).empty());
}

TEST(FeedRing, ARangeAcrossTheEndIsOnePiece) {
  FeedRing ring(4096);
  ring.append(std::string(4090, 'a'));
  const FeedPosition start = ring.end();
  ring.append("0123456789");
  EXPECT_EQ(read(ring, start, ring.end()), "0123456789");
  EXPECT_EQ(read(ring, start - 2, ring.end()), "aa0123456789");
}

TEST(FeedRing, HoldsTheNewestBytesOnly) {
  FeedRing ring(4096);
  const FeedPosition start = ring.end();
  ring.append(std::string(4096, 'a'));
  EXPECT_TRUE(ring.holds(start)) << "just full";
  ring.append("b");
  EXPECT_FALSE(ring.holds(start));
  EXPECT_TRUE(ring.holds(start + 1));
  EXPECT_EQ(read(ring, start + 1, ring.end()), std::string(4095, 'a') + "b");
}

TEST(FeedRing, WhatIsLongerThanTheRingLosesEveryReader) {
  FeedRing ring(4096);
  const FeedPosition start = ring.end();
  std::string giant(10'000, 'x');
  giant.replace(giant.size() - 3, 3, "end");
  ring.append(giant);
  EXPECT_EQ(ring.end(), start + giant.size());
  EXPECT_FALSE(ring.holds(start));
  EXPECT_EQ(read(ring, ring.end() - 4, ring.end()), "xend");
  const FeedPosition after = ring.end();
  ring.append("on");
  EXPECT_EQ(read(ring, after, ring.end()), "on");
}

TEST(FeedRing, ManyRounds) {
  FeedRing ring(4096);
  std::mt19937 random(7);
  std::string all;
  const FeedPosition start = ring.end();
  for (int i = 0; i < 5000; ++i) {
    const std::string piece(random() % 300, static_cast<char>('a' + i % 26));
    ring.append(piece);
    all += piece;
    const size_t back = random() % std::min<size_t>(all.size() + 1, ring.capacity() + 1);
    ASSERT_EQ(read(ring, ring.end() - back, ring.end()), all.substr(all.size() - back));
  }
  EXPECT_EQ(ring.end(), start + all.size());
}

}  // namespace
}  // namespace strims::hub
