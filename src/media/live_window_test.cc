#include "media/live_window.h"

#include <gtest/gtest.h>

#include "media/window_testing.h"

namespace strims::media {
namespace {

using testing::Feeder;
using Wait = LiveWindow::Wait;
using State = LiveWindow::State;

std::vector<uint64_t> numbers(const LiveWindow& window) {
  std::vector<uint64_t> out;
  for (const auto& segment : window.listed()) out.push_back(segment.number);
  return out;
}

TEST(LiveWindow, ListsTheLastSegments) {
  LiveWindow window;
  EXPECT_TRUE(window.empty());
  Feeder feeder{window};
  feeder.init();
  feeder.segments(3);
  EXPECT_EQ(numbers(window), (std::vector<uint64_t>{0, 1, 2}));
  feeder.segments(9);
  EXPECT_EQ(numbers(window), (std::vector<uint64_t>{5, 6, 7, 8, 9, 10, 11}));
  feeder.part();
  EXPECT_EQ(numbers(window), (std::vector<uint64_t>{5, 6, 7, 8, 9, 10, 11, 12}));
  EXPECT_FALSE(window.listed().back().complete);
  EXPECT_EQ(window.listed().front().duration_us, 2'000'000);
  EXPECT_EQ(window.listed().front().parts.size(), 4u);
}

TEST(LiveWindow, BytesBoundItWhateverTheirTimesSay) {
  LiveWindow window({.max_bytes = 10'000});
  Feeder feeder{window, 1, 1'000, 3'000};  // a segment of a millisecond and 3,000 bytes
  feeder.init();
  feeder.segments(500);
  EXPECT_EQ(numbers(window), (std::vector<uint64_t>{497, 498, 499}));
  EXPECT_TRUE(window.part(495, 0)) << "for readers of an older playlist";
  EXPECT_FALSE(window.part(494, 0));
  feeder.part_bytes = 30'000;
  feeder.segments(1);
  EXPECT_EQ(numbers(window), std::vector<uint64_t>{500}) << "the newest is there in any case";
}

TEST(LiveWindow, FindsBytesByNumber) {
  LiveWindow window;
  Feeder feeder{window};
  feeder.init();
  feeder.segments(12);
  feeder.part();
  EXPECT_EQ(*window.part(12, 0), "12.0");
  EXPECT_EQ(window.part(12, 1), nullptr);
  EXPECT_EQ(window.part(13, 0), nullptr);
  EXPECT_EQ(*window.part(7, 3), "7.3");
  std::string bytes;
  for (const SharedBytes& part : window.segment(11)) bytes += *part;
  EXPECT_EQ(bytes, "11.011.111.211.3");
  EXPECT_TRUE(window.segment(12).empty()) << "not complete";
  EXPECT_EQ(window.segment(4).size(), 4u) << "no longer listed, but some may still ask";
  EXPECT_EQ(window.segment(3).size(), 4u);
  EXPECT_TRUE(window.segment(2).empty());
  EXPECT_TRUE(window.segment(~uint64_t{0}).empty());
  ASSERT_NE(window.newest_independent_part(), nullptr);
  EXPECT_EQ(*window.newest_independent_part()->bytes, "12.0");
}

TEST(LiveWindow, KeepsInitsWhileTheyAreNeeded) {
  LiveWindow window;
  Feeder feeder{window};
  EXPECT_EQ(window.newest_init(), nullptr);
  feeder.init();
  feeder.segments(2);
  feeder.init();
  feeder.segments(8);
  ASSERT_NE(window.init(1), nullptr) << "segment 1 is behind the window";
  EXPECT_EQ(*window.init(1)->bytes, "init 1");
  feeder.segments(1);
  EXPECT_EQ(window.init(1), nullptr);
  EXPECT_NE(window.init(2), nullptr);
  EXPECT_EQ(window.newest_init()->number, 2u);
  EXPECT_EQ(window.init(3), nullptr);
}

// hls.js trap 1.
TEST(LiveWindow, CountsDiscontinuitiesThatSlidOut) {
  LiveWindow window;
  Feeder feeder{window};
  feeder.init();
  feeder.segments(2);
  feeder.discontinuity();
  feeder.segments(1);
  feeder.discontinuity();
  feeder.segments(6);
  EXPECT_EQ(numbers(window).front(), 2u);
  EXPECT_EQ(window.discontinuity_sequence(), 0u) << "its own is before it in the playlist";
  feeder.segments(1);
  EXPECT_EQ(window.discontinuity_sequence(), 1u);
  feeder.segments(1);
  EXPECT_EQ(window.discontinuity_sequence(), 2u);
  feeder.segments(20);
  EXPECT_EQ(window.discontinuity_sequence(), 2u);
}

TEST(LiveWindow, GoesOnCountingAfterARestart) {
  LiveWindow window({.discontinuities = 3});
  Feeder feeder{window};
  feeder.next = {.segment = 40};
  feeder.init();
  feeder.discontinuity();
  feeder.segments(1);
  EXPECT_EQ(numbers(window).front(), 40u);
  EXPECT_EQ(window.discontinuity_sequence(), 3u);
  feeder.segments(7);
  EXPECT_EQ(window.discontinuity_sequence(), 4u);
}

TEST(LiveWindow, TheTargetDurationGrowsOnlyWhenItMust) {
  LiveWindow window;
  Feeder feeder{window};
  feeder.init();
  feeder.segments(5);
  EXPECT_EQ(window.target_duration_s(), 2);
  feeder.parts_per_segment = 7;
  feeder.segments(1);
  EXPECT_EQ(window.target_duration_s(), 4) << "3.5 s, rounded";
  feeder.parts_per_segment = 21;
  feeder.segments(1);
  EXPECT_EQ(window.target_duration_s(), 11) << "10.5 s, rounded";
  feeder.parts_per_segment = 4;
  feeder.segments(30);
  EXPECT_EQ(window.target_duration_s(), 11);
  EXPECT_GE(window.listed().size(), 17u) << "the playlist is at least three of them long";
}

TEST(LiveWindow, RequestsForThePlaylist) {
  LiveWindow window;
  EXPECT_EQ(window.playlist_wait(0, 0), Wait::hold);
  Feeder feeder{window};
  feeder.init();
  feeder.segments(3);
  feeder.part();
  feeder.part();  // 3.0 and 3.1
  struct Case {
    uint64_t msn;
    std::optional<uint32_t> part;
    Wait wait;
  };
  const Case cases[] = {
      {2, std::nullopt, Wait::ready},   {2, 0, Wait::ready},   {2, 9, Wait::ready},
      {3, std::nullopt, Wait::hold},    {3, 1, Wait::ready},   {3, 2, Wait::hold},
      {4, std::nullopt, Wait::hold},    {4, 0, Wait::hold},    {5, std::nullopt, Wait::hold},
      {6, std::nullopt, Wait::too_far}, {6, 0, Wait::too_far}, {~uint64_t{0}, 0, Wait::too_far},
  };
  for (const Case& c : cases)
    EXPECT_EQ(window.playlist_wait(c.msn, c.part), c.wait) << c.msn << "." << c.part.value_or(99);
  const uint64_t version = window.version();
  feeder.part();
  EXPECT_GT(window.version(), version);
  EXPECT_EQ(window.playlist_wait(3, 2), Wait::ready);
  feeder.part();
  EXPECT_EQ(window.playlist_wait(3, std::nullopt), Wait::ready);
  EXPECT_EQ(window.playlist_wait(3, 4), Wait::hold) << "it is the first part of the next";
  feeder.part();
  EXPECT_EQ(window.playlist_wait(3, 4), Wait::ready);
}

TEST(LiveWindow, OnlyTheHintedPartIsHeld) {
  LiveWindow window;
  EXPECT_EQ(window.part_wait(0, 0), Wait::gone);
  Feeder feeder{window};
  feeder.init();
  feeder.segments(1);
  EXPECT_EQ(window.part_wait(1, 0), Wait::hold);
  EXPECT_EQ(window.part_wait(1, 1), Wait::gone);
  feeder.part();
  EXPECT_EQ(window.part_wait(1, 0), Wait::ready);
  EXPECT_EQ(window.part_wait(1, 1), Wait::hold);
  EXPECT_EQ(window.part_wait(2, 0), Wait::gone);
  window.set_state(State::interrupted);
  EXPECT_EQ(window.part_wait(1, 0), Wait::ready);
  EXPECT_EQ(window.part_wait(1, 1), Wait::gone);
  EXPECT_EQ(window.part_wait(2, 0), Wait::gone);
}

TEST(LiveWindow, States) {
  LiveWindow window;
  Feeder feeder{window};
  feeder.init();
  feeder.segments(1);
  feeder.part();
  EXPECT_EQ(window.state(), State::live);
  uint64_t version = window.version();
  window.set_state(State::live);
  EXPECT_EQ(window.version(), version);
  window.set_state(State::interrupted);
  EXPECT_GT(window.version(), version);
  EXPECT_TRUE(window.listed().back().complete);
  EXPECT_EQ(window.playlist_wait(2, 0), Wait::ready) << "so that the players learn of it";
  feeder.next = {.segment = 2};
  feeder.discontinuity();
  feeder.part();
  EXPECT_EQ(window.state(), State::live);
  window.set_state(State::ended);
  EXPECT_EQ(window.playlist_wait(9, 0), Wait::ready) << "there is nothing to wait for";
}

TEST(LiveWindow, NumbersHaveNoGaps) {
  LiveWindow window;
  Feeder feeder{window};
  feeder.init();
  feeder.segments(2);
  feeder.discontinuity();
  feeder.segments(1);
  feeder.next.segment = 9;
  feeder.segments(2);
  EXPECT_EQ(numbers(window), (std::vector<uint64_t>{9, 10}));
  EXPECT_EQ(window.discontinuity_sequence(), 1u);
  EXPECT_TRUE(window.segment(2).empty());
  EXPECT_NE(window.newest_init(), nullptr);
}

TEST(LiveWindow, Bandwidth) {
  LiveWindow window;
  EXPECT_EQ(window.peak_bandwidth(), 0u);
  Feeder feeder{window};
  feeder.init();
  feeder.part_bytes = 50'000;
  feeder.segments(2);
  EXPECT_EQ(window.peak_bandwidth(), 800'000u);
  EXPECT_EQ(window.average_bandwidth(), 800'000u);
  feeder.part_bytes = 100'000;
  feeder.segments(1);
  EXPECT_EQ(window.peak_bandwidth(), 1'600'000u);
  EXPECT_EQ(window.average_bandwidth(), 1'066'666u);
  // The end of a session: a keyframe and nothing behind it.
  feeder.part_us = 33'000;
  feeder.parts_per_segment = 1;
  feeder.segments(1);
  EXPECT_EQ(window.peak_bandwidth(), 1'600'000u);
}

}  // namespace
}  // namespace strims::media
