// What the owner of the broadcasts does where its database, its disk or its people do not do what
// is usual. The usual ways stand in lifecycle_test.cc and in tests/e2e/test_stream_*.py.
#include "stream/broadcasts.h"

#include <gmock/gmock.h>

#include <fstream>

#include "stream/broadcasts_case.h"

namespace strims::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace made = media::testing;

using BroadcastsTest = BroadcastsCase;

TEST_F(BroadcastsTest, WhatIsRecordedIsHiddenWithItsChannel) {
  publish();
  send(1'000);
  const BroadcastId id = view()->broadcast;
  const auto seen_by = [&] { return recording(id)->visibility; };
  EXPECT_EQ(seen_by(), Visibility::everybody);
  change({.visibility = Visibility::subscribers});
  EXPECT_EQ(seen_by(), Visibility::subscribers);
  change({.visibility = Visibility::owner_only});
  EXPECT_EQ(seen_by(), Visibility::owner_only);
  change({.visibility = Visibility::everybody});
  EXPECT_EQ(seen_by(), Visibility::owner_only) << "it holds what was hidden";
  end();
  recorded();
  ASSERT_TRUE(storage::update_vod(*db_, id, {.visibility = Visibility::everybody}));
  publish();
  change({.visibility = Visibility::owner_only});
  EXPECT_EQ(seen_by(), Visibility::everybody) << "what is over is no matter of the channel's";
}

TEST_F(BroadcastsTest, RecordingBeginsInTheMiddle) {
  change({.record = false});
  publish();
  send(2'000);
  const BroadcastId id = view()->broadcast;
  EXPECT_FALSE(recording(id));
  change({.record = true});
  leave(Loss::lost);
  publish();
  send(3'000);
  EXPECT_EQ(view()->broadcast, id);
  end();
  recorded();
  EXPECT_EQ(recording(id)->state, RecordingState::ready);
  EXPECT_EQ(recording(id)->duration_ms, 3'000);
}

TEST_F(BroadcastsTest, AFailedStartTakesNothingFromTheNext) {
  ASSERT_TRUE(broadcasts_->arm(*db_, channel_));
  publish();
  const BroadcastId id = view()->broadcast;
  push(made::video_tag(true));  // a keyframe, and no part
  leave(Loss::lost);
  // Before anybody has heard that the first attempt is on the disk.
  publish();
  EXPECT_EQ(view()->broadcast, id);
  recorded();
  send(2'000);
  EXPECT_EQ(recording(id)->state, RecordingState::recording);
  later(100'000);
  EXPECT_TRUE(std::filesystem::exists(folder_.file("rec/" + recording(id)->folder)));
  end();
  recorded();
  EXPECT_EQ(recording(id)->state, RecordingState::ready);
  EXPECT_GT(recording(id)->duration_ms, 0);
}

TEST_F(BroadcastsTest, RowsThatCannotBeWrittenComeLater) {
  {
    const Outage outage(*this);
    publish();
    send(1'000);
    EXPECT_THAT(said_, IsEmpty()) << "nothing is told that is not written";
  }
  const BroadcastId id = view()->broadcast;
  later(100);
  EXPECT_THAT(said_, ElementsAre("ada is live."));
  EXPECT_EQ(recording(id)->state, RecordingState::recording);
  send(3'000);
  end();
  {
    const Outage outage(*this);
    recorded();
    later(100);
    EXPECT_EQ(recording(id)->state, RecordingState::recording);
  }
  later(100);
  EXPECT_EQ(recording(id)->state, RecordingState::ready);
  EXPECT_GT(recording(id)->duration_ms, 2'000);
}

TEST_F(BroadcastsTest, AnEndThatIsWrittenLateEndsNothingElse) {
  publish();
  send(1'000);
  const BroadcastId first = view()->broadcast;
  {
    const Outage outage(*this);
    end();
    later(1'000);
    publish();
    send(1'000);
  }
  later(100);
  EXPECT_NE(view()->broadcast, first);
  EXPECT_EQ(view()->state, BroadcastState::live);
  EXPECT_TRUE(push(made::video_tag(true))) << "its publisher may go on";
  later(120'000);
  EXPECT_TRUE(view()->live) << "and it is not forgotten";
}

TEST_F(BroadcastsTest, OldNewsIsNotTold) {
  const auto forget = [&] {  // as when the process ends between the row and the word
    ASSERT_TRUE(db_->execute("UPDATE announcements SET told_at = NULL"));
    said_.clear();
  };
  publish();
  send(1'000);
  forget();
  start();
  EXPECT_THAT(said_, ElementsAre("ada is live."));
  later(100'000);
  forget();
  start();
  EXPECT_THAT(said_, ElementsAre("ada has ended its stream.")) << "that it was live is no news";
  forget();
  clock_.advance(600'000);
  start();
  EXPECT_THAT(said_, IsEmpty());
  EXPECT_THAT(*storage::waiting_announcements(*db_, 10), IsEmpty());
}

TEST_F(BroadcastsTest, ARecordingWhoseDiskIsAwayIsKept) {
  publish();
  send(3'000);
  const BroadcastId id = view()->broadcast;
  leave(Loss::lost);
  take_disk_away();
  std::filesystem::create_directory(root_);  // the empty place where it was mounted
  start();
  later(100'000);  // nobody comes back
  EXPECT_EQ(recording(id)->state, RecordingState::failed);
  EXPECT_EQ(recording(id)->reason, "missing");
  later(100'000);
  ASSERT_TRUE(recording(id)) << "and nothing is deleted";
  bring_disk_back();
  EXPECT_EQ(recording(id)->state, RecordingState::ready);
  EXPECT_EQ(recording(id)->reason, "");
  EXPECT_EQ(recording(id)->duration_ms, 3'000);
}

TEST_F(BroadcastsTest, WhatIsAwayIsKeptThoughItsPublisherComesBack) {
  publish();
  send(3'000);
  const BroadcastId id = view()->broadcast;
  leave(Loss::lost);
  take_disk_away();
  start();
  publish();
  EXPECT_EQ(view()->broadcast, id);
  end();  // and nothing has come of him
  recorded();
  later(100'000);
  ASSERT_TRUE(recording(id));
  EXPECT_EQ(recording(id)->reason, "missing");
  bring_disk_back();
  EXPECT_EQ(recording(id)->state, RecordingState::ready);
  EXPECT_EQ(recording(id)->duration_ms, 3'000);
}

TEST_F(BroadcastsTest, ARowThatIsWrittenLateTellsOfEverything) {
  publish();
  send(3'000);
  const BroadcastId id = view()->broadcast;
  leave(Loss::lost);
  start();
  publish();
  send(2'000);
  end();
  {
    const Outage outage(*this);
    recorded();
  }
  later(100);
  EXPECT_EQ(recording(id)->state, RecordingState::ready);
  EXPECT_EQ(recording(id)->duration_ms, 5'000) << "of both processes";
}

TEST_F(BroadcastsTest, AFileThatCannotBeReadIsNoEmptyOne) {
  publish();
  send(3'000);
  const BroadcastId id = view()->broadcast;
  const std::string folder = folder_.file("rec/" + recording(id)->folder);
  leave(Loss::lost);
  recorder_.reset();
  std::filesystem::remove(folder + "/part-0001.idx");
  std::ofstream(folder + "/part-0001.mp4", std::ios::trunc) << std::string(1'000'000, '?');
  start();
  later(100'000);
  later(100'000);
  ASSERT_TRUE(recording(id));
  EXPECT_EQ(recording(id)->reason, "unreadable");
  EXPECT_TRUE(std::filesystem::exists(folder + "/part-0001.mp4"));
}

TEST_F(BroadcastsTest, NumbersRiseOverARestartWithoutARecording) {
  publish();
  send(2'000);
  const std::string lost = folder_.file("rec/" + recording(view()->broadcast)->folder);
  send(20'000);
  const auto numbers = [&] {
    std::string text;
    view()->live->playlist({}, {}, 0, [&](LiveReply reply) { text = *reply.pieces.at(0); });
    return std::make_pair(std::stoull(text.substr(text.find("MEDIA-SEQUENCE:") + 15)),
                          std::stoull(text.substr(text.find("DISCONTINUITY-SEQUENCE:") + 23)));
  };
  const auto before = numbers();
  const std::string series = view()->live->series();
  leave(Loss::lost);
  recorder_.reset();
  std::filesystem::remove_all(lost);
  start();
  publish();
  send(1'000);
  EXPECT_GT(numbers().first, before.first + 2) << "those of the window that was";
  EXPECT_GE(numbers().second, before.second);
  EXPECT_NE(view()->live->series(), series) << "and what they name is not in any cache";
}

TEST_F(BroadcastsTest, AStreamerWhoIsNoneAnyMoreIsStopped) {
  publish();
  send(1'000);
  ASSERT_TRUE(storage::set_rights(*db_, owner_, {.role = Role::user}, 0));
  broadcasts_->account_changed(*db_, owner_);
  EXPECT_THAT(closed_, ElementsAre(EndReason::kicked));
  EXPECT_EQ(view()->state, BroadcastState::offline);
  const auto again = broadcasts_->publish(*db_, {key_, {}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, "nopermission");
  EXPECT_EQ(broadcasts_->arm(*db_, channel_).error().reason, "nopermission");
}

TEST_F(BroadcastsTest, WhoPublishesTooOftenIsToldThat) {
  Result<Admission> answer;
  for (int i = 0; i < 40; ++i) {
    answer = broadcasts_->publish(*db_, {key_, {}});
    if (!answer) break;
    session_ = *answer;
    leave(Loss::lost);
  }
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, "too_many_publishes");
}

}  // namespace
}  // namespace strims::stream
