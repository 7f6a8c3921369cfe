#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json_read.h"
#include "chat/room_testing.h"

namespace strims::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kSecond = 1'000'000'000;  // in nanoseconds
constexpr int64_t kWeek = 604'800;

class RoomModeration : public ::testing::Test, protected RoomCase {
 protected:
  RoomModeration() {
    a_ = enter(ada, "192.0.2.1");
    m_ = enter(mod, "192.0.2.2");
    b_ = enter(bo, "192.0.2.3");
    port.take();
  }
  std::vector<std::string> does(ConnId conn, Command command) {
    send(conn, std::move(command));
    return heard();
  }
  std::vector<std::string> mute(ConnId conn, std::string nick, std::optional<int64_t> ns = {}) {
    return does(conn, {.verb = Verb::mute, .nick = std::move(nick), .duration_ns = ns});
  }
  std::vector<std::string> ban(ConnId conn, std::string nick, std::string reason = "spam") {
    return does(conn, {.verb = Verb::ban, .nick = std::move(nick), .reason = std::move(reason)});
  }
  std::vector<std::string> spoken(ConnId conn, std::string text) {
    clock.advance(1000);
    say(conn, std::move(text));
    return heard();
  }

  ConnId a_, m_, b_;  // #1 Ada, #2 Mod, #3 Bo
};

TEST_F(RoomModeration, TheDefaultMute) {
  EXPECT_THAT(mute(m_, "bo"), ElementsAre("mute Mod bo 600")) << "the name as it was typed";
  EXPECT_EQ(port.published.back().target_id, bo->id);
  EXPECT_EQ(room.mute_left_ms(bo->id), 600'000);
  EXPECT_THAT(mute(m_, "Bo", 0), ElementsAre("mute Mod Bo 600"));
}

TEST_F(RoomModeration, MuteLengths) {
  EXPECT_THAT(mute(m_, "Bo", 90 * kSecond), ElementsAre("mute Mod Bo 90"));
  EXPECT_THAT(mute(m_, "Bo", 1), ElementsAre("mute Mod Bo 1")) << "whole seconds, rounded up";
  EXPECT_THAT(mute(m_, "Bo", kWeek * kSecond), ElementsAre("mute Mod Bo 604800"));
  EXPECT_THAT(mute(m_, "Bo", kWeek * kSecond + 1), ElementsAre("#2 refused protocolerror"));
  EXPECT_THAT(mute(m_, "Bo", INT64_MAX), ElementsAre("#2 refused protocolerror"));
  EXPECT_GE(room.mute_left_ms(bo->id), kWeek * 1000) << "the refused ones changed nothing";
}

TEST_F(RoomModeration, ANegativeMuteIsOverAlready) {
  EXPECT_THAT(mute(m_, "Bo", -1), ElementsAre("mute Mod Bo"));
  EXPECT_THAT(mute(m_, "Bo", INT64_MIN), ElementsAre("mute Mod Bo"));
  EXPECT_EQ(room.mute_left_ms(bo->id), 0);
  EXPECT_THAT(spoken(b_, "still here"), ElementsAre("message Bo 'still here'"));
}

TEST_F(RoomModeration, AMuteIsInForceBeforeItIsStored) {
  send(m_, {.verb = Verb::mute, .nick = "Bo"});
  say(b_, "quick");
  EXPECT_THAT(heard(), ElementsAre("#3 refused muted", "mute Mod Bo 600"));
}

TEST_F(RoomModeration, AMuteThatWasNotTakenChangesNothing) {
  mute(m_, "Bo", 60 * kSecond);
  port.full = true;
  EXPECT_THAT(mute(m_, "Bo", 600 * kSecond), ElementsAre("#2 refused unavailable"));
  EXPECT_EQ(room.mute_left_ms(bo->id), 60'000) << "the earlier one stands";
  EXPECT_THAT(does(m_, {.verb = Verb::unmute, .nick = "Bo"}),
              ElementsAre("#2 refused unavailable"));
  EXPECT_EQ(room.mute_left_ms(bo->id), 60'000);
}

TEST_F(RoomModeration, AMuteThatCanNeverBeStoredIsUndone) {
  send(m_, {.verb = Verb::mute, .nick = "Bo"});
  fail_next();
  EXPECT_THAT(port.take(), ElementsAre("#2 refused unknown"));
  EXPECT_EQ(room.mute_left_ms(bo->id), 0);
}

TEST_F(RoomModeration, WhoMayPunishWhom) {
  port.users[20] = *person(20, "Protected", Role::user, {"protected"});
  port.users[21] = *person(21, "Streamer", Role::streamer);
  port.users[22] = *person(22, "Mod2", Role::moderator);
  const ConnId boss_conn = enter(boss), bot_conn = enter(bot);
  port.take();
  struct Row {
    ConnId who;
    std::string_view target;
    bool may;
  };
  const Row rows[] = {
      {a_, "Bo", false},        {m_, "Bo", true},           {m_, "Mod", false},
      {m_, "Mod2", true},       {m_, "Boss", false},        {m_, "Bot", true},
      {m_, "Protected", false}, {m_, "Streamer", true},     {bot_conn, "Bo", true},
      {bot_conn, "Mod", true},  {bot_conn, "Boss", false},  {bot_conn, "Bot", false},
      {boss_conn, "Mod", true}, {boss_conn, "Boss", false}, {boss_conn, "Protected", false}};
  for (const Row& row : rows) {
    const bool muted = mute(row.who, std::string(row.target)).front().starts_with("mute ");
    EXPECT_EQ(muted, row.may) << row.who.slot << " mutes " << row.target;
    send(row.who, {.verb = Verb::ban, .nick = std::string(row.target), .reason = "x"});
    EXPECT_EQ(!port.pending.empty(), row.may) << row.who.slot << " bans " << row.target;
    if (!port.pending.empty()) fail_next();  // so that everyone stays
    port.take();
  }
}

TEST_F(RoomModeration, UnknownTargets) {
  EXPECT_THAT(mute(m_, "Nobody"), ElementsAre("#2 refused nopermission"));
  EXPECT_THAT(does(m_, {.verb = Verb::unmute, .nick = "Nobody"}),
              ElementsAre("#2 refused notfound"));
  EXPECT_THAT(does(m_, {.verb = Verb::unmute}), ElementsAre("#2 refused protocolerror"));
  EXPECT_THAT(ban(m_, "Nobody"), ElementsAre("#2 refused notfound"));
  EXPECT_THAT(does(m_, {.verb = Verb::unban, .nick = "Nobody"}),
              ElementsAre("#2 refused notfound"));
  port.away = true;
  EXPECT_THAT(ban(m_, "Nobody"), ElementsAre("#2 refused unavailable"));
}

TEST_F(RoomModeration, WithoutPermission) {
  const ConnId guest = enter(nullptr);
  port.take();
  const std::pair<ConnId, std::string> rows[] = {{a_, "#1"}, {guest, "#4"}};
  for (const auto& [conn, name] : rows) {
    for (const Verb verb :
         {Verb::mute, Verb::unmute, Verb::ban, Verb::unban, Verb::subonly, Verb::pin,
          Verb::poll_start, Verb::poll_stop, Verb::phrase_add, Verb::phrase_remove,
          Verb::event_remove, Verb::event_add, Verb::reload_users, Verb::reload_pages}) {
      EXPECT_THAT(does(conn, {.verb = verb, .text = "x", .nick = "Bo", .reason = "x"}),
                  ElementsAre(name + " refused nopermission"))
          << static_cast<int>(verb);
    }
  }
}

TEST_F(RoomModeration, AnUnmuteEndsTheMute) {
  mute(m_, "Bo");
  EXPECT_THAT(does(m_, {.verb = Verb::unmute, .nick = "BO"}), ElementsAre("unmute Mod BO"));
  EXPECT_THAT(spoken(b_, "free"), ElementsAre("message Bo 'free'"));
}

TEST_F(RoomModeration, RestNamesTheTargetById) {
  (void)call(mod, {.verb = Verb::mute, .target_id = bo->id, .reason = "calm down"});
  EXPECT_THAT(heard(), ElementsAre("mute Mod Bo 600 'calm down'"));
  port.users[30] = *person(30, "Cy");
  (void)call(mod, {.verb = Verb::ban, .target_id = 30, .reason = "spam"});
  EXPECT_THAT(heard(), ElementsAre("ban Mod Cy 3600 'spam'"));
}

TEST_F(RoomModeration, ABanIsShownBeforeItsTargetIsExpelled) {
  const ConnId b2 = enter(bo, "192.0.2.9");
  port.take();
  const auto said = ban(m_, "Bo", " spam ");
  ASSERT_EQ(said.size(), 3U);
  EXPECT_EQ(said[0], "ban Mod Bo 3600 'spam'");
  EXPECT_THAT((std::vector<std::string>{said[1], said[2]}),
              ::testing::UnorderedElementsAre("#3 expelled banned", "#4 expelled banned"));
  (void)b2;
  EXPECT_TRUE(room.members().contains(a_));
}

TEST_F(RoomModeration, BanLengths) {
  const auto number_of = [&](Command command) {
    command.verb = Verb::ban;
    command.nick = "Bo";
    command.reason = "x";
    send(m_, std::move(command));
    const int64_t number = port.pending.empty() ? -1 : port.pending.front().entry.number;
    if (!port.pending.empty()) fail_next();
    port.take();
    return number;
  };
  EXPECT_EQ(number_of({}), 3600);
  EXPECT_EQ(number_of({.duration_ns = 0}), 3600);
  EXPECT_EQ(number_of({.duration_ns = 86'400 * kSecond}), 86'400);
  EXPECT_EQ(number_of({.duration_ns = 1}), 1);
  EXPECT_EQ(number_of({.permanent = true}), 0);
  EXPECT_EQ(number_of({.duration_ns = 5 * kSecond, .permanent = true}), 0);
  EXPECT_EQ(number_of({.duration_ns = -1}), -1);
  EXPECT_EQ(number_of({.duration_ns = INT64_MAX}), INT64_MAX / kSecond + 1) << "as long as can be";
}

TEST_F(RoomModeration, ABanNeedsAReason) {
  for (const char* blank : {"", " ", "\t\n", "\u2003"})
    EXPECT_THAT(ban(m_, "Bo", blank), ElementsAre("#2 refused needbanreason"));
  EXPECT_THAT(ban(m_, "Bo", std::string(513, 'x')), ElementsAre("#2 refused protocolerror"));
  EXPECT_THAT(ban(m_, "Mod", ""), ElementsAre("#2 refused nopermission")) << "who comes first";
}

TEST_F(RoomModeration, NothingComesInBehindABan) {
  send(m_, {.verb = Verb::ban, .nick = "Bo", .reason = "spam"});
  say(b_, "one more thing", "n1");  // his connection ends when the ban is stored
  EXPECT_THAT(heard(),
              ElementsAre("#3 refused banned n1", "ban Mod Bo 3600 'spam'", "#3 expelled banned"));
  room.leave(b_);
  const auto answer = call(bo, {.verb = Verb::message, .text = "by REST"});
  EXPECT_EQ((**answer).error().reason, "banned");
}

TEST_F(RoomModeration, TheBannedDoNotComeIn) {
  ban(m_, "Bo");
  room.leave(b_);
  room.end_round();
  port.take();
  enter(bo);
  EXPECT_THAT(port.take(), ElementsAre("#4 expelled banned"));
  enter(nullptr, "192.0.2.3");
  EXPECT_THAT(port.take(), ElementsAre("#5 welcome guest")) << "his address is not banned";
  clock.advance(3'600'000);
  enter(bo);
  EXPECT_THAT(port.take(), ElementsAre("#6 welcome Bo", "join Bo"));
}

TEST_F(RoomModeration, ABanWithAddresses) {
  port.addresses[bo->id] = {"198.51.100.7", "2001:db8:0:1::", "rubbish"};
  const ConnId same = enter(ada, "198.51.100.7"), guest = enter(nullptr, "2001:db8:0:1::99"),
               staff = enter(mod, "198.51.100.7"),
               safe = enter(person(9, "Safe", Role::user, {"protected"}), "192.0.2.3");
  port.take();
  const auto said =
      does(m_, {.verb = Verb::ban, .nick = "Bo", .reason = "spam", .with_addresses = true});
  ASSERT_FALSE(said.empty());
  EXPECT_EQ(said[0], "ban Mod Bo 3600 'spam'");
  EXPECT_THAT((std::vector<std::string>{said.begin() + 1, said.end()}),
              ::testing::UnorderedElementsAre("#3 expelled banned", "#4 expelled banned",
                                              "#5 expelled banned"));
  (void)same, (void)guest, (void)staff, (void)safe;

  const Entry& e = port.published.back();
  EXPECT_TRUE(e.flag);
  const auto extra = Json::parse(e.extra);
  ASSERT_TRUE(extra);
  EXPECT_EQ(extra->find("addresses")->dump(), R"(["192.0.2.3","198.51.100.7","2001:db8:0:1::"])");

  enter(nullptr, "192.0.2.3");
  enter(nullptr, "2001:db8:0:1:ffff::1");
  enter(ada, "192.0.2.3");
  enter(mod, "192.0.2.3");
  EXPECT_THAT(port.take(), ElementsAre("#8 expelled banned", "#9 expelled banned",
                                       "#10 expelled banned", "#11 welcome Mod"));
}

TEST_F(RoomModeration, AnAddressBanHoldsForCallsToo) {
  does(m_, {.verb = Verb::ban, .nick = "Bo", .reason = "x", .with_addresses = true});
  const auto from = [&](const UserPtr& user, std::string_view address) {
    clock.advance(1000);
    const auto answer =
        call(user, {.verb = Verb::message, .text = "hi", .from = IpAddress::parse(address)});
    commit();
    return **answer ? std::string("stored") : std::string((**answer).error().reason);
  };
  EXPECT_EQ(from(ada, "192.0.2.3"), "banned");
  EXPECT_EQ(from(mod, "192.0.2.3"), "stored") << "staff may share the address";
  EXPECT_EQ(from(ada, "192.0.2.4"), "stored");
}

TEST_F(RoomModeration, AnUnbanLiftsEverything) {
  mute(m_, "Bo");
  does(m_,
       {.verb = Verb::ban, .nick = "Bo", .reason = "x", .permanent = true, .with_addresses = true});
  room.leave(b_);
  room.end_round();
  port.take();
  EXPECT_THAT(does(m_, {.verb = Verb::unban, .nick = "Bo"}), ElementsAre("unban Mod Bo"));
  enter(nullptr, "192.0.2.3");
  const ConnId back = enter(bo, "192.0.2.3");
  EXPECT_THAT(port.take(), ElementsAre("#4 welcome guest", "#5 welcome Bo", "join Bo"));
  EXPECT_THAT(spoken(back, "thanks"), ElementsAre("message Bo 'thanks'"));
}

TEST_F(RoomModeration, ABanThatWasNotTakenChangesNothing) {
  mute(m_, "Bo");
  port.full = true;
  EXPECT_THAT(ban(m_, "Bo"), ElementsAre("#2 refused unavailable"));
  port.full = false;
  enter(bo);
  EXPECT_THAT(port.take(), ElementsAre("#4 welcome Bo"));
  send(m_, {.verb = Verb::ban, .nick = "Bo", .reason = "x"});
  fail_next();
  EXPECT_THAT(port.take(), ElementsAre("#2 refused unknown"));
  enter(bo);
  EXPECT_THAT(port.take(), ElementsAre("#5 welcome Bo"));
  EXPECT_EQ(room.mute_left_ms(bo->id), 600'000) << "the mute is another matter";
}

TEST_F(RoomModeration, PunishmentsOutliveARestart) {
  RoomCase c;
  RoomState state;
  state.mutes.emplace_back(1, c.clock.wall_ms() + 5000);
  state.bans.push_back({7, 2, kForever, {*IpAddress::parse("192.0.2.3")}});
  state.subonly_tier = 2;
  c.room.restore(std::move(state));
  const ConnId a = c.enter(c.ada);
  c.enter(c.bo);
  c.enter(nullptr, "192.0.2.3");
  c.say(a, "hi");
  EXPECT_THAT(c.port.take(), ElementsAre("#1 welcome Ada", "join Ada", "#2 expelled banned",
                                         "#3 expelled banned", "#1 refused muted"));
  EXPECT_EQ(c.room.subonly_tier(), 2);
  c.clock.advance(5000);
  c.say(a, "hi");
  EXPECT_THAT(c.port.take(), ElementsAre("#1 refused submode"));
}

TEST_F(RoomModeration, TheSubmodeShowsOnceItIsStored) {
  send(m_, {.verb = Verb::subonly, .tier = 3});
  EXPECT_EQ(room.subonly_tier(), 0);
  say(a_, "hi");
  EXPECT_THAT(heard(), ElementsAre("#1 refused submode", "subonly Mod 3"));
  EXPECT_EQ(room.subonly_tier(), 3);
  for (const int tier : {-1, 6})
    EXPECT_THAT(does(m_, {.verb = Verb::subonly, .tier = tier}),
                ElementsAre("#2 refused protocolerror"));
  port.full = true;
  EXPECT_THAT(does(m_, {.verb = Verb::subonly, .tier = 0}), ElementsAre("#2 refused unavailable"));
  EXPECT_THAT(spoken(a_, "hi"), ElementsAre("#1 refused submode"));
}

TEST_F(RoomModeration, DeletingMessages) {
  say(b_, "oops");
  heard();
  const EntryId id = port.stored[0].id;
  EXPECT_THAT(does(a_, {.verb = Verb::delete_message, .entry_id = id}),
              ElementsAre("#1 refused nopermission"));
  EXPECT_THAT(does(a_, {.verb = Verb::delete_message, .entry_id = 12345}),
              ElementsAre("#1 refused notfound"));
  port.away = true;
  EXPECT_THAT(does(a_, {.verb = Verb::delete_message, .entry_id = id}),
              ElementsAre("#1 refused unavailable"));
  port.away = false;
  EXPECT_THAT(does(b_, {.verb = Verb::delete_message, .entry_id = id}),
              ElementsAre("tombstone Bo Bo 1"))
      << "one's own";
  EXPECT_EQ(port.published.back().target_entry, id);
  EXPECT_THAT(room.history().replay(), IsEmpty());
  EXPECT_THAT(does(m_, {.verb = Verb::delete_message, .entry_id = port.stored[1].id}),
              ElementsAre("#2 refused notfound"))
      << "no message";
  spoken(a_, "again");
  EXPECT_THAT(does(m_, {.verb = Verb::delete_message, .entry_id = port.stored[2].id}),
              ElementsAre("tombstone Mod Ada 3"));
}

}  // namespace
}  // namespace strims::chat
