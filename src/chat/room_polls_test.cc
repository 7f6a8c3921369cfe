#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json_read.h"
#include "chat/room_testing.h"

namespace strims::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RoomPolls : public ::testing::Test, protected RoomCase {
 protected:
  RoomPolls() {
    a_ = enter(ada);
    m_ = enter(mod);
    b_ = enter(person(2, "Bo", Role::user, {"flair3"}));
    port.take();
  }
  std::vector<std::string> does(ConnId conn, Command command) {
    send(conn, std::move(command));
    return heard();
  }
  static Command tea(bool weighted = false, int64_t time_ms = 30'000) {
    return {.verb = Verb::poll_start,
            .question = "Tea?",
            .options = {"Yes", "No"},
            .weighted = weighted,
            .time_ms = time_ms};
  }
  static Command vote(std::string text) { return {.verb = Verb::vote, .text = std::move(text)}; }
  std::string totals() { return Json::parse(port.published.back().extra)->find("totals")->dump(); }

  ConnId a_, m_, b_;  // #1 Ada, #2 Mod, #3 Bo of tier 3
};

TEST_F(RoomPolls, APollFromStartToStop) {
  EXPECT_THAT(does(m_, tea()), ElementsAre("poll_start Mod 'Tea?'"));
  ASSERT_TRUE(room.poll());
  EXPECT_THAT(does(a_, vote("2")), ElementsAre("vote Ada 2", "#1 voted 2"));
  EXPECT_THAT(does(b_, vote("/me 1")), ElementsAre("vote Bo 1", "#3 voted 1"));
  EXPECT_EQ(room.poll()->shown_totals(), (std::vector<int64_t>{1, 1}));
  EXPECT_THAT(does(m_, {.verb = Verb::poll_stop}), ElementsAre("poll_stop Mod 'Tea?'"));
  EXPECT_EQ(totals(), "[1,1]");
  EXPECT_FALSE(room.poll());
}

TEST_F(RoomPolls, OneAtATime) {
  EXPECT_THAT(does(m_, {.verb = Verb::poll_stop}), ElementsAre("#2 refused noactivepoll"));
  EXPECT_THAT(does(a_, vote("1")), ElementsAre("#1 refused noactivepoll"));
  send(m_, tea());
  send(m_, tea());
  EXPECT_THAT(heard(), ElementsAre("#2 refused activepoll", "poll_start Mod 'Tea?'"));
  EXPECT_THAT(does(m_, tea()), ElementsAre("#2 refused activepoll"));
  send(m_, {.verb = Verb::poll_stop});
  send(m_, {.verb = Verb::poll_stop});
  EXPECT_THAT(heard(), ElementsAre("#2 refused noactivepoll", "poll_stop Mod 'Tea?'"));
  EXPECT_THAT(does(m_, tea()).size(), 1U);
}

TEST_F(RoomPolls, WhoRunsPolls) {
  auto host = std::make_shared<User>(*person(9, "Host"));
  host->grants = {"POLLS"};
  const ConnId h = enter(host), r = enter(bot);
  port.take();
  EXPECT_THAT(does(a_, tea()), ElementsAre("#1 refused nopermission"));
  EXPECT_THAT(does(h, tea()), ElementsAre("poll_start Host 'Tea?'"));
  EXPECT_THAT(does(r, {.verb = Verb::poll_stop}), ElementsAre("poll_stop Bot 'Tea?'"));
  EXPECT_THAT(does(a_, {.verb = Verb::poll_stop}), ElementsAre("#1 refused nopermission"));
}

TEST_F(RoomPolls, MalformedPolls) {
  const auto refused = [&](Command command) {
    return does(m_, std::move(command)) == std::vector<std::string>{"#2 refused protocolerror"};
  };
  Command c = tea();
  c.question = " ";
  EXPECT_TRUE(refused(c));
  c = tea();
  c.options = {"one"};
  EXPECT_TRUE(refused(c));
  c.options = {"one", ""};
  EXPECT_TRUE(refused(c));
  c.options = std::vector<std::string>(11, "x");
  EXPECT_TRUE(refused(c));
  c.options = std::vector<std::string>(10, "x");
  EXPECT_FALSE(refused(c));
}

TEST_F(RoomPolls, TheTimeIsClamped) {
  const std::pair<int64_t, int64_t> rows[] = {{0, 5'000},           {-1, 5'000},
                                              {5'001, 5'001},       {600'001, 600'000},
                                              {INT64_MAX, 600'000}, {INT64_MIN, 5'000}};
  for (const auto& [asked, given] : rows) {
    does(m_, tea(false, asked));
    ASSERT_TRUE(room.poll());
    EXPECT_EQ(room.poll()->time_ms(), given) << asked;
    does(m_, {.verb = Verb::poll_stop});
  }
}

TEST_F(RoomPolls, OneVoteForEachUser) {
  const ConnId a2 = enter(ada);
  port.take();
  does(m_, tea());
  send(a_, vote("1"));
  send(a2, vote("2"));  // the first is not even stored
  EXPECT_THAT(heard(),
              ElementsAre("#4 refused alreadyvoted", "vote Ada 1", "#1 voted 1", "#4 voted 1"));
  EXPECT_EQ(room.poll()->vote_of(ada->id), 1);
}

TEST_F(RoomPolls, OddVotes) {
  const ConnId guest = enter(nullptr);
  port.take();
  does(m_, tea());
  for (const char* odd :
       {"", "0", "3", "-1", "x", "1x", "1.0", "99999999999999999999", "/me", "/me x"})
    EXPECT_THAT(does(a_, vote(odd)), ElementsAre("#1 refused protocolerror")) << odd;
  EXPECT_THAT(does(guest, vote("1")), ElementsAre("#4 refused needlogin"));
  auto silent = std::make_shared<User>(*person(9, "Silent"));
  silent->can_chat = false;
  const ConnId s = enter(silent);
  port.take();
  EXPECT_THAT(does(s, vote("1")), ElementsAre("#5 refused nochatting"));
  EXPECT_THAT(does(a_, vote(" 1 ")), ElementsAre("vote Ada 1", "#1 voted 1"));
}

TEST_F(RoomPolls, AWeightedPollCountsTiers) {
  does(m_, tea(true));
  does(a_, vote("1"));
  does(b_, vote("2"));
  EXPECT_EQ(vote_quantity(port.published.back()), 8);
  EXPECT_EQ(room.poll()->shown_totals(), (std::vector<int64_t>{1, 8}));
  does(m_, {.verb = Verb::poll_stop});
  EXPECT_EQ(totals(), "[1,8]");
}

TEST_F(RoomPolls, ItEndsByItself) {
  does(m_, tea());
  does(a_, vote("1"));
  clock.advance(29'999);
  room.tick();
  EXPECT_THAT(heard(), IsEmpty());
  clock.advance(1);
  send(b_, vote("2"));  // just in time: counted before the end
  room.tick();
  room.tick();
  send(a_, vote("2"));
  EXPECT_THAT(heard(), ElementsAre("#1 refused noactivepoll", "vote Bo 2", "#3 voted 2",
                                   "poll_stop Mod 'Tea?'"));
  EXPECT_EQ(totals(), "[1,1]");
}

TEST_F(RoomPolls, TheEndIsTriedUntilTheJournalTakesIt) {
  does(m_, tea());
  clock.advance(30'000);
  port.full = true;
  room.tick();
  room.tick();
  EXPECT_THAT(heard(), IsEmpty());
  port.full = false;
  room.tick();
  EXPECT_THAT(heard(), ElementsAre("poll_stop Mod 'Tea?'"));
}

TEST_F(RoomPolls, WhatIsNotStoredIsWithdrawn) {
  port.full = true;
  EXPECT_THAT(does(m_, tea()), ElementsAre("#2 refused unavailable"));
  port.full = false;
  send(m_, tea());
  fail_next();
  EXPECT_THAT(port.take(), ElementsAre("#2 refused unknown"));
  does(m_, tea());
  ASSERT_TRUE(room.poll());

  port.full = true;
  EXPECT_THAT(does(a_, vote("1")), ElementsAre("#1 refused unavailable"));
  EXPECT_THAT(does(m_, {.verb = Verb::poll_stop}), ElementsAre("#2 refused unavailable"));
  port.full = false;
  send(a_, vote("1"));
  fail_next();
  EXPECT_THAT(port.take(), ElementsAre("#1 refused unknown"));
  EXPECT_THAT(does(a_, vote("2")), ElementsAre("vote Ada 2", "#1 voted 2"));
  send(m_, {.verb = Verb::poll_stop});
  fail_next();
  port.take();
  does(m_, {.verb = Verb::poll_stop});
  EXPECT_EQ(totals(), "[0,1]");
}

TEST_F(RoomPolls, APollOutlivesARestart) {
  does(m_, tea(true));
  does(a_, vote("1"));
  does(b_, vote("2"));
  RoomCase c;
  RoomState state;
  state.poll = port.stored[0];
  state.votes = {port.stored[1], port.stored[2]};
  Entry odd = port.stored[1];
  odd.number = 9;
  state.votes.push_back(odd);
  c.room.restore(std::move(state));
  const ConnId a = c.enter(c.ada), m = c.enter(c.mod);
  c.port.take();
  ASSERT_TRUE(c.room.poll());
  EXPECT_EQ(c.room.poll()->shown_totals(), (std::vector<int64_t>{1, 8}));
  c.send(a, vote("2"));
  c.send(m, tea());
  EXPECT_THAT(c.heard(), ElementsAre("#1 refused alreadyvoted", "#2 refused activepoll"));
  c.clock.advance(30'000);
  c.room.tick();
  EXPECT_THAT(c.heard(), ElementsAre("poll_stop Mod 'Tea?'"));
}

}  // namespace
}  // namespace strims::chat
