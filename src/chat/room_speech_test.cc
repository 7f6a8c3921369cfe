#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/speech_case.h"

namespace strims::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using RoomSpeech = SpeechCase;

TEST_F(RoomSpeech, AMessageIsShownOnceItIsStored) {
  say(a_, "  hello  @Bo ");
  EXPECT_THAT(port.take(), IsEmpty());
  ASSERT_EQ(port.pending.size(), 1U);
  const Entry& e = port.pending.front().entry;
  EXPECT_EQ(e.text, "hello  @Bo") << "trimmed, otherwise as it was";
  EXPECT_EQ(e.channel, 1);
  EXPECT_EQ(e.at, clock.wall_ms());
  EXPECT_EQ(e.actor.id, ada->id);
  EXPECT_THAT(e.actor.roles, ElementsAre("USER"));
  EXPECT_THAT(heard(), ElementsAre("message Ada 'hello  @Bo'"));
  EXPECT_EQ(room.last_seq(), 1U);
}

TEST_F(RoomSpeech, GuestsMayNotSpeak) {
  const ConnId guest = enter(nullptr);
  port.take();
  say(guest, "hi", "n1");
  EXPECT_THAT(heard(), ElementsAre("#4 refused needlogin n1"));
}

TEST_F(RoomSpeech, AConnectionThatIsNotInTheRoomIsDropped) {
  room.leave(a_);
  port.take();
  say(a_, "from beyond");
  EXPECT_THAT(heard(), IsEmpty());
  EXPECT_EQ(port.answers, 0U);
}

TEST_F(RoomSpeech, TextRules) {
  for (const std::string& bad :
       {std::string(), std::string(" \n "), repeat("x", 513), std::string("a\u2028b"),
        std::string("\xff"), "e" + repeat("\u0301", 5)}) {
    EXPECT_THAT(spoken(a_, bad), ElementsAre("#1 refused invalidmsg")) << bad;
  }
  EXPECT_THAT(spoken(a_, repeat("\U0001F600", 512)).size(), 1U);
}

// chat-websocket 7: invalid text, mute, submode, phrase, throttle, duplicate.
TEST_F(RoomSpeech, TheOrderOfTheChecks) {
  ban_phrase("gold");
  say(b_, "first");
  heard();
  subonly(2);
  mute_bo();
  const auto try_all = [&] {  // no pause: every rule is broken at once
    say(b_, " ");
    say(b_, "buy gold");
    return heard();
  };
  EXPECT_THAT(try_all(), ElementsAre("#3 refused invalidmsg", "#3 refused muted"));
  send(m_, {.verb = Verb::unmute, .nick = "Bo"});
  heard();
  EXPECT_THAT(try_all(), ElementsAre("#3 refused invalidmsg", "#3 refused submode"));
  subonly(0);
  EXPECT_THAT(try_all(), ElementsAre("#3 refused invalidmsg", "#3 refused bannedphrase"));
  say(b_, "first");
  EXPECT_THAT(heard(), ElementsAre("#3 refused throttled"));
  EXPECT_THAT(spoken(b_, "first"), ElementsAre("#3 refused duplicate"));
}

TEST_F(RoomSpeech, RefusalsCarryTheirFields) {
  mute_bo(583);
  say(b_, "hi");
  EXPECT_EQ(port.refusals.back().mute_seconds_left, 583);
  pass(500);
  say(b_, "hi");
  EXPECT_EQ(port.refusals.back().mute_seconds_left, 583) << "rounded up";
  pass(582'499);
  say(b_, "hi");
  EXPECT_EQ(port.refusals.back().mute_seconds_left, 1);
  pass(1);
  say(b_, "hi");
  EXPECT_EQ(port.pending.size(), 1U) << "over";
  heard();

  subonly(3);
  say(b_, "hi again");
  EXPECT_EQ(port.refusals.back().tier, 3);
  subonly(0);
  ban_phrase("/go+ld/i");
  say(b_, "GOOLD");
  EXPECT_EQ(port.refusals.back().filtered, "/go+ld/i");
  pass();
  say(b_, "silver");
  say(b_, "bronze");
  EXPECT_EQ(port.refusals.back().retry_after_ms, 600);
}

TEST_F(RoomSpeech, AnAccountThatMayNotChat) {
  auto silent = std::make_shared<User>(*person(9, "Silent"));
  silent->can_chat = false;
  const ConnId s = enter(silent);
  port.take();
  EXPECT_THAT(spoken(s, "hi"), ElementsAre("#4 refused nochatting"));
  send(s, {.verb = Verb::whisper, .text = "psst", .nick = "Ada"});
  EXPECT_THAT(heard(), ElementsAre("#4 refused nochatting"));
}

TEST_F(RoomSpeech, TheThrottleIsSharedByAllConnectionsAndByWhispers) {
  const ConnId a2 = enter(ada);
  port.take();
  say(a_, "one");
  say(a2, "two");
  send(a2, {.verb = Verb::whisper, .text = "psst", .nick = "Bo"});
  EXPECT_THAT(heard(),
              ElementsAre("#4 refused throttled", "#4 refused throttled", "message Ada 'one'"));
  pass(5000);
  send(a_, {.verb = Verb::whisper, .text = "psst", .nick = "Bo"});
  say(a2, "three");
  EXPECT_THAT(heard(),
              ElementsAre("#1 sent Bo 'psst'", "#3 whisper Ada 'psst'", "#4 refused throttled"));
}

TEST_F(RoomSpeech, TheThrottleSurvivesAReconnection) {
  say(a_, "one");
  room.leave(a_);
  const ConnId again = enter(ada);
  heard();
  say(again, "two");
  EXPECT_THAT(heard(), ElementsAre("#4 refused throttled"));
}

TEST_F(RoomSpeech, Duplicates) {
  EXPECT_THAT(spoken(a_, "x").size(), 1U);
  EXPECT_THAT(spoken(a_, "x"), ElementsAre("#1 refused duplicate"));
  EXPECT_THAT(spoken(a_, "/me x"), ElementsAre("#1 refused duplicate"));
  pass();  // each of them has made the throttle slower
  EXPECT_THAT(spoken(a_, "/me   x"), ElementsAre("#1 refused duplicate"));
  pass(400'000);
  EXPECT_THAT(spoken(a_, "X"), ElementsAre("message Ada 'X'")) << "case counts";
  EXPECT_THAT(spoken(a_, "x"), ElementsAre("message Ada 'x'")) << "A B A passes";
  EXPECT_THAT(spoken(a_, "/me"), ElementsAre("message Ada '/me'"));
  EXPECT_THAT(spoken(b_, "/me"), ElementsAre("message Bo '/me'")) << "of others";
}

TEST_F(RoomSpeech, ADuplicatePenalisesTheThrottle) {
  spoken(a_, "x");
  EXPECT_THAT(spoken(a_, "x"), ElementsAre("#1 refused duplicate"));
  pass(400);  // would do without the penalty
  say(a_, "y");
  EXPECT_THAT(heard(), ElementsAre("#1 refused throttled"));
}

TEST_F(RoomSpeech, BotsHaveNeitherThrottleNorDuplicates) {
  const ConnId r = enter(bot);
  port.take();
  for (int i = 0; i < 20; ++i) say(r, "beep");
  EXPECT_EQ(heard().size(), 20U);
  // The strims flavour does not exempt them from the duplicate rule (chat-websocket 14).
  send(r, {.verb = Verb::message, .text = "beep", .combo_rule = true});
  EXPECT_THAT(heard(), ElementsAre("#4 refused duplicate"));
}

TEST_F(RoomSpeech, OneUsersTimesStrictlyIncrease) {
  const ConnId r = enter(bot);
  port.take();
  for (int i = 0; i < 20; ++i) say(r, "beep");
  send(r, {.verb = Verb::subonly, .tier = 0});
  commit();
  for (size_t i = 1; i < port.published.size(); ++i)
    EXPECT_GT(port.published[i].at, port.published[i - 1].at) << i;
  // His clock may not be behind him when it moves on.
  clock.advance(5);
  say(r, "boop");
  commit();
  EXPECT_GT(port.published.back().at, port.published[port.published.size() - 2].at);
}

TEST_F(RoomSpeech, TheSlowModeHoldsEveryoneButStaff) {
  RoomCase c({.slow_mode_ms = 10'000});
  const ConnId a = c.enter(c.ada), m = c.enter(c.mod), r = c.enter(c.bot);
  c.port.take();
  c.say(a, "one");
  c.clock.advance(4000);
  c.say(a, "two");
  ASSERT_EQ(c.port.refusals.size(), 1U);
  EXPECT_EQ(c.port.refusals[0].word, "throttled");
  EXPECT_EQ(c.port.refusals[0].retry_after_ms, 6000);
  c.clock.advance(1000);
  c.send(a, {.verb = Verb::whisper, .text = "psst", .nick = "Mod"});  // whispers are not slowed
  c.say(m, "three");
  c.say(r, "four");
  c.clock.advance(1000);
  c.say(m, "five");
  c.clock.advance(4000);
  c.say(a, "six");
  EXPECT_THAT(c.heard(),
              ElementsAre("#1 refused throttled", "#1 sent Mod 'psst'", "#2 whisper Ada 'psst'",
                          "message Ada 'one'", "message Mod 'three'", "message Bot 'four'",
                          "message Mod 'five'", "message Ada 'six'"));
}

// chat-websocket 9.7.
TEST_F(RoomSpeech, WhoSpeaksInSubscriberMode) {
  struct Row {
    Role role;
    std::vector<std::string> features;
    int most;  // the highest tier that lets him speak; 0: none
  };
  const Row rows[] = {{Role::user, {}, 0},
                      {Role::user, {"subscriber"}, 1},
                      {Role::user, {"flair9"}, 0},
                      {Role::user, {"flair13"}, 1},
                      {Role::user, {"flair1"}, 2},
                      {Role::user, {"flair3"}, 3},
                      {Role::user, {"flair8", "flair13"}, 4},
                      {Role::user, {"flair42"}, 5},
                      {Role::user, {"vip"}, 5},
                      {Role::user, {"vip", "flair13"}, 5},
                      {Role::user, {"flair17"}, 5},
                      {Role::user, {"protected"}, 5},
                      {Role::user, {"bot"}, 5},
                      {Role::streamer, {}, 5},
                      {Role::moderator, {}, 5},
                      {Role::admin, {}, 5}};
  UserId id = 100;
  for (const Row& row : rows) {
    ++id;
    const UserPtr user = person(id, "P" + std::to_string(id), row.role, row.features);
    const ConnId c = enter(user);
    for (int tier = 1; tier <= 5; ++tier) {
      subonly(tier);
      pass(400'000);
      say(c, "tier " + std::to_string(tier));
      const auto said = heard();
      EXPECT_EQ(said.back().starts_with("message"), tier <= row.most)
          << to_string(row.role) << " " << ::testing::PrintToString(row.features) << " in tier "
          << tier;
    }
    subonly(0);
    pass();
    say(c, "over");
    EXPECT_TRUE(heard().back().starts_with("message"));
  }
}

TEST_F(RoomSpeech, ModeratorsAreNotHeldByPhrases) {
  ban_phrase("gold");
  EXPECT_THAT(spoken(m_, "about gold"), ElementsAre("message Mod 'about gold'"));
  EXPECT_THAT(spoken(a_, "GOLD!"), ElementsAre("#1 refused bannedphrase"));
}

TEST_F(RoomSpeech, AFullJournalRefusesAndLeavesNoTrace) {
  port.full = true;
  say(a_, "hi", "n1");
  EXPECT_THAT(heard(), ElementsAre("#1 refused unavailable n1"));
  port.full = false;
  EXPECT_THAT(spoken(a_, "hi", "n1"), ElementsAre("message Ada 'hi'", "#1 ack n1"))
      << "neither a duplicate nor a known nonce";
}

TEST_F(RoomSpeech, AStalledJournalTakesNoNewMessages) {
  port.stalled = true;
  say(a_, "hi", "n1");
  EXPECT_THAT(heard(), ElementsAre("#1 refused unavailable n1"));
  send(m_, {.verb = Verb::mute, .nick = "Bo"});  // keeping order goes on
  EXPECT_EQ(heard().size(), 1U);
  port.stalled = false;
  EXPECT_THAT(spoken(a_, "hi", "n1"), ElementsAre("message Ada 'hi'", "#1 ack n1"));
}

TEST_F(RoomSpeech, TheStallIsToldOnceEachWay) {
  port.stalled = true;
  room.tick();
  room.tick();
  ASSERT_EQ(port.said.size(), 1U);
  EXPECT_TRUE(port.said[0].starts_with("notice "));
  port.take();
  port.stalled = false;
  room.tick();
  room.tick();
  EXPECT_EQ(port.take().size(), 1U);
}

TEST_F(RoomSpeech, WhatCanNeverBeStoredIsRefusedAndUndone) {
  say(a_, "hi", "n1");
  fail_next();
  EXPECT_THAT(port.take(), ElementsAre("#1 refused unknown n1"));
  EXPECT_THAT(spoken(a_, "hi", "n1"), ElementsAre("message Ada 'hi'", "#1 ack n1"));
}

TEST_F(RoomSpeech, TheCallOfARestClientIsAnsweredOnce) {
  const auto stored = call(ada, {.verb = Verb::message, .text = "by REST"});
  EXPECT_FALSE(*stored);
  EXPECT_THAT(heard(), ElementsAre("message Ada 'by REST'"));
  ASSERT_TRUE(*stored);
  ASSERT_TRUE(**stored);
  EXPECT_EQ((**stored)->seq, 1U);
  const auto refused = call(ada, {.verb = Verb::message, .text = " "});
  ASSERT_TRUE(*refused);
  EXPECT_EQ((**refused).error().reason, "invalidmsg");
  const auto guest = call(nullptr, {.verb = Verb::message, .text = "x"});
  EXPECT_EQ((**guest).error().code, Errc::unauthenticated);
}

TEST_F(RoomSpeech, TheRoomsRecordOfACallerIsTheNewest) {
  room.user_changed(*person(2, "Bo", Role::moderator));
  port.take();
  (void)call(bo, {.verb = Verb::subonly, .tier = 1});
  EXPECT_THAT(heard(), ElementsAre("subonly Bo 1"));
}

TEST_F(RoomSpeech, Broadcasts) {
  const ConnId boss_conn = enter(boss), guest = enter(nullptr);
  port.take();
  send(m_, {.verb = Verb::broadcast, .text = "x"});
  send(guest, {.verb = Verb::broadcast, .text = "x"});
  send(boss_conn, {.verb = Verb::broadcast, .text = " "});
  send(boss_conn, {.verb = Verb::broadcast, .text = " soon "});
  EXPECT_THAT(heard(), ElementsAre("#2 refused nopermission", "#5 refused needlogin",
                                   "#4 refused invalidmsg", "broadcast Boss 'soon'"));
  EXPECT_TRUE(port.published.back().uuid.starts_with("b-"));
}

TEST_F(RoomSpeech, CombosAreCountedForThoseWhoShowThem) {
  room.set_emotes({"Wow"});
  const auto speak = [&](ConnId conn, std::string text) {
    pass();
    send(conn, {.verb = Verb::message, .text = std::move(text), .combo_rule = true});
    return heard();
  };
  EXPECT_THAT(speak(a_, "Wow"), ElementsAre("message Ada 1 'Wow'"));
  EXPECT_THAT(speak(b_, "Wow"), ElementsAre("message Bo 2 'Wow'"));
  EXPECT_THAT(speak(a_, "Wow:wide"), ElementsAre("#1 refused duplicate"));
  EXPECT_THAT(speak(m_, "Wow"), ElementsAre("message Mod 3 'Wow'"));
  EXPECT_THAT(speak(a_, "Wow: what?"), ElementsAre("message Ada 'Wow: what?'"));
  EXPECT_THAT(speak(a_, "Wow"), ElementsAre("message Ada 1 'Wow'"));
}

TEST_F(RoomSpeech, ARefusedMessageDoesNotMoveTheCombo) {
  room.set_emotes({"Wow"});
  EXPECT_THAT(spoken(a_, "Wow"), ElementsAre("message Ada 1 'Wow'"));
  port.full = true;
  EXPECT_THAT(spoken(b_, "Wow"), ElementsAre("#3 refused unavailable"));
  port.full = false;
  EXPECT_THAT(spoken(b_, "Wow"), ElementsAre("message Bo 2 'Wow'"));
}

}  // namespace
}  // namespace strims::chat
