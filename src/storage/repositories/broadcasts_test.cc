#include "storage/repositories/broadcasts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/repositories/test_streams.h"

namespace strims::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Broadcasts : public StreamsTest {
 protected:
  int64_t count(const std::string& table) {
    return db().query("SELECT COUNT(*) FROM " + table)->front().integer(0);
  }
  ChannelId channel_ = add_channel("ada", add_user("Ada"));
};

TEST_F(Broadcasts, AStepIsTheRowTheRecordAndTheAnnouncement) {
  write(step(50, channel_, BroadcastState::starting, kStreamStart));
  Transition live = step(50, channel_, BroadcastState::live, kStreamStart + 300);
  live.reason = "media";
  live.session = 9;
  live.armed = true;
  live.started_at = live.last_media_at = kStreamStart + 250;
  live.announce = AnnouncementKind::live;
  EXPECT_FALSE((*find_broadcast(db(), 50))->announced);
  write(live);
  const Broadcast b = **find_broadcast(db(), 50);
  EXPECT_EQ(b.channel, channel_);
  EXPECT_EQ(b.state, BroadcastState::live);
  EXPECT_TRUE(b.armed);
  EXPECT_TRUE(b.announced);
  EXPECT_EQ(b.steps, 2);
  EXPECT_EQ(b.session, 9);
  EXPECT_EQ(b.created_at, kStreamStart);
  EXPECT_EQ(b.started_at, kStreamStart + 250);
  EXPECT_EQ(b.ended_at, 0);
  EXPECT_EQ(b.end_reason, std::nullopt);
  const auto events = broadcast_events(db(), 50);
  ASSERT_EQ(events->size(), 2U);
  EXPECT_EQ((*events)[0].from, BroadcastState::offline);
  EXPECT_EQ((*events)[0].to, BroadcastState::starting);
  EXPECT_EQ((*events)[1].step, 2);
  EXPECT_EQ((*events)[1].at, kStreamStart + 300);
  EXPECT_EQ((*events)[1].reason, "media");
  EXPECT_EQ((*events)[1].session, 9);
}

TEST_F(Broadcasts, AStepWrittenTwiceIsWrittenOnce) {
  const Transition first = step(50, channel_, BroadcastState::starting, kStreamStart);
  write(first);
  EXPECT_FALSE(*write_transition(db(), first));
  Transition second = step(50, channel_, BroadcastState::live, kStreamStart);
  second.announce = AnnouncementKind::live;
  write(second);
  EXPECT_FALSE(*write_transition(db(), second));
  EXPECT_FALSE(*write_transition(db(), first)) << "an old one neither";
  EXPECT_EQ((*find_broadcast(db(), 50))->state, BroadcastState::live);
  EXPECT_EQ(count("broadcast_events"), 2);
  EXPECT_EQ(count("announcements"), 1);
}

TEST_F(Broadcasts, AMissingStepIsRefusedAndNothingOfItStays) {
  Transition second = step(50, channel_, BroadcastState::live, kStreamStart);
  second.step = 2;
  EXPECT_EQ(write_transition(db(), second).error().reason, "broadcast_step");
  EXPECT_EQ(count("broadcasts"), 0);
  EXPECT_EQ(write_transition(db(), step(50, 99, BroadcastState::live, 1)).error().reason,
            "channel");
}

TEST_F(Broadcasts, AChannelHasOneThatHasNotEnded) {
  write(step(50, channel_, BroadcastState::armed, kStreamStart));
  const auto second = write_transition(db(), step(51, channel_, BroadcastState::starting, 1));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_EQ(count("broadcast_events"), 1) << "all or nothing";
  Transition end = step(50, channel_, BroadcastState::ended, kStreamStart + 5);
  end.end_reason = EndReason::stopped;
  write(end);
  EXPECT_EQ((*find_broadcast(db(), 50))->ended_at, kStreamStart + 5) << "it had no frame";
  write(step(51, channel_, BroadcastState::starting, 1));
}

TEST_F(Broadcasts, TheEndIsTheLastFrames) {
  add_broadcast(50, channel_, kStreamStart, 30'000);
  const Broadcast b = **find_broadcast(db(), 50);
  EXPECT_EQ(b.state, BroadcastState::ended);
  EXPECT_EQ(b.started_at, kStreamStart);
  EXPECT_EQ(b.ended_at, kStreamStart + 30'000);
  EXPECT_EQ(b.closed_at, kStreamStart + 90'000);
  EXPECT_EQ(b.end_reason, EndReason::lost);
}

TEST_F(Broadcasts, WhatTheStateMachinesStartFrom) {
  const ChannelId second = add_channel("bo", add_user("Bo"));
  add_broadcast(50, channel_, kStreamStart);
  add_broadcast(51, channel_, kStreamStart + 1'000'000);
  write(step(52, channel_, BroadcastState::starting, 1));
  write(step(52, channel_, BroadcastState::ended, 2));  // was never live
  write(step(53, channel_, BroadcastState::armed, 3));
  write(step(54, second, BroadcastState::starting, 4));
  const auto open = open_broadcasts(db());
  ASSERT_EQ(open->size(), 2U);
  EXPECT_EQ((*open)[0].id, 53);
  EXPECT_EQ((*open)[1].id, 54);
  EXPECT_EQ((*last_ended_broadcast(db(), channel_))->id, 51);
  EXPECT_FALSE(last_ended_broadcast(db(), second)->has_value());
}

TEST_F(Broadcasts, TheRecordKeepsItsRows) {
  write(step(50, channel_, BroadcastState::armed, kStreamStart));
  EXPECT_FALSE(db().execute("UPDATE broadcast_events SET reason = 'other'"));
  EXPECT_FALSE(db().execute("DELETE FROM broadcast_events"));
}

TEST_F(Broadcasts, AnnouncementsAreTakenOnceAndSurviveARestart) {
  add_broadcast(50, channel_, kStreamStart);
  const auto waiting = waiting_announcements(db());
  ASSERT_EQ(waiting->size(), 1U);
  EXPECT_EQ(waiting->front().broadcast, 50);
  EXPECT_EQ(waiting->front().kind, AnnouncementKind::live);
  EXPECT_EQ(waiting->front().at, kStreamStart);
  EXPECT_TRUE(*take_announcement(db(), 50, AnnouncementKind::live, 1));
  EXPECT_FALSE(*take_announcement(db(), 50, AnnouncementKind::live, 2));
  EXPECT_FALSE(*take_announcement(db(), 50, AnnouncementKind::ended, 2)) << "nobody wrote it";
  EXPECT_THAT(*waiting_announcements(db()), IsEmpty());
}

TEST_F(Broadcasts, NumbersGrow) {
  add_broadcast(50, channel_, kStreamStart, 1000);
  ASSERT_TRUE(save_progress(db(), {50, kStreamStart + 5000, 7, 1600}));
  ASSERT_TRUE(save_progress(db(), {50, kStreamStart, 3, 0}));
  const Broadcast b = **find_broadcast(db(), 50);
  EXPECT_EQ(b.last_media_at, kStreamStart + 5000);
  EXPECT_EQ(b.peak_viewers, 7);
  EXPECT_EQ(b.latency_ms, 1600);
}

TEST_F(Broadcasts, MinutesKeepTheirHighest) {
  add_broadcast(50, channel_, kStreamStart);
  const MinuteViewers first[] = {{100, 5}, {101, 6}};
  const MinuteViewers again[] = {{101, 4}, {102, 9}};
  ASSERT_TRUE(add_viewer_minutes(db(), 50, first));
  ASSERT_TRUE(add_viewer_minutes(db(), 50, again));
  ASSERT_TRUE(add_viewer_minutes(db(), 50, {}));
  EXPECT_THAT(*viewer_minutes(db(), 50),
              ElementsAre(MinuteViewers{100, 5}, MinuteViewers{101, 6}, MinuteViewers{102, 9}));
  EXPECT_EQ(add_viewer_minutes(db(), 99, first).error().code, Errc::conflict);
}

}  // namespace
}  // namespace strims::storage
