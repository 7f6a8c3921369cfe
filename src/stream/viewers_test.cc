#include "stream/viewers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strims::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TimeMs kStart = 1'760'000'040'000;  // the first second of a minute
constexpr int64_t kFirstMinute = kStart / 60'000;

IpAddress address(const std::string& text) {
  return *IpAddress::parse(text);
}

Watcher account(UserId id, PlaybackId sid) {
  return {.sid = sid, .account = id, .address = address("10.0.0.1"), .agent = 1};
}
Watcher guest(PlaybackId sid, const std::string& from = "10.0.0.1", uint64_t agent = 1) {
  return {.sid = sid, .account = 0, .address = address(from), .agent = agent};
}

class ViewersTest : public ::testing::Test {
 protected:
  ViewersTest() { wait(0); }
  void wait(int64_t seconds) {
    now_ += seconds * 1000;
    wall_ += seconds * 1000;
    viewers_.advance(now_, wall_);
  }
  void fetch(const Watcher& watcher) { viewers_.fetched(watcher, now_); }

  MonoMs now_ = 1'000'000;
  TimeMs wall_ = kStart;
  Viewers viewers_;
};

TEST_F(ViewersTest, WhoFetchesIsHereForTwelveSeconds) {
  fetch(guest(1));
  EXPECT_EQ(viewers_.viewers(), 1);
  wait(12);
  EXPECT_EQ(viewers_.viewers(), 1);
  wait(1);
  EXPECT_EQ(viewers_.viewers(), 0);
  EXPECT_EQ(viewers_.sessions(), 0);
}

TEST_F(ViewersTest, EachFetchLengthensIt) {
  for (int i = 0; i < 100; ++i) {
    fetch(guest(1));
    wait(1);
  }
  EXPECT_EQ(viewers_.viewers(), 1);
  EXPECT_EQ(viewers_.sessions(), 1);
  wait(12);
  EXPECT_EQ(viewers_.viewers(), 0);
}

TEST_F(ViewersTest, APageThatSpeaksIsBelievedForFortySeconds) {
  viewers_.beacon(guest(1), now_);
  wait(20);
  fetch(guest(1));  // ends sooner than what the page said
  wait(20);
  EXPECT_EQ(viewers_.viewers(), 1);
  wait(1);
  EXPECT_EQ(viewers_.viewers(), 0);
}

TEST_F(ViewersTest, AnAccountCountsOnceAndAGuestOnceForEachBrowser) {
  fetch(account(7, 1));
  fetch(account(7, 2));
  EXPECT_EQ(viewers_.viewers(), 1);
  EXPECT_EQ(viewers_.sessions(), 2);
  fetch(account(8, 3));
  fetch(guest(4, "10.0.0.1", 1));
  fetch(guest(5, "10.0.0.1", 1));
  fetch(guest(6, "10.0.0.1", 2));
  fetch(guest(7, "10.0.0.2", 1));
  EXPECT_EQ(viewers_.viewers(), 5);
  EXPECT_EQ(viewers_.sessions(), 7);
  fetch(guest(8, "2001:db8::1"));
  fetch(guest(9, "2001:db8::2"));
  EXPECT_EQ(viewers_.viewers(), 6) << "one /64 is one address";
}

TEST_F(ViewersTest, AnAddressCountsForTwentyGuests) {
  for (uint64_t i = 1; i <= 50; ++i) fetch(guest(i, "10.0.0.1", i));
  EXPECT_EQ(viewers_.viewers(), 20);
  fetch(guest(100, "10.0.0.2"));
  for (UserId id = 1; id <= 30; ++id) fetch(account(id, static_cast<PlaybackId>(1000 + id)));
  EXPECT_EQ(viewers_.viewers(), 51) << "accounts have been counted by name";
  wait(10);
  for (uint64_t i = 31; i <= 50; ++i) fetch(guest(i, "10.0.0.1", i));
  EXPECT_EQ(viewers_.viewers(), 51) << "no place yet";
  wait(3);
  EXPECT_EQ(viewers_.viewers(), 0);
  for (uint64_t i = 31; i <= 50; ++i) fetch(guest(i, "10.0.0.1", i));
  EXPECT_EQ(viewers_.viewers(), 20) << "others have their place now";
}

TEST_F(ViewersTest, APersonsSessionsAreBounded) {
  for (PlaybackId sid = 1; sid <= 1000; ++sid) fetch(guest(sid));
  EXPECT_EQ(viewers_.sessions(), 20);
  EXPECT_EQ(viewers_.viewers(), 1);
}

TEST_F(ViewersTest, AllSessionsAreBounded) {
  Viewers few(3);
  for (UserId id = 1; id <= 5; ++id) few.fetched(account(id, static_cast<PlaybackId>(id)), now_);
  EXPECT_EQ(few.viewers(), 3);
  few.advance(now_ + 13'000, wall_);
  few.fetched(account(9, 9), now_ + 13'000);
  EXPECT_EQ(few.viewers(), 1);
}

TEST_F(ViewersTest, NoSessionIsNobody) {
  fetch(guest(0));
  viewers_.beacon(guest(0), now_, 100);
  EXPECT_EQ(viewers_.viewers(), 0);
  EXPECT_EQ(viewers_.latency_ms(), 0);
  Watcher watcher = guest(0);
  watcher.sid = open_playback_id(watcher);
  EXPECT_NE(watcher.sid, 0U);
  fetch(watcher);
  fetch(watcher);
  EXPECT_EQ(viewers_.sessions(), 1);
  EXPECT_NE(open_playback_id(guest(0, "10.0.0.2")), watcher.sid);
  EXPECT_NE(open_playback_id(guest(0, "10.0.0.1", 2)), watcher.sid);
  EXPECT_NE(open_playback_id(account(7, 0)), watcher.sid);
}

TEST_F(ViewersTest, WhoMayNoLongerWatchIsGoneAtOnce) {
  fetch(account(7, 1));
  fetch(account(7, 2));
  fetch(guest(3));
  viewers_.forget(1);
  EXPECT_EQ(viewers_.viewers(), 2);
  viewers_.forget(2);
  viewers_.forget(2);
  viewers_.forget(99);
  EXPECT_EQ(viewers_.viewers(), 1);
  wait(13);
  EXPECT_EQ(viewers_.viewers(), 0);
}

// The ring has 64 places: seconds that fall on the same one must not be taken for each other.
TEST_F(ViewersTest, PausesOfAnyLength) {
  for (int pause = 1; pause < 300; pause += 7) {
    viewers_.beacon(guest(1), now_);
    now_ += pause * 1000;
    fetch(account(2, 2));  // without an advance before it
    EXPECT_EQ(viewers_.viewers(), pause <= 40 ? 2 : 1) << pause;
    wait(12);
    EXPECT_GE(viewers_.viewers(), 1);
    wait(60);
    EXPECT_EQ(viewers_.viewers(), 0);
  }
}

TEST_F(ViewersTest, ThePeakStaysUntilAnotherBroadcast) {
  for (UserId id = 1; id <= 5; ++id) fetch(account(id, static_cast<PlaybackId>(id)));
  wait(13);
  fetch(account(1, 1));
  EXPECT_EQ(viewers_.peak(), 5);
  viewers_.begin_broadcast(wall_);
  EXPECT_EQ(viewers_.peak(), 1);
}

TEST_F(ViewersTest, MinutesHoldTheirHighest) {
  fetch(account(1, 1));
  fetch(account(2, 2));
  wait(30);
  EXPECT_THAT(viewers_.take_minutes(), IsEmpty());
  fetch(account(1, 1));
  wait(30);
  EXPECT_THAT(viewers_.take_minutes(), ElementsAre(MinuteViewers{kFirstMinute, 2}));
  EXPECT_THAT(viewers_.take_minutes(), IsEmpty());
  fetch(account(3, 3));
  wait(59);
  fetch(account(3, 3));
  wait(1);
  wait(60);
  EXPECT_THAT(viewers_.take_minutes(),
              ElementsAre(MinuteViewers{kFirstMinute + 1, 1}, MinuteViewers{kFirstMinute + 2, 1}))
      << "who was there when it began counts";
}

TEST_F(ViewersTest, NewsAreChangesAndNotTooOften) {
  EXPECT_EQ(viewers_.news(now_, 5000), std::nullopt) << "0 is no news";
  fetch(account(1, 1));
  EXPECT_EQ(viewers_.news(now_, 5000), 1);
  fetch(account(2, 2));
  wait(4);
  EXPECT_EQ(viewers_.news(now_, 5000), std::nullopt);
  wait(1);
  EXPECT_EQ(viewers_.news(now_, 5000), 2);
  wait(5);
  EXPECT_EQ(viewers_.news(now_, 5000), std::nullopt);
}

TEST_F(ViewersTest, TheMedianLatency) {
  EXPECT_EQ(viewers_.latency_ms(), 0);
  for (UserId id = 1; id <= 5; ++id)
    viewers_.beacon(account(id, static_cast<PlaybackId>(id)), now_, id * 1000);
  EXPECT_NEAR(static_cast<double>(viewers_.latency_ms()), 3000, 125);
  for (int i = 0; i < 20; ++i) viewers_.beacon(account(1, 1), now_, INT64_MAX);
  EXPECT_NEAR(static_cast<double>(viewers_.latency_ms()), 3000, 125) << "one says it once";
  for (UserId id = 10; id < 30; ++id)
    viewers_.beacon(account(id, static_cast<PlaybackId>(id)), now_, INT64_MAX);
  EXPECT_GT(viewers_.latency_ms(), 30'000);
  viewers_.begin_broadcast(wall_);
  EXPECT_EQ(viewers_.latency_ms(), 0);
}

}  // namespace
}  // namespace strims::stream
