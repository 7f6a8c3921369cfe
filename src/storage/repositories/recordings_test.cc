#include "storage/repositories/recordings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/repositories/test_streams.h"

namespace strims::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kDay = 86'400'000;

class Recordings : public StreamsTest {
 protected:
  // A broadcast that has ended, and its recording.
  void add(BroadcastId id, ChannelId channel, TimeMs at = kStreamStart, int64_t bytes = 1000,
           int64_t duration_ms = 60'000) {
    add_broadcast(id, channel, at);
    ASSERT_TRUE(begin_recording(db(), id, "rec/" + std::to_string(id), at));
    ASSERT_TRUE(*update_recording(
        db(), id, {.state = RecordingState::ready, .bytes = bytes, .duration_ms = duration_ms}));
  }
  std::vector<BroadcastId> ids(const VodPage& page) {
    std::vector<BroadcastId> out;
    const auto vods = list_vods(db(), page);
    for (const auto& vod : vods.value()) out.push_back(vod.broadcast.id);
    return out;
  }
  std::vector<std::string> expired(TimeMs now) {
    std::vector<std::string> out;
    const auto found = expired_recordings(db(), now);
    for (const auto& one : found.value())
      out.push_back(std::to_string(one.broadcast) + " " + one.why);
    return out;
  }
  void keep(const Retention& retention) {
    ASSERT_TRUE(update_stream_channel(db(), channel_, {.retention = retention}));
  }

  UserId ada_ = add_user("Ada");
  ChannelId channel_ = add_channel("ada", ada_);
};

TEST_F(Recordings, ARecordingBeginsOnceAndIsAsVisibleAsItsChannel) {
  ASSERT_TRUE(update_stream_channel(db(), channel_, {.visibility = Visibility::subscribers}));
  add_broadcast(50, channel_, kStreamStart);
  const auto begun = begin_recording(db(), 50, "rec/a", kStreamStart);
  ASSERT_TRUE(begun) << begun.error().detail;
  EXPECT_EQ(begun->state, RecordingState::pending);
  EXPECT_EQ(begun->channel, channel_);
  EXPECT_EQ(begun->folder, "rec/a");
  EXPECT_EQ(begun->visibility, Visibility::subscribers);
  EXPECT_TRUE(*update_recording(db(), 50, {.state = RecordingState::recording, .bytes = 5}));
  const auto again = begin_recording(db(), 50, "rec/b", kStreamStart + 1);
  EXPECT_EQ(again->state, RecordingState::recording);
  EXPECT_EQ(again->folder, "rec/a");
  EXPECT_EQ(begin_recording(db(), 99, "rec/c", 1).error().reason, "broadcast");
}

TEST_F(Recordings, WhatIsAbsentStaysAsItIs) {
  add(50, channel_);
  ASSERT_TRUE(*update_recording(db(), 50,
                                {.state = RecordingState::failed,
                                 .reason = "disk",
                                 .degraded = true,
                                 .gaps = {{{5, 9}, {11, 12}}},
                                 .poster = true}));
  const Recording r = **find_recording(db(), 50);
  EXPECT_EQ(r.state, RecordingState::failed);
  EXPECT_EQ(r.reason, "disk");
  EXPECT_TRUE(r.degraded);
  EXPECT_THAT(r.gaps, ElementsAre(RecordingGap{5, 9}, RecordingGap{11, 12}));
  EXPECT_TRUE(r.poster);
  EXPECT_EQ(r.bytes, 1000);
  EXPECT_EQ(r.duration_ms, 60'000);
  EXPECT_EQ(r.created_at, kStreamStart);
  EXPECT_FALSE(*update_recording(db(), 99, {.bytes = 1}));
}

TEST_F(Recordings, WhatAnEarlierProcessLeft) {
  add(50, channel_);
  const std::pair<BroadcastId, RecordingState> states[] = {{51, RecordingState::pending},
                                                           {52, RecordingState::recording},
                                                           {53, RecordingState::finalizing},
                                                           {54, RecordingState::failed}};
  for (const auto& [id, state] : states) {
    add(id, channel_);
    ASSERT_TRUE(*update_recording(db(), id, {.state = state}));
  }
  std::vector<BroadcastId> found;
  const auto left = unfinished_recordings(db());
  for (const auto& one : left.value()) found.push_back(one.broadcast);
  EXPECT_THAT(found, ElementsAre(51, 52, 53));
}

TEST_F(Recordings, PagesGoFromTheNewest) {
  const ChannelId other = add_channel("bo", add_user("Bo"));
  for (BroadcastId id = 50; id < 55; ++id) add(id, id % 2 == 0 ? channel_ : other);
  EXPECT_THAT(ids({}), ElementsAre(54, 53, 52, 51, 50));
  EXPECT_THAT(ids({.limit = 2}), ElementsAre(54, 53));
  EXPECT_THAT(ids({.before = 53, .limit = 2}), ElementsAre(52, 51));
  EXPECT_THAT(ids({.channel = channel_}), ElementsAre(54, 52, 50));
  EXPECT_THAT(ids({.channel = channel_, .before = 54, .limit = 1}), ElementsAre(52));
  EXPECT_THAT(ids({.channel = 99}), IsEmpty());
  const auto vods = list_vods(db(), {.limit = 1});
  EXPECT_EQ(vods->front().slug, "ada");
  EXPECT_EQ(vods->front().owner, ada_);
  EXPECT_EQ(vods->front().recording.folder, "rec/54");
  EXPECT_EQ(vods->front().broadcast.ended_at, kStreamStart + 60'000);
}

TEST_F(Recordings, PagesShowWhatTheReaderMayWatch) {
  for (BroadcastId id = 50; id < 53; ++id) add(id, channel_);
  ASSERT_TRUE(update_vod(db(), 51, {.visibility = Visibility::subscribers}));
  ASSERT_TRUE(update_vod(db(), 52, {.visibility = Visibility::owner_only}));
  EXPECT_THAT(ids({}), ElementsAre(50));
  EXPECT_THAT(ids({.viewer = 77}), ElementsAre(50));
  EXPECT_THAT(ids({.subscriber = true}), ElementsAre(51, 50));
  EXPECT_THAT(ids({.channel = channel_, .viewer = ada_}), ElementsAre(52, 51, 50));
  EXPECT_THAT(ids({.everything = true}), ElementsAre(52, 51, 50));
}

TEST_F(Recordings, PendingOnesAndThoseThatGoAreNoVods) {
  add(50, channel_);
  add(51, channel_);
  ASSERT_TRUE(*update_recording(db(), 50, {.state = RecordingState::pending}));
  ASSERT_TRUE(mark_deleting(db(), 51));
  EXPECT_THAT(ids({.everything = true}), IsEmpty());
  EXPECT_FALSE(find_vod(db(), 50)->has_value());
  EXPECT_FALSE(find_vod(db(), 51)->has_value());
  EXPECT_EQ(update_vod(db(), 51, {.pinned = true}).error().reason, "vod");
}

TEST_F(Recordings, AnOwnerChangesHisVod) {
  add(50, channel_);
  const auto vod = update_vod(db(), 50, {.title = " Best of ", .pinned = true});
  ASSERT_TRUE(vod) << vod.error().detail;
  EXPECT_EQ(vod->broadcast.title, "Best of");
  EXPECT_TRUE(vod->recording.pinned);
  EXPECT_EQ(vod->recording.visibility, Visibility::everybody);
  EXPECT_EQ(update_vod(db(), 50, {.title = "\n"}).error().reason, "bad_metadata");
  EXPECT_EQ(update_vod(db(), 99, {}).error().reason, "vod");
}

TEST_F(Recordings, RetentionByDaysCountAndBytes) {
  for (BroadcastId id = 50; id < 54; ++id) add(id, channel_, kStreamStart + (id - 50) * kDay);
  const TimeMs now = kStreamStart + 4 * kDay;
  EXPECT_THAT(expired(now), IsEmpty()) << "no bound is none";
  keep({.keep_days = 3});
  EXPECT_THAT(expired(now), ElementsAre("50 days"));
  keep({.keep_last_n = 2});
  EXPECT_THAT(expired(now), ElementsAre("50 count", "51 count"));
  keep({.keep_bytes = 3500});
  EXPECT_THAT(expired(now), ElementsAre("50 bytes"));
  ASSERT_TRUE(update_vod(db(), 50, {.pinned = true}));
  EXPECT_THAT(expired(now), ElementsAre("51 bytes")) << "the pinned one takes its bytes first";
  keep({.keep_last_n = 2});
  EXPECT_THAT(expired(now), ElementsAre("51 count")) << "and no place of the number";
  keep({.keep_days = 1});
  EXPECT_THAT(expired(now), ElementsAre("51 days", "52 days"));
  add(60, add_channel("bo", add_user("Bo")), kStreamStart);
  EXPECT_THAT(expired(now), ElementsAre("51 days", "52 days")) << "another channel's rule";
}

TEST_F(Recordings, ShortOnesGoAndUnfinishedOnesStay) {
  add(50, channel_, kStreamStart, 10, 9'999);
  add(51, channel_, kStreamStart, 10, 10'000);
  add(52, channel_, kStreamStart, 10, 1);
  ASSERT_TRUE(*update_recording(db(), 52, {.state = RecordingState::recording}));
  add(53, channel_, kStreamStart, 10, 1);
  ASSERT_TRUE(update_vod(db(), 53, {.pinned = true}));
  EXPECT_THAT(expired(kStreamStart), ElementsAre("50 short"));
  const auto oldest = oldest_recordings(db(), 5);
  ASSERT_EQ(oldest->size(), 2U);
  EXPECT_EQ((*oldest)[0].broadcast, 50);
  EXPECT_EQ((*oldest)[1].folder, "rec/51");
}

TEST_F(Recordings, WhatIsAwayIsLeftAloneAndLookedForAgain) {
  keep({.keep_days = 1, .keep_last_n = 1});
  for (const BroadcastId id : {50, 51, 52}) add(id, channel_, kStreamStart, 10, 1);
  ASSERT_TRUE(*update_recording(db(), 50, {.state = RecordingState::failed, .reason = "missing"}));
  ASSERT_TRUE(*update_recording(db(), 51, {.reason = "unreadable", .degraded = true}));
  EXPECT_THAT(expired(kStreamStart + 30 * 86'400'000LL), ElementsAre("52 short"));
  EXPECT_EQ(oldest_recordings(db(), 5)->size(), 1U) << "the disk gets no room by them";
  std::vector<BroadcastId> found;
  const auto left = unfinished_recordings(db());
  for (const auto& one : left.value()) found.push_back(one.broadcast);
  EXPECT_THAT(found, ElementsAre(50, 51));
  EXPECT_TRUE(mark_deleting(db(), 50)) << "by its owner's word";
}

TEST_F(Recordings, DeletingTakesTwoSteps) {
  add(50, channel_);
  EXPECT_FALSE(*remove_recording(db(), 50)) << "not before it is marked";
  EXPECT_EQ(*mark_deleting(db(), 50), "rec/50");
  EXPECT_EQ(*mark_deleting(db(), 50), "rec/50");
  EXPECT_FALSE(*update_recording(db(), 50, {.state = RecordingState::ready})) << "no way back";
  const auto left = recordings_to_delete(db());
  ASSERT_EQ(left->size(), 1U);
  EXPECT_EQ(left->front().folder, "rec/50");
  EXPECT_THAT(expired(kStreamStart + 1000 * kDay), IsEmpty());
  EXPECT_TRUE(*remove_recording(db(), 50));
  EXPECT_FALSE(*remove_recording(db(), 50));
  EXPECT_EQ(mark_deleting(db(), 50).error().reason, "vod");
  EXPECT_TRUE(find_broadcast(db(), 50)->has_value()) << "the record of the broadcast stays";
  add(51, channel_);
  ASSERT_TRUE(*update_recording(db(), 51, {.state = RecordingState::finalizing}));
  EXPECT_EQ(mark_deleting(db(), 51).error().reason, "vod_busy");
}

TEST_F(Recordings, AFolderWithoutARowIsAdopted) {
  Broadcast broadcast;
  broadcast.id = 70;
  broadcast.channel = channel_;
  broadcast.title = "Lost";
  broadcast.created_at = broadcast.started_at = kStreamStart;
  broadcast.last_media_at = kStreamStart + 5000;
  Recording recording;
  recording.folder = "rec/70";
  recording.bytes = 12;
  recording.duration_ms = 5000;
  recording.visibility = Visibility::owner_only;
  ASSERT_TRUE(adopt_recording(db(), broadcast, recording));
  const auto vod = *find_vod(db(), 70);
  ASSERT_TRUE(vod);
  EXPECT_TRUE(vod->recording.recovered);
  EXPECT_EQ(vod->recording.state, RecordingState::ready);
  EXPECT_EQ(vod->recording.visibility, Visibility::owner_only);
  EXPECT_EQ(vod->broadcast.state, BroadcastState::ended);
  EXPECT_EQ(vod->broadcast.ended_at, kStreamStart + 5000);
  EXPECT_EQ(vod->broadcast.title, "Lost");
  EXPECT_EQ(adopt_recording(db(), broadcast, recording).error().code, Errc::conflict);
  add_broadcast(71, channel_, kStreamStart);
  broadcast.id = 71;
  recording.folder = "rec/71";
  ASSERT_TRUE(adopt_recording(db(), broadcast, recording)) << "the broadcast's own row was there";
  EXPECT_EQ((*find_vod(db(), 71))->broadcast.steps, 3);
  broadcast.channel = 99;
  EXPECT_EQ(adopt_recording(db(), broadcast, recording).error().reason, "channel");
}

}  // namespace
}  // namespace strims::storage
