#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/room_testing.h"

namespace strims::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RoomPresence : public ::testing::Test, protected RoomCase {
 protected:
  std::vector<std::string> after_entering(const UserPtr& user,
                                          std::string_view address = "192.0.2.1") {
    last_ = enter(user, address);
    return port.take();
  }
  std::vector<std::string> after_leaving(ConnId conn) {
    room.leave(conn);
    return port.take();
  }
  ConnId last_;
};

TEST_F(RoomPresence, AUserJoinsOnceAndQuitsOnce) {
  EXPECT_THAT(after_entering(ada), ElementsAre("#1 welcome Ada", "join Ada"));
  const ConnId first = last_;
  EXPECT_THAT(after_entering(ada), ElementsAre("#2 welcome Ada"));
  EXPECT_THAT(after_leaving(first), IsEmpty());
  EXPECT_THAT(after_leaving(last_), ElementsAre("quit Ada"));
  EXPECT_THAT(after_leaving(last_), IsEmpty()) << "twice is once";
  EXPECT_THAT(after_entering(ada), ElementsAre("#3 welcome Ada", "join Ada"));
}

TEST_F(RoomPresence, GuestsNeitherJoinNorQuit) {
  EXPECT_THAT(after_entering(nullptr), ElementsAre("#1 welcome guest"));
  EXPECT_EQ(room.members().connection_count(), 1U);
  EXPECT_THAT(after_leaving(last_), IsEmpty());
  EXPECT_EQ(room.members().connection_count(), 0U);
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
  EXPECT_THAT(port.take(), ElementsAre("update Ada")) << "once, however many connections";
  room.user_changed(*person(2, "Bo"));
  EXPECT_THAT(port.take(), IsEmpty()) << "not here";
}

TEST_F(RoomPresence, AQuitShowsTheNewestRecord) {
  enter(ada);
  room.user_changed(*person(1, "Augusta"));
  port.take();
  EXPECT_THAT(after_leaving(ConnId{.slot = 1, .generation = 1}), ElementsAre("quit Augusta"));
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
