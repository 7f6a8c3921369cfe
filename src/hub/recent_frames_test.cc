#include "hub/recent_frames.h"

#include <gtest/gtest.h>

namespace strims::hub {
namespace {

Bytes frame(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

std::string joined(const std::optional<std::vector<Bytes>>& frames) {
  if (!frames) return "lost";
  std::string out;
  for (const Bytes& bytes : *frames) out += *bytes;
  return out;
}

TEST(RecentFrames, WhatWasMissedComesInOrder) {
  RecentFrames recent(4);
  for (Seq seq = 1; seq <= 3; ++seq) recent.add(seq, frame(std::to_string(seq)));
  EXPECT_EQ(joined(recent.after(0)), "123");
  EXPECT_EQ(joined(recent.after(2)), "3");
  EXPECT_EQ(joined(recent.after(3)), "");
}

TEST(RecentFrames, APastThatIsGoneIsSaidSo) {
  RecentFrames recent(2);
  for (Seq seq = 1; seq <= 4; ++seq) recent.add(seq, frame(std::to_string(seq)));
  EXPECT_EQ(joined(recent.after(2)), "34");
  EXPECT_EQ(joined(recent.after(1)), "lost");
  EXPECT_EQ(joined(recent.after(5)), "lost") << "a number of another journal";
}

TEST(RecentFrames, DeletedAndUnshownEntriesLeaveNoGap) {
  RecentFrames recent(8);
  recent.add(1, frame("1"));
  recent.add(2, frame(""));
  recent.add(3, frame("3"));
  recent.forget(1);
  recent.forget(99);
  EXPECT_EQ(joined(recent.after(0)), "3");
}

TEST(RecentFrames, WhereNothingIsKeptOnlyTheNewestNumberIsGood) {
  RecentFrames recent(0);
  for (Seq seq = 1; seq <= 3; ++seq) recent.add(seq, frame("x"));
  EXPECT_EQ(joined(recent.after(3)), "");
  EXPECT_EQ(joined(recent.after(2)), "lost");
  EXPECT_EQ(joined(recent.after(0)), "lost");
}

TEST(RecentFrames, AnEmptyJournalHasMissedNothing) {
  const RecentFrames recent(8);
  EXPECT_EQ(joined(recent.after(0)), "");
  EXPECT_EQ(joined(recent.after(7)), "lost");
}

}  // namespace
}  // namespace strims::hub
