#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/room_testing.h"

namespace strims::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RoomPresence : public ::testing::Test, protected RoomCase {
 protected:
  static constexpr int64_t kGrace = PresenceLimits().quit_grace_ms;

  std::vector<std::string> after_entering(const UserPtr& user,
                                          std::string_view address = "192.0.2.1") {
    last_ = enter(user, address);
    return port.take();
  }
  std::vector<std::string> after_leaving(ConnId conn) {
    room.leave(conn);
    return after(0);
  }
  std::vector<std::string> after(int64_t ms) {
    clock.advance(ms);
    room.tick();
    return port.take();
  }
  ConnId last_;
};

TEST_F(RoomPresence, AUserJoinsOnceAndQuitsOnce) {
  EXPECT_THAT(after_entering(ada), ElementsAre("#1 welcome Ada", "join Ada"));
  const ConnId first = last_;
  EXPECT_THAT(after_entering(ada), ElementsAre("#2 welcome Ada"));
  EXPECT_THAT(after_leaving(first), IsEmpty());
  EXPECT_THAT(after(kGrace), IsEmpty()) << "another connection is left";
  EXPECT_THAT(after_leaving(last_), IsEmpty());
  EXPECT_THAT(after(kGrace - 1), IsEmpty());
  EXPECT_THAT(after(1), ElementsAre("quit Ada"));
  EXPECT_THAT(after_leaving(last_), IsEmpty()) << "twice is once";
  EXPECT_THAT(after(2 * kGrace), IsEmpty());
  EXPECT_THAT(after_entering(ada), ElementsAre("#3 welcome Ada", "join Ada"));
}

TEST_F(RoomPresence, WhoIsBackWithinTheGraceWasNeverAway) {
  enter(ada);
  for (int i = 0; i < 3; ++i) {
    room.leave(ConnId{.slot = static_cast<uint32_t>(i) + 1, .generation = 1});
    EXPECT_EQ(room.members().connection_count(), 0U);
    EXPECT_EQ(room.presence().listed_count(), 1U) << "still in the list";
    port.take();
    EXPECT_THAT(after(kGrace - 1), IsEmpty());
    EXPECT_THAT(after_entering(ada), ElementsAre("#" + std::to_string(i + 2) + " welcome Ada"));
  }
  EXPECT_THAT(after(10 * kGrace), IsEmpty());
}

TEST_F(RoomPresence, WhoIsThrownOutQuitsAtOnce) {
  const ConnId m = enter(mod);
  const ConnId a = enter(ada);
  const ConnId b = enter(bo);
  room.leave(b);
  port.take();
  for (const char* nick : {"Ada", "Bo"})
    send(m, {.verb = Verb::ban, .nick = nick, .reason = "spam"});
  commit();
  EXPECT_THAT(after(0), ElementsAre("ban Mod Ada 3600 'spam'", "#2 expelled banned",
                                    "ban Mod Bo 3600 'spam'", "quit Bo"));
  EXPECT_THAT(after_leaving(a), ElementsAre("quit Ada"));
}

TEST_F(RoomPresence, OneRoundTellsOfEachUserOnce) {
  const ConnId a = knock(ada), b = knock(bo), g = knock(nullptr);
  EXPECT_THAT(port.take(), IsEmpty()) << "not before the end of the round";
  room.leave(b);
  room.leave(g);
  room.user_changed(*person(1, "Ada", Role::moderator));
  room.end_round();
  EXPECT_THAT(port.take(), ElementsAre("#1 welcome Ada", "join Ada", "join Bo"));
  EXPECT_EQ(room.members().connection_count(), 1U);
  send(a, {.verb = Verb::subonly, .tier = 1});
  EXPECT_THAT(heard(), ElementsAre("subonly Ada 1"));
}

TEST_F(RoomPresence, ANewcomersListHasTheRoundInIt) {
  enter(ada);
  room.leave(ConnId{.slot = 1, .generation = 1});
  clock.advance(kGrace);
  port.take();
  knock(bo);
  knock(mod);
  room.tick();
  EXPECT_THAT(port.take(),
              ElementsAre("quit Ada", "#2 welcome Bo", "#3 welcome Mod", "join Bo", "join Mod"));
}

TEST_F(RoomPresence, NothingPrivateComesBeforeTheWelcome) {
  const ConnId a = enter(ada);
  port.take();
  knock(bo);
  send(a, {.verb = Verb::whisper, .text = "hi", .nick = "Bo"});
  EXPECT_THAT(port.take(),
              ElementsAre("#1 sent Bo 'hi'", "#2 welcome Bo", "join Bo", "#2 whisper Ada 'hi'"));
}

TEST_F(RoomPresence, WhoWasHereBeforeARestartIsAwaited) {
  RoomState state;
  state.present = {ada, bo, mod};
  state.bans.push_back({7, mod->id, clock.wall_ms() + 1000, {}});
  room.restore(std::move(state));
  EXPECT_EQ(room.presence().listed_count(), 2U) << "the banned one is not expected";
  EXPECT_EQ(room.members().connection_count(), 0U);
  EXPECT_THAT(after(PresenceLimits().restart_grace_ms - 1), IsEmpty());
  EXPECT_THAT(after_entering(ada), ElementsAre("#1 welcome Ada")) << "he never left";
  EXPECT_THAT(after(1), ElementsAre("quit Bo"));
  EXPECT_THAT(after_leaving(last_), IsEmpty());
  EXPECT_THAT(after(kGrace), ElementsAre("quit Ada"));
}

TEST_F(RoomPresence, NobodyQuitsWhileTheProcessEnds) {
  enter(ada);
  room.hold_presence();
  room.leave(ConnId{.slot = 1, .generation = 1});
  port.take();
  EXPECT_THAT(after(100 * kGrace), IsEmpty());
  EXPECT_EQ(room.presence().present_count(), 1U);
}

TEST_F(RoomPresence, GuestsNeitherJoinNorQuit) {
  EXPECT_THAT(after_entering(nullptr), ElementsAre("#1 welcome guest"));
  EXPECT_EQ(room.members().connection_count(), 1U);
  EXPECT_THAT(after_leaving(last_), IsEmpty());
  EXPECT_EQ(room.members().connection_count(), 0U);
  EXPECT_THAT(after(10 * kGrace), IsEmpty());
}

TEST_F(RoomPresence, TheSixthConnectionIsRefused) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(after_entering(ada).front().substr(3), "welcome Ada");
  EXPECT_THAT(after_entering(ada), ElementsAre("#6 expelled toomanyconnections"));
  EXPECT_EQ(room.members().connection_count(), 5U);
  EXPECT_THAT(after_leaving(last_), IsEmpty()) << "it was never in";
  EXPECT_THAT(after_entering(bo).size(), 2U) << "others may";
  room.leave(ConnId{.slot = 1, .generation = 1});
  EXPECT_THAT(after_entering(ada), ElementsAre("#8 welcome Ada"));
}

TEST_F(RoomPresence, TheBannedAreTurnedAwayAtTheDoor) {
  RoomState state;
  state.bans.push_back({7, ada->id, clock.wall_ms() + 1000, {*IpAddress::parse("192.0.2.9")}});
  room.restore(std::move(state));
  EXPECT_THAT(after_entering(ada), ElementsAre("#1 expelled banned"));
  EXPECT_THAT(after_leaving(last_), IsEmpty());
  EXPECT_THAT(after_entering(nullptr, "192.0.2.9"), ElementsAre("#2 expelled banned"));
  EXPECT_THAT(after_entering(bo, "192.0.2.9"), ElementsAre("#3 expelled banned"));
  EXPECT_THAT(after_entering(mod, "192.0.2.9"), ElementsAre("#4 welcome Mod", "join Mod"));
  EXPECT_THAT(after_entering(bot, "192.0.2.9"), ElementsAre("#5 welcome Bot", "join Bot"));
  EXPECT_THAT(after_entering(person(9, "Safe", Role::user, {"protected"}), "192.0.2.9"),
              ElementsAre("#6 welcome Safe", "join Safe"));
  clock.advance(1000);
  EXPECT_THAT(after_entering(ada, "192.0.2.9"), ElementsAre("#7 welcome Ada", "join Ada"));
}

TEST_F(RoomPresence, AChangedUserIsToldToAll) {
  enter(ada);
  enter(ada);
  port.take();
  room.user_changed(*person(1, "Ada", Role::moderator));
  EXPECT_THAT(after(0), ElementsAre("quit Ada", "join Ada", "update Ada"))
      << "once, however many connections; lists are sorted by features";
  room.user_changed(*person(1, "Augusta", Role::moderator));
  EXPECT_THAT(after(0), ElementsAre("update Augusta")) << "the same features";
  room.user_changed(*person(2, "Bo"));
  EXPECT_THAT(after(0), IsEmpty()) << "not here";
}

TEST_F(RoomPresence, ANewerRecordAtTheDoorIsToldToAllToo) {
  enter(ada);
  clock.advance(2 * Members::kSettleMs);
  port.take();
  EXPECT_THAT(after_entering(person(1, "Ada", Role::moderator)),
              ElementsAre("quit Ada", "#2 welcome Ada", "join Ada", "update Ada"));
}

TEST_F(RoomPresence, AQuitShowsTheNewestRecord) {
  enter(ada);
  room.user_changed(*person(1, "Augusta"));
  EXPECT_THAT(after_leaving(ConnId{.slot = 1, .generation = 1}),
              ElementsAre("#1 welcome Ada", "join Ada", "update Augusta"));
  EXPECT_THAT(after(kGrace), ElementsAre("quit Augusta"));
}

TEST_F(RoomPresence, ARecordThatWasReadBeforeAChangeDoesNotCountAtTheDoor) {
  room.user_changed(*person(3, "Mod"));  // demoted while he is being let in
  EXPECT_THAT(after_entering(mod), ElementsAre("#1 welcome Mod", "join Mod"));
  send(last_, {.verb = Verb::subonly, .tier = 1});
  EXPECT_THAT(heard(), ElementsAre("#1 refused nopermission"));
}

TEST_F(RoomPresence, WhoLeftLongAgoIsForgottenByTheSweep) {
  enter(ada);
  room.leave(ConnId{.slot = 1, .generation = 1});
  clock.advance(RoomLimits().forget_after_ms - 1);
  room.tick();
  clock.advance(20'000);
  room.tick();
  EXPECT_THAT(port.take(), ElementsAre("#1 welcome Ada", "join Ada", "quit Ada"));
  say(ConnId{.slot = 1, .generation = 1}, "anyone?");
  EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(RoomPresence, WhoActsWithoutAConnectionIsRememberedToo) {
  for (int i = 0; i < 2; ++i) {
    (void)call(mod, {.verb = Verb::subonly, .tier = i});
    room.tick();  // sweeps
  }
  commit();
  ASSERT_EQ(port.published.size(), 2U);
  EXPECT_GT(port.published[1].at, port.published[0].at);
}

}  // namespace
}  // namespace strims::chat
