#include "hooks/ledger_case.h"

namespace strims::hooks {
namespace {

using What = Hook::What;

class LedgerTest : public testing::Test, public LedgerCase {
 protected:
  // Alice publishes as "1" and is live.
  void go_live() {
    EXPECT_TRUE(publish("1"));
    settle({{.path = "live/alice", .session = "1"}}, "1@1000", 2, 1'000);
    EXPECT_EQ(state(), BroadcastState::live);
  }
  std::vector<Seen> one() const { return {{.path = "live/alice", .session = "1"}}; }
};

TEST_F(LedgerTest, AcceptedIsNotLive) {
  EXPECT_TRUE(publish("1"));
  EXPECT_EQ(state(), BroadcastState::starting);
  EXPECT_EQ(ledger.pause_ms(0), 1'000);
  list({{.path = "live/alice", .session = "1", .bytes = 500}});
  list({{.path = "live/alice", .session = "1", .bytes = 500}});
  EXPECT_EQ(state(), BroadcastState::starting) << "nothing came between the two";
  list({{.path = "live/alice", .session = "1", .bytes = 501}});
  EXPECT_EQ(state(), BroadcastState::live);
  EXPECT_EQ(ledger.pause_ms(0), 5'000);
  EXPECT_EQ(ledger.pause_ms(1), 15'000);
}

TEST_F(LedgerTest, AHookProvesMedia) {
  EXPECT_TRUE(publish("1"));
  EXPECT_TRUE(media("1"));
  EXPECT_EQ(state(), BroadcastState::live);
}

TEST_F(LedgerTest, AnotherKeyIsRefused) {
  Hook asks = hook(What::publish, "1");
  asks.ask.query = "key=other";
  EXPECT_FALSE(ledger.hook(stage, 0, asks));
  asks.what = What::check;
  EXPECT_FALSE(ledger.hook(stage, 0, asks));
  asks.what = What::media;
  EXPECT_FALSE(ledger.hook(stage, 0, asks)) << "nginx closes who is refused an update";
  EXPECT_EQ(state(), BroadcastState::offline);
  EXPECT_TRUE(ledger.held().empty());
}

TEST_F(LedgerTest, ARefusedSecondPublisherEndsNothing) {
  go_live();
  const SessionId session = stage.current(ledger.held().front().claim.channel);
  EXPECT_TRUE(publish("2")) << "the server finds out that the name is busy";
  over("2", "");
  over("2");
  EXPECT_EQ(state(), BroadcastState::live);
  EXPECT_EQ(stage.life("alice").session(), session);
  EXPECT_EQ(ledger.foreign_ends(), 1u);
  EXPECT_TRUE(kicked.empty());
}

TEST_F(LedgerTest, AnEndOfAnotherRunEndsNothing) {
  EXPECT_TRUE(publish("c1", "live/alice", "run-one"));
  settle({{.path = "live/alice", .session = "c1"}}, "run-one", 2, 1'000);
  EXPECT_EQ(state(), BroadcastState::live);
  EXPECT_TRUE(ledger.hook(stage, 0, hook(What::over, "c1", "live/alice", "run-none")));
  EXPECT_TRUE(ledger.hook(stage, 1, hook(What::over, "c1", "live/alice", "run-one")));
  EXPECT_EQ(state(), BroadcastState::live);
  EXPECT_EQ(ledger.foreign_ends(), 2u);
  EXPECT_TRUE(ledger.hook(stage, 0, hook(What::over, "c1", "live/alice", "run-one")));
  EXPECT_EQ(state(), BroadcastState::interrupted);
}

TEST_F(LedgerTest, OnlyTheListLetsOneTakeOver) {
  go_live();
  EXPECT_TRUE(publish("2"));
  EXPECT_TRUE(media("2"));
  EXPECT_EQ(kicked, std::vector<std::string>{});
  list({{.path = "live/alice", .session = "2", .ready = true}});
  EXPECT_EQ(state(), BroadcastState::live);
  EXPECT_EQ(kicked, std::vector<std::string>{"1"});
  over("1");
  EXPECT_EQ(state(), BroadcastState::live);
  over("2");
  EXPECT_EQ(state(), BroadcastState::interrupted);
}

TEST_F(LedgerTest, AnEndWithoutAHookIsSeenInTwoLists) {
  go_live();
  settle({}, "1@1000", 1);
  EXPECT_EQ(state(), BroadcastState::live);
  settle({}, "1@1000", 1);
  EXPECT_EQ(state(), BroadcastState::interrupted);
}

TEST_F(LedgerTest, AnEndThatWasNoneIsTakenBack) {
  go_live();
  over("1");
  EXPECT_EQ(state(), BroadcastState::interrupted);
  EXPECT_TRUE(media("1"));
  EXPECT_EQ(state(), BroadcastState::interrupted) << "an update that came late";
  settle(one());
  EXPECT_EQ(state(), BroadcastState::live);
}

TEST_F(LedgerTest, StrangersAreNotShown) {
  settle({{.path = "live/alice", .session = "77"}});
  EXPECT_EQ(state(), BroadcastState::offline);
  EXPECT_TRUE(kicked.empty()) << "he may be none of our business";
}

TEST_F(LedgerTest, AServerThatDoesNotAnswerIsNotOffline) {
  go_live();
  for (int i = 0; i < 11; ++i) {
    ledger.unreachable(stage, 0);
    clock.advance(5'000);
  }
  EXPECT_EQ(state(), BroadcastState::live);
  clock.advance(6'000);
  ledger.unreachable(stage, 0);
  EXPECT_EQ(state(), BroadcastState::interrupted);
  settle(one(), "1@1000", 3);
  EXPECT_EQ(state(), BroadcastState::live) << "and comes back";
}

TEST_F(LedgerTest, HooksAreASignOfLife) {
  go_live();
  for (int i = 0; i < 40; ++i) {
    EXPECT_TRUE(media("1"));
    ledger.unreachable(stage, 0);
    clock.advance(5'000);
  }
  EXPECT_EQ(state(), BroadcastState::live);
}

TEST_F(LedgerTest, AnotherRunOfTheServerHasOtherSessions) {
  go_live();
  clock.advance(5'000);
  list({}, "2@9000");
  EXPECT_EQ(state(), BroadcastState::interrupted);
  list(one(), "2@9000");
  list({{.path = "live/alice", .session = "1", .ready = true}}, "2@9000");
  EXPECT_EQ(state(), BroadcastState::interrupted) << "nobody asked us about this one";
}

TEST_F(LedgerTest, TheSameNumberInAnotherRun) {
  go_live();
  const SessionId before = stage.life("alice").session();
  clock.advance(1'000);
  EXPECT_TRUE(publish("1")) << "of the new process, which nobody has seen yet";
  settle(one(), "2@9000", 3, 1'000);
  EXPECT_EQ(state(), BroadcastState::live);
  EXPECT_NE(stage.life("alice").session(), before);
}

TEST_F(LedgerTest, WhoIsDoneWithIsThrownOutUntilHeIsGone) {
  go_live();
  stage.end("alice");
  EXPECT_EQ(kicked, std::vector<std::string>{"1"});
  settle(one(), "1@1000", 2);
  EXPECT_EQ(kicked, (std::vector<std::string>{"1", "1"})) << "not with every list";
  EXPECT_FALSE(media("1")) << "nginx closes who is refused an update";
  EXPECT_EQ(state(), BroadcastState::offline);
  over("1");
  EXPECT_TRUE(publish("2"));
  EXPECT_EQ(state(), BroadcastState::starting);
}

TEST_F(LedgerTest, WithoutMediaHeIsThrownOut) {
  EXPECT_TRUE(publish("1"));
  clock.advance(15'000);
  stage.tick();
  EXPECT_EQ(state(), BroadcastState::offline);
  EXPECT_EQ(kicked, std::vector<std::string>{"1"});
}

TEST_F(LedgerTest, ABanIsSeenWithTheNextUpdate) {
  go_live();
  stage.banned.insert("alice");
  Hook update = hook(What::media, "1");
  update.ask.query = "key=alice";
  EXPECT_FALSE(ledger.hook(stage, 0, update));
}

TEST_F(LedgerTest, TheNextProcessKnowsWhoWasLetIn) {
  go_live();
  const std::string saved = *ledger.take_changes();
  EXPECT_FALSE(ledger.take_changes());
  const auto next = [&](const std::string& generation, bool banned) {
    LedgerCase later;
    if (banned) later.stage.banned.insert("alice");
    EXPECT_TRUE(later.ledger.load(saved));
    later.settle(one(), generation, 3, 1'000);
    return std::pair(later.state(), later.kicked.size());
  };
  EXPECT_EQ(next("1@1900", false), std::pair(BroadcastState::live, size_t{0}));
  EXPECT_EQ(next("1@9000", false), std::pair(BroadcastState::offline, size_t{0})) << "another run";
  EXPECT_EQ(next("1@1000", true), std::pair(BroadcastState::offline, size_t{1})) << "another key";
  EXPECT_FALSE(ledger.load("{"));
  EXPECT_TRUE(ledger.load(R"({"sessions":[{"server":"gone"},7]})"));
}

TEST_F(LedgerTest, AnUpdateBringsBackWhomAnEarlierProcessOfNginxStillHas) {
  go_live();
  list({}, "2@9000");
  Hook update = hook(What::media, "1");
  update.ask.query = "key=alice";
  for (int i = 0; i < 6; ++i) {
    EXPECT_TRUE(ledger.hook(stage, 0, update));
    settle({}, "2@9000", 2, 5'000);
    EXPECT_EQ(state(), BroadcastState::live);
  }
  settle({}, "2@9000", 16, 5'000);
  EXPECT_NE(state(), BroadcastState::live);
}

TEST_F(LedgerTest, NobodyIsThrownOutBecauseTheDatabaseIsAway) {
  go_live();
  stage.away = true;
  EXPECT_FALSE(publish("2")) << "nobody is let in";
  Hook update = hook(What::media, "1");
  update.ask.query = "key=alice";
  EXPECT_TRUE(ledger.hook(stage, 0, update));
  update.session = "7";  // of an earlier process
  EXPECT_TRUE(ledger.hook(stage, 0, update));
  EXPECT_EQ(state(), BroadcastState::live);
  EXPECT_EQ(ledger.held().size(), 1u);
  EXPECT_TRUE(kicked.empty());
}

TEST_F(LedgerTest, TwoThatThrowEachOtherOut) {
  go_live();
  for (int i = 2; i < 10; ++i) {
    const std::string session = std::to_string(i);
    EXPECT_TRUE(publish(session));
    list({{.path = "live/alice", .session = session, .ready = true}});
  }
  EXPECT_EQ(kicked.back(), "9") << "the newer ones go, too";
  EXPECT_EQ(state(), BroadcastState::live);
}

}  // namespace
}  // namespace strims::hooks
