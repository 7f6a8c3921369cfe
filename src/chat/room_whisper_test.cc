// Private messages in the room: who is told what, and which rule answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/speech_case.h"

namespace strims::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using RoomWhispers = SpeechCase;

TEST_F(RoomWhispers, WhispersReachEveryConnectionOfTheTargetAndNobodyElse) {
  (void)enter(bo);
  port.take();
  send(a_, {.verb = Verb::whisper, .text = " psst ", .nick = "bO"});
  EXPECT_THAT(heard(),
              ElementsAre("#1 sent Bo 'psst'", "#3 whisper Ada 'psst'", "#4 whisper Ada 'psst'"));
  EXPECT_THAT(port.stored, IsEmpty());
}

TEST_F(RoomWhispers, WhispersThatGoNowhere) {
  send(a_, {.verb = Verb::whisper, .text = " ", .nick = "Bo"});
  send(a_, {.verb = Verb::whisper, .text = "psst", .nick = "Nobody"});
  EXPECT_THAT(heard(), ElementsAre("#1 refused invalidmsg", "#1 refused notfound"));
  pass();
  send(a_, {.verb = Verb::whisper, .text = "psst", .nick = "ada"});
  EXPECT_THAT(heard(), ElementsAre("#1 refused notfound"));
  pass();
  port.away = true;
  send(a_, {.verb = Verb::whisper, .text = "psst", .nick = "Nobody"});
  EXPECT_THAT(heard(), ElementsAre("#1 refused unavailable"));
  const ConnId guest = enter(nullptr);
  port.take();
  send(guest, {.verb = Verb::whisper, .text = "psst", .nick = "Bo"});
  EXPECT_THAT(heard(), ElementsAre("#4 refused needlogin"));
}

TEST_F(RoomWhispers, FurtherPartsOfOneRequestAreNotThrottled) {
  const auto to = [&](std::string nick, bool further) {
    return call(
        ada,
        {.verb = Verb::whisper, .text = "psst", .nick = std::move(nick), .skip_throttle = further});
  };
  EXPECT_TRUE((**to("Bo", false)).has_value());
  EXPECT_TRUE((**to("Mod", true)).has_value());
  EXPECT_EQ((**to("Mod", false)).error().reason, "throttled");
}

TEST_F(RoomWhispers, TheMutedAndTheSubmodeMayWhisper) {
  mute_bo();
  subonly(5);
  send(b_, {.verb = Verb::whisper, .text = "psst", .nick = "Ada"});
  EXPECT_THAT(heard(), ElementsAre("#3 sent Ada 'psst'", "#1 whisper Bo 'psst'"));
}

TEST_F(RoomWhispers, TheRulesOfTheInboxAnswerWithTheirWord) {
  port.whisper_error = Error{Errc::forbidden, "privmsgaccounttooyoung", "", 0};
  send(a_, {.verb = Verb::whisper, .text = "psst", .nick = "Bo", .nonce = "w1"});
  EXPECT_THAT(heard(), ElementsAre("#1 refused privmsgaccounttooyoung w1"));
  pass();
  port.whisper_error = Error{Errc::rate_limited, "throttled", "", 9000};
  send(a_, {.verb = Verb::whisper, .text = "psst", .nick = "Bo"});
  EXPECT_EQ(port.refusals.back().retry_after_ms, 9000);
}

TEST_F(RoomWhispers, AWhisperToSomebodyOfflineIsStored) {
  port.users[9] = *person(9, "Cy");
  send(a_, {.verb = Verb::whisper, .text = "psst", .nick = "cy"});
  EXPECT_THAT(heard(), ElementsAre("#1 sent Cy 'psst'"));
  const auto answer = call(bo, {.verb = Verb::whisper, .text = "psst", .nick = "Cy"});
  ASSERT_TRUE(*answer);
  EXPECT_EQ((**answer)->id, 2);
}

}  // namespace
}  // namespace strims::chat
