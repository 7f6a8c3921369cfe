#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/room_testing.h"

namespace strims::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RoomFeatures : public ::testing::Test, protected RoomCase {
 protected:
  RoomFeatures() {
    a_ = enter(ada);
    m_ = enter(mod);
    boss_ = enter(boss);
    port.take();
  }
  std::vector<std::string> does(ConnId conn, Command command) {
    send(conn, std::move(command));
    return heard();
  }
  std::vector<std::string> pin(std::string text) {
    return does(m_, {.verb = Verb::pin, .text = std::move(text)});
  }
  std::vector<std::string> phrase(Verb verb, std::string text) {
    return does(m_, {.verb = verb, .text = std::move(text)});
  }
  std::vector<std::string> spoken(ConnId conn, std::string text) {
    clock.advance(1000);
    say(conn, std::move(text));
    return heard();
  }
  // What the shop reports of Bo.
  std::vector<std::string> bought(EntryKind kind, int64_t cents = 500) {
    return does(boss_, {.verb = Verb::event_add,
                        .target_id = bo->id,
                        .paid_kind = kind,
                        .extra = R"({"user":{"id":2,"nick":"Bo"},"amount":)" +
                                 std::to_string(cents) + "}"});
  }
  std::vector<std::string> punish(Verb verb, bool permanent = false) {
    return does(m_, {.verb = verb, .nick = "Bo", .reason = "x", .permanent = permanent});
  }

  ConnId a_, m_, boss_;  // #1 Ada, #2 Mod, #3 Boss
};

TEST_F(RoomFeatures, Pins) {
  EXPECT_FALSE(room.pin());
  EXPECT_THAT(pin(" be nice "), ElementsAre("pin Mod 'be nice'"));
  ASSERT_TRUE(room.pin());
  EXPECT_EQ(room.pin()->text, "be nice");
  const std::string uuid = room.pin()->uuid;
  EXPECT_FALSE(uuid.empty());
  EXPECT_THAT(pin(" "), ElementsAre("#2 refused invalidmsg"));
  EXPECT_THAT(pin(""), ElementsAre("pin Mod"));
  EXPECT_NE(port.published.back().uuid, uuid) << "the client ignores the uuid that it shows";
  EXPECT_FALSE(room.pin());
}

TEST_F(RoomFeatures, APinThatIsNotStoredIsNotShown) {
  pin("old");
  port.full = true;
  EXPECT_THAT(pin("new"), ElementsAre("#2 refused unavailable"));
  EXPECT_EQ(room.pin()->text, "old");
}

TEST_F(RoomFeatures, Phrases) {
  EXPECT_THAT(phrase(Verb::phrase_add, " Gold "), ElementsAre("phrase_add Mod 'Gold'"));
  EXPECT_THAT(phrase(Verb::phrase_add, "Gold"), ElementsAre("#2 refused duplicatephrase"));
  for (const char* bad : {"", " ", "/(/", "/.*/"})
    EXPECT_THAT(phrase(Verb::phrase_add, bad), ElementsAre("#2 refused invalidphrase")) << bad;
  EXPECT_THAT(spoken(a_, "buy GOLD"), ElementsAre("#1 refused bannedphrase"));
  EXPECT_THAT(phrase(Verb::phrase_remove, "silver"), ElementsAre("#2 refused nophrase"));
  EXPECT_THAT(phrase(Verb::phrase_remove, ""), ElementsAre("#2 refused invalidphrase"));
  EXPECT_THAT(phrase(Verb::phrase_remove, "Gold"), ElementsAre("phrase_remove Mod 'Gold'"));
  EXPECT_THAT(spoken(a_, "buy GOLD"), ElementsAre("message Ada 'buy GOLD'"));
}

TEST_F(RoomFeatures, APhraseIsInForceBeforeItIsStored) {
  send(m_, {.verb = Verb::phrase_add, .text = "gold"});
  say(a_, "gold");
  EXPECT_THAT(heard(), ElementsAre("#1 refused bannedphrase", "phrase_add Mod 'gold'"));
}

TEST_F(RoomFeatures, PhrasesThatAreNotStoredAreUndone) {
  port.full = true;
  EXPECT_THAT(phrase(Verb::phrase_add, "gold"), ElementsAre("#2 refused unavailable"));
  port.full = false;
  EXPECT_THAT(spoken(a_, "gold"), ElementsAre("message Ada 'gold'"));
  send(m_, {.verb = Verb::phrase_add, .text = "gold"});
  fail_next();
  port.take();
  EXPECT_THAT(spoken(a_, "more gold"), ElementsAre("message Ada 'more gold'"));
  EXPECT_THAT(phrase(Verb::phrase_add, "gold").front(), "phrase_add Mod 'gold'") << "no duplicate";

  port.full = true;
  EXPECT_THAT(phrase(Verb::phrase_remove, "gold"), ElementsAre("#2 refused unavailable"));
  port.full = false;
  EXPECT_THAT(spoken(a_, "gold again"), ElementsAre("#1 refused bannedphrase"));
  send(m_, {.verb = Verb::phrase_remove, .text = "gold"});
  fail_next();
  port.take();
  EXPECT_THAT(spoken(a_, "gold still"), ElementsAre("#1 refused bannedphrase"));
}

TEST_F(RoomFeatures, TooManyPhrases) {
  RoomLimits limits;
  limits.phrases.max_phrases = 2;
  RoomCase c(limits);
  const ConnId m = c.enter(c.mod);
  c.port.take();
  for (const char* text : {"one", "two", "three"})
    c.send(m, {.verb = Verb::phrase_add, .text = text});
  EXPECT_THAT(c.heard(), ElementsAre("#1 refused invalidphrase", "phrase_add Mod 'one'",
                                     "phrase_add Mod 'two'"));
}

TEST_F(RoomFeatures, APhraseOfOtherDaysDoesNotSwitchOffTheRest) {
  RoomLimits limits;
  limits.phrases.max_runes = 5;
  RoomCase c(limits);
  RoomState state;
  state.phrases = {"a phrase that is too long today", "gold"};
  c.room.restore(std::move(state));
  const ConnId a = c.enter(c.ada), m = c.enter(c.mod);
  c.port.take();
  c.say(a, "gold");
  c.send(m, {.verb = Verb::phrase_add, .text = "tin"});
  c.send(m, {.verb = Verb::phrase_remove, .text = "a phrase that is too long today"});
  EXPECT_THAT(c.heard(), ElementsAre("#1 refused bannedphrase", "phrase_add Mod 'tin'",
                                     "phrase_remove Mod 'a phrase that is too long today'"));
}

TEST_F(RoomFeatures, Die) {
  const auto said = does(a_, {.verb = Verb::die});
  ASSERT_EQ(said.size(), 1U);
  EXPECT_TRUE(said[0].starts_with("death Ada Ada 600 '")) << said[0];
  EXPECT_EQ(room.mute_left_ms(ada->id), 600'000);
  EXPECT_THAT(does(a_, {.verb = Verb::die}), ElementsAre("#1 refused muted"));
  EXPECT_EQ(port.refusals.back().mute_seconds_left, 600);
  EXPECT_THAT(spoken(a_, "boo"), ElementsAre("#1 refused muted"));
}

TEST_F(RoomFeatures, WhoDoesNotDie) {
  const ConnId safe = enter(person(9, "Safe", Role::user, {"protected"})), guest = enter(nullptr);
  port.take();
  EXPECT_THAT(does(safe, {.verb = Verb::die}), ElementsAre("#4 refused cantbanprotected"));
  EXPECT_THAT(does(boss_, {.verb = Verb::die}), ElementsAre("#3 refused cantbanprotected"));
  EXPECT_THAT(does(guest, {.verb = Verb::die}), ElementsAre("#5 refused needlogin"));
  EXPECT_THAT(does(m_, {.verb = Verb::die}).front().substr(0, 9), "death Mod");
  port.full = true;
  EXPECT_THAT(does(a_, {.verb = Verb::die}), ElementsAre("#1 refused unavailable"));
  EXPECT_EQ(room.mute_left_ms(ada->id), 0);
}

TEST_F(RoomFeatures, TheEventBar) {
  EXPECT_THAT(does(m_, {.verb = Verb::event_add}), ElementsAre("#2 refused nopermission"));
  EXPECT_THAT(does(boss_, {.verb = Verb::event_add, .paid_kind = EntryKind::ban}),
              ElementsAre("#3 refused protocolerror"));
  EXPECT_THAT(
      does(boss_, {.verb = Verb::event_add, .text = "gl", .paid_kind = EntryKind::donation}),
      ElementsAre("donation Boss 'gl'"));
  const std::string first = port.published.back().uuid;
  clock.advance(1000);
  bought(EntryKind::subscription);
  EXPECT_EQ(room.live_paid_events().size(), 2U);
  EXPECT_THAT(does(m_, {.verb = Verb::event_remove, .text = "e-0"}),
              ElementsAre("#2 refused cantremoveevent"));
  EXPECT_THAT(does(m_, {.verb = Verb::event_remove, .text = first}),
              ElementsAre("event_remove Mod", "bar 1"));
  EXPECT_THAT(does(m_, {.verb = Verb::event_remove, .text = first}),
              ElementsAre("#2 refused cantremoveevent"));
  clock.advance(RoomLimits().paid_event_ms);
  EXPECT_THAT(room.live_paid_events(), IsEmpty());
}

TEST_F(RoomFeatures, AnEventEndsAMute) {
  for (const EntryKind kind :
       {EntryKind::subscription, EntryKind::gift_sub, EntryKind::mass_gift, EntryKind::donation}) {
    enter(bo);
    punish(Verb::mute);
    const auto said = bought(kind);
    ASSERT_EQ(said.size(), 2U) << to_string(kind);
    EXPECT_EQ(said[1], "unmute System Bo");
    EXPECT_EQ(port.published.back().target_id, bo->id);
    EXPECT_EQ(room.mute_left_ms(bo->id), 0);
  }
}

TEST_F(RoomFeatures, AnEventEndsABanThatWouldPass) {
  enter(bo);
  punish(Verb::mute);
  punish(Verb::ban);
  room.leave(ConnId{.slot = 4, .generation = 1});
  port.take();
  const auto said = bought(EntryKind::subscription);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[1], "unban System Bo");
  enter(bo);
  EXPECT_EQ(port.take().front(), "#5 welcome Bo");
  EXPECT_EQ(room.mute_left_ms(bo->id), 0);
}

TEST_F(RoomFeatures, ALastingBanStays) {
  enter(bo);
  punish(Verb::mute);
  punish(Verb::ban, true);
  EXPECT_EQ(bought(EntryKind::subscription).size(), 1U);
  EXPECT_GT(room.mute_left_ms(bo->id), 0);
  enter(bo);
  EXPECT_THAT(port.take(), ElementsAre("#5 expelled banned"));
}

TEST_F(RoomFeatures, NothingIsLiftedWithoutNeed) {
  EXPECT_EQ(bought(EntryKind::subscription).size(), 1U) << "nobody was punished";
  enter(bo);
  punish(Verb::mute);
  EXPECT_EQ(bought(EntryKind::donation, 499).size(), 1U) << "too little";
  EXPECT_EQ(does(boss_, {.verb = Verb::event_add, .paid_kind = EntryKind::donation}).size(), 1U)
      << "of nobody";
  port.full = true;
  EXPECT_THAT(bought(EntryKind::donation), ElementsAre("#3 refused unavailable"));
  EXPECT_GT(room.mute_left_ms(bo->id), 0);
}

TEST_F(RoomFeatures, ReloadUsersTellsOfChangesOnly) {
  auto changed = std::make_shared<User>(*ada);
  changed->can_chat = false;
  port.users[ada->id] = *changed;
  port.users[mod->id].features = {"vip"};
  port.users.erase(boss->id);
  const auto answer = call(boss, {.verb = Verb::reload_users});
  ASSERT_TRUE(*answer);
  EXPECT_TRUE(answer->value().has_value());
  room.end_round();
  EXPECT_THAT(port.take(),
              ::testing::UnorderedElementsAre("update Ada", "quit Mod", "join Mod", "update Mod"))
      << "the moderator has other features now";
  EXPECT_THAT(does(a_, {.verb = Verb::message, .text = "hi"}),
              ElementsAre("#1 refused nochatting"));
  EXPECT_THAT(does(m_, {.verb = Verb::reload_users}), ElementsAre("#2 refused nopermission"));
}

TEST_F(RoomFeatures, ReloadPages) {
  EXPECT_THAT(does(boss_, {.verb = Verb::reload_pages, .nonce = "r1"}),
              ElementsAre("reload", "#3 ack r1"));
  EXPECT_THAT(does(m_, {.verb = Verb::reload_pages}), ElementsAre("#2 refused nopermission"));
}

TEST_F(RoomFeatures, StateComesBackAfterARestart) {
  pin("be nice");
  bought(EntryKind::donation);
  spoken(a_, "hi");
  RoomCase c;
  RoomState state;
  state.pin = port.stored[0];
  state.paid_events = {port.stored[1]};
  state.history = port.stored;
  state.phrases = {"gold"};
  state.last_seq = 3;
  c.room.restore(std::move(state));
  EXPECT_EQ(c.room.pin()->text, "be nice");
  EXPECT_EQ(c.room.live_paid_events().size(), 1U);
  EXPECT_EQ(c.room.history().replay().size(), 2U);
  EXPECT_EQ(c.room.last_seq(), 3U);
  const ConnId a = c.enter(c.ada);
  c.port.take();
  c.say(a, "gold");
  EXPECT_THAT(c.heard(), ElementsAre("#1 refused bannedphrase"));
}

}  // namespace
}  // namespace strims::chat
