#include "chat/poll.h"

#include <gtest/gtest.h>

#include "base/json_read.h"

namespace strims::chat {
namespace {

Entry start_of(bool weighted = false) {
  Entry e;
  e.kind = EntryKind::poll_start;
  e.at = 1000;
  e.extra = Poll::make_extra("Tea?", {"Yes", "No", "\"Maybe\""}, weighted, 30'000);
  return e;
}

TEST(Poll, ComesBackFromItsEntry) {
  const auto poll = Poll::from_entry(start_of(true));
  ASSERT_TRUE(poll);
  EXPECT_EQ(poll->question(), "Tea?");
  EXPECT_EQ(poll->options(), (std::vector<std::string>{"Yes", "No", "\"Maybe\""}));
  EXPECT_TRUE(poll->weighted());
  EXPECT_EQ(poll->time_ms(), 30'000);
  EXPECT_EQ(poll->ends_at(), 31'000);
  EXPECT_EQ(poll->shown_totals(), (std::vector<int64_t>{0, 0, 0}));
}

TEST(Poll, AnEntryThatHoldsNoPollIsAnError) {
  for (const char* extra : {"", "null", "[]", "{}", "{\"options\":[\"one\"]}", "{\"options\":7}"}) {
    Entry e = start_of();
    e.extra = extra;
    EXPECT_FALSE(Poll::from_entry(e)) << extra;
  }
}

TEST(Poll, WeightsByTier) {
  const int64_t expected[] = {1, 2, 4, 8, 16, 32};
  for (int tier = 0; tier <= 5; ++tier) EXPECT_EQ(vote_weight(tier), expected[tier]);
  EXPECT_EQ(vote_weight(-1), 1);
  EXPECT_EQ(vote_weight(99), 32);
}

TEST(Poll, QuantityOfAStoredVote) {
  Entry vote;
  vote.extra = vote_extra(16);
  EXPECT_EQ(vote_quantity(vote), 16);
  for (const char* odd : {"", "{}", "{\"quantity\":\"x\"}", "nonsense"}) {
    vote.extra = odd;
    EXPECT_EQ(vote_quantity(vote), 1) << odd;
  }
  vote.extra = "{\"quantity\":-5}";
  EXPECT_EQ(vote_quantity(vote), 1);
}

TEST(Poll, AVoteCountsAtOnceButShowsWhenStored) {
  Poll poll = *Poll::from_entry(start_of());
  poll.admit(7, 2, 4);
  EXPECT_TRUE(poll.has_voted(7));
  EXPECT_EQ(poll.vote_of(7), 2);
  EXPECT_EQ(poll.shown_sum(), 0);
  poll.show(2, 4);
  EXPECT_EQ(poll.shown_totals(), (std::vector<int64_t>{0, 4, 0}));
  EXPECT_EQ(poll.shown_sum(), 4);
  poll.show(0, 1);
  poll.show(4, 1);
  EXPECT_EQ(poll.shown_sum(), 4);
}

TEST(Poll, AWithdrawnVoteMayBeCastAgain) {
  Poll poll = *Poll::from_entry(start_of());
  poll.admit(7, 2, 4);
  poll.withdraw(7, 4);
  poll.withdraw(8, 1);  // never voted
  EXPECT_FALSE(poll.has_voted(7));
  EXPECT_EQ(poll.vote_of(7), 0);
  EXPECT_NE(poll.final_extra().find("\"totals\":[0,0,0]"), std::string::npos);
}

TEST(Poll, TheEndRecordsAllAdmittedVotes) {
  Poll poll = *Poll::from_entry(start_of(true));
  poll.admit(7, 1, 2);
  poll.admit(8, 3, 32);
  const auto json = Json::parse(poll.final_extra());
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find_string("question"), "Tea?");
  EXPECT_EQ(json->find("options")->array().size(), 3U);
  EXPECT_EQ(json->find("totals")->dump(), "[2,0,32]");
  EXPECT_EQ(json->find("totalvotes")->integer(), 34);
  EXPECT_EQ(json->find("weighted")->boolean(), true);
  EXPECT_EQ(json->find("time_ms")->integer(), 30'000);
  EXPECT_EQ(json->find("start")->integer(), 1000);
}

}  // namespace
}  // namespace strims::chat
