// Storms, times, recordings and restarts; the edges are in lifecycle_test.cc.
#include <gtest/gtest.h>

#include "stream/lifecycle.h"
#include "stream/lifecycle_case.h"

namespace strims::stream {
namespace {

constexpr const char* kPublished = "offline>starting:publish, state starting, record";

TEST(LifecycleStorm, TheFifthTakeoverOfAMinuteIsRefused) {
  LifePlayer player;
  player.play("publish 1");
  player.play("media 1");
  for (int n = 2; n <= 5; ++n) {
    player.play("wait 1");
    EXPECT_EQ(player.life.publish({n, 0, true}, player.now()).accepted, true) << n;
  }
  EXPECT_EQ(player.play("publish 6"), "takeover_storm 60");
  EXPECT_EQ(player.life.session(), 5) << "the newest of those let in stays";
  player.play("media 5");
  player.play("wait 20");
  EXPECT_EQ(player.play("publish 7"), "takeover_storm 40");
  player.play("wait 39");
  EXPECT_EQ(player.play("publish 8"), "takeover_storm 1") << "although the minute is over";
  player.play("wait 1");
  EXPECT_EQ(player.play("publish 9"), "close 5 replaced, live>live:replaced");
}

TEST(LifecycleStorm, WhoFindsNobodyIsNoStorm) {
  LifePlayer player;
  player.play("publish 1");
  player.play("media 1");
  for (int n = 2; n <= 5; ++n) player.play("publish " + std::to_string(n));
  EXPECT_EQ(player.play("publish 6"), "takeover_storm 60");
  player.play("lost 5");
  EXPECT_EQ(player.play("publish 6"), "interrupted>interrupted:publish");
}

TEST(LifecycleStorm, AttemptsWithoutEndAreRefused) {
  LifePlayer player;
  for (int n = 1; n <= 30; ++n) {
    EXPECT_NE(player.play("publish " + std::to_string(n)), "") << n;
    player.play("lost " + std::to_string(n));
  }
  EXPECT_EQ(player.play("publish 31"), "too_many_publishes 60");
  player.play("wait 60");
  EXPECT_EQ(player.play("publish 32"), kPublished);
}

TEST(LifecycleTimes, BeginningAndEndAreFrames) {
  LifePlayer player;
  player.play("publish 1");
  player.play("wait 2");
  player.play("media 1");
  EXPECT_EQ(player.transitions().back().started_at, LifePlayer::kStart + 2000);
  player.play("wait 8");
  player.play("frame 1");
  player.play("wait 5");
  player.play("lost 1");
  player.play("frame 1");
  player.play("wait 60");
  const Transition& end = player.transitions().back();
  EXPECT_EQ(end.to, BroadcastState::ended);
  EXPECT_EQ(end.at, LifePlayer::kStart + 75'000);
  EXPECT_EQ(end.last_media_at, LifePlayer::kStart + 10'000);
  EXPECT_EQ(end.started_at, LifePlayer::kStart + 2000);
  EXPECT_EQ(end.announce, AnnouncementKind::ended);
}

TEST(LifecycleTimes, ASessionThatIsNoLongerTheOneMovesNothing) {
  LifePlayer player;
  player.play("publish 1");
  player.play("media 1");
  player.play("publish 2");
  player.play("wait 5");
  player.play("frame 1");
  player.play("frame 2");
  EXPECT_EQ(player.life.last_media_at(), LifePlayer::kStart) << "2 has no media yet";
  player.play("media 2");
  player.play("wait 5");
  player.play("frame 1");
  EXPECT_EQ(player.life.last_media_at(), LifePlayer::kStart + 5000);
  EXPECT_EQ(player.life.foreign_ends(), 0U);
  player.play("lost 1");
  EXPECT_EQ(player.life.foreign_ends(), 1U);
}

TEST(LifecycleRecording, OnlyWhoWantsItIsRecorded) {
  LifePlayer player;
  player.record = false;
  EXPECT_EQ(player.play("publish 1"), "offline>starting:publish, state starting");
  player.play("media 1");
  player.record = true;
  EXPECT_EQ(player.play("publish 2"), "close 1 replaced, live>live:replaced, record");
  EXPECT_EQ(player.play("publish 3"), "close 2 replaced, live>live:replaced");
}

class Restart : public ::testing::Test {
 protected:
  std::string restore(BroadcastState state, bool armed = false, TimeMs last_closed_at = 0) {
    Broadcast row;
    row.id = 77;
    row.channel = 3;
    row.state = state;
    row.armed = armed;
    row.steps = 5;
    if (state == BroadcastState::live || state == BroadcastState::interrupted) {
      row.announced = true;
      row.started_at = LifePlayer::kStart - 90'000;
      row.last_media_at = LifePlayer::kStart - 5000;
    }
    effects_ = player_.life.restore(&row, last_closed_at, player_.now());
    return words_of(effects_);
  }
  LifePlayer player_;
  Effects effects_;
};

TEST_F(Restart, WhatWasLiveHasAFreshGrace) {
  EXPECT_EQ(restore(BroadcastState::live), "live>interrupted:server_restart, state interrupted");
  EXPECT_EQ(std::get<WriteTransition>(effects_[0]).transition.step, 6);
  EXPECT_EQ(player_.play("wait 59"), "");
  EXPECT_EQ(player_.play("publish 1"), "interrupted>interrupted:publish, record");
  EXPECT_EQ(player_.play("media 1"), "interrupted>live:returned, state live")
      << "not announced again";
  EXPECT_EQ(player_.life.broadcast(), 77);
}

TEST_F(Restart, WhatWasInterruptedToo) {
  EXPECT_EQ(restore(BroadcastState::interrupted),
            "interrupted>interrupted:server_restart, state interrupted");
  EXPECT_EQ(player_.play("wait 60"),
            "interrupted>ended:grace=server_restart, announce ended, state offline, keep");
  EXPECT_EQ(player_.transitions().back().last_media_at, LifePlayer::kStart - 5000);
}

TEST_F(Restart, WhatWasStartingIsNot) {
  EXPECT_EQ(restore(BroadcastState::starting),
            "starting>ended:server_restart=server_restart, state offline, discard");
  EXPECT_EQ(player_.play("publish 1"), kPublished);
}

TEST_F(Restart, WhatWasArmedIs) {
  EXPECT_EQ(restore(BroadcastState::armed, true), "");
  EXPECT_EQ(player_.play("publish 1"), "armed>starting:publish, state starting, record");
}

TEST_F(Restart, WhatWasStartingAfterItWasArmedIsArmed) {
  EXPECT_EQ(restore(BroadcastState::starting, true),
            "starting>armed:server_restart, state armed, discard");
  EXPECT_EQ(player_.life.broadcast(), 77);
}

TEST_F(Restart, TheLastEndIsRemembered) {
  EXPECT_EQ(words_of(player_.life.restore(nullptr, LifePlayer::kStart - 500'000, player_.now())),
            "");
  player_.play("publish 1");
  EXPECT_EQ(player_.play("media 1"), "starting>live:media, state live");
}

TEST(LifecycleLimitsTest, OthersAreKept) {
  LifePlayer player({.grace_ms = 0, .linger_ms = 2000, .first_media_ms = 1000, .quiet_ms = 0});
  player.play("publish 1");
  EXPECT_EQ(player.life.wake_at(), player.now().mono + 1000);
  player.play("media 1");
  EXPECT_EQ(player.life.wake_at(), std::nullopt);
  player.play("lost 1");
  EXPECT_EQ(player.life.wake_at(), player.now().mono);
  EXPECT_EQ(player.play("wait 0"),
            "interrupted>ended:grace=lost, announce ended, state offline, keep");
}

}  // namespace
}  // namespace strims::stream
