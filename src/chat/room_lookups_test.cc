// Answers of the database that come late: what was true when it was asked may not be so any more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/room_testing.h"

namespace strims::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RoomLookups : public ::testing::Test, protected RoomCase {
 protected:
  RoomLookups() {
    enter(ada, "192.0.2.1");
    m_ = enter(mod, "192.0.2.2");
    enter(bo, "192.0.2.3");
    port.take();
  }
  std::vector<std::string> does(ConnId conn, Command command) {
    send(conn, std::move(command));
    return heard();
  }

  ConnId m_;  // #2, among #1 Ada and #3 Bo
};

TEST_F(RoomLookups, AnAnswerForAConnectionThatIsGone) {
  port.later = true;
  port.users[30] = *person(30, "Cy");
  send(m_, {.verb = Verb::mute, .nick = "Cy"});
  room.leave(m_);
  port.take();
  port.answer_next();
  EXPECT_THAT(heard(), ElementsAre("mute Mod Cy 600")) << "it was asked for while he was here";
}

TEST_F(RoomLookups, RightsAreLookedAtAgainAfterALookup) {
  port.later = true;
  port.users[30] = *person(30, "Cy");
  for (const Verb verb : {Verb::mute, Verb::unmute, Verb::ban, Verb::unban})
    send(m_, {.verb = verb, .nick = "Cy", .reason = "x"});
  room.user_changed(*person(mod->id, "Mod"));  // he is no moderator any more
  port.take();
  while (!port.waiting.empty()) port.answer_next();
  EXPECT_THAT(heard(), ElementsAre("#2 refused nopermission", "#2 refused nopermission",
                                   "#2 refused nopermission", "#2 refused nopermission"));
  EXPECT_THAT(does(m_, {.verb = Verb::subonly, .tier = 1}), ElementsAre("#2 refused nopermission"))
      << "and the late answers did not bring the old record back";
}

TEST_F(RoomLookups, ATargetWhoCameInMeanwhileIsTakenAsHeIsNow) {
  port.later = true;
  port.users[30] = *person(30, "Cy");
  send(m_, {.verb = Verb::ban, .nick = "Cy", .reason = "x"});
  port.answer_next();
  fail_next();
  send(m_, {.verb = Verb::mute, .nick = "Cy"});
  room.user_changed(*person(30, "Cy", Role::user, {"protected"}));
  port.take();
  port.answer_next();
  EXPECT_THAT(heard(), ElementsAre("#2 refused nopermission"));
}

TEST_F(RoomLookups, AddressesComeLateToo) {
  port.later = true;
  send(m_, {.verb = Verb::ban, .nick = "Bo", .reason = "x", .with_addresses = true});
  EXPECT_THAT(port.pending, IsEmpty());
  const ConnId b2 = enter(bo, "203.0.113.5");
  port.take();
  port.answer_next();
  const auto said = heard();
  EXPECT_EQ(said[0], "ban Mod Bo 3600 'x'");
  EXPECT_EQ(said.size(), 3U);
  (void)b2;
  enter(nullptr, "203.0.113.5");
  EXPECT_THAT(port.take(), ElementsAre("#5 expelled banned"));
}

}  // namespace
}  // namespace strims::chat
