#include "chat/history_tail.h"

#include <gtest/gtest.h>

namespace strims::chat {
namespace {

class HistoryTailTest : public ::testing::Test {
 protected:
  Entry entry(EntryKind kind, UserId actor, UserId target = 0) {
    Entry e;
    e.id = ++last_id_;
    e.kind = kind;
    e.actor.id = actor;
    e.target_id = target;
    return e;
  }
  void add(EntryKind kind, UserId actor, UserId target = 0) {
    tail_.add(entry(kind, actor, target));
  }
  std::vector<EntryId> shown() {
    std::vector<EntryId> ids;
    for (const Entry* e : tail_.replay()) ids.push_back(e->id);
    return ids;
  }
  using Ids = std::vector<EntryId>;

  HistoryTail tail_{5};
  EntryId last_id_ = 0;
};

TEST_F(HistoryTailTest, KeepsTheNewestOldestFirst) {
  for (int i = 0; i < 8; ++i) add(EntryKind::message, 1);
  EXPECT_EQ(shown(), (Ids{4, 5, 6, 7, 8}));
}

TEST_F(HistoryTailTest, WhoComesBackIsShownHisWholeGap) {
  for (Seq seq = 1; seq <= 300; ++seq) {
    Entry e = entry(EntryKind::message, 1);
    e.seq = 2 * seq;  // other kinds of entries lie between
    tail_.add(e);
  }
  EXPECT_EQ(tail_.lines_since(600), 5U) << "nothing missed: what a newcomer is shown";
  EXPECT_EQ(tail_.lines_since(591), 5U);
  EXPECT_EQ(tail_.lines_since(589), 6U);
  EXPECT_EQ(tail_.lines_since(588), 6U) << "he has seen that one";
  EXPECT_EQ(tail_.lines_since(0), HistoryTail::kMostLines);
  EXPECT_EQ(tail_.replay(6).front()->seq, 590U);
  EXPECT_EQ(tail_.replay(1000).size(), HistoryTail::kMostLines);
  EXPECT_EQ(tail_.replay(0).size(), 0U);
}

TEST_F(HistoryTailTest, HoldsOnlyWhatMayBeReplayed) {
  // chat-websocket 6.1: a replayed POLLSTART would open a dead poll, a lone POLLSTOP throws.
  for (const EntryKind kind :
       {EntryKind::pin, EntryKind::poll_start, EntryKind::poll_stop, EntryKind::vote,
        EntryKind::event_remove, EntryKind::reload, EntryKind::stream})
    add(kind, 1);
  EXPECT_TRUE(shown().empty());
  for (const EntryKind kind : {EntryKind::broadcast, EntryKind::subonly, EntryKind::phrase_add,
                               EntryKind::donation, EntryKind::mass_gift})
    add(kind, 1);
  EXPECT_EQ(shown().size(), 5U);
}

TEST_F(HistoryTailTest, ATombstoneRemovesItsMessage) {
  add(EntryKind::message, 1);
  add(EntryKind::message, 2);
  const uint64_t version = tail_.version();
  Entry tombstone = entry(EntryKind::tombstone, 3, 1);
  tombstone.target_entry = 1;
  tail_.add(tombstone);
  EXPECT_EQ(shown(), (Ids{2}));
  EXPECT_NE(tail_.version(), version);
  const uint64_t after = tail_.version();
  tail_.add(tombstone);
  EXPECT_EQ(tail_.version(), after) << "nothing changed";
}

TEST_F(HistoryTailTest, AStandingMuteIsShown) {
  add(EntryKind::message, 1);
  add(EntryKind::mute, 3, 1);
  add(EntryKind::message, 2);
  EXPECT_EQ(shown(), (Ids{1, 2, 3}));
}

TEST_F(HistoryTailTest, AMuteIsLeftOutOnceItsTargetHasSpoken) {
  add(EntryKind::mute, 3, 1);
  add(EntryKind::message, 1);
  EXPECT_EQ(shown(), (Ids{2}));
}

TEST_F(HistoryTailTest, APunishmentIsLeftOutOnceItWasLiftedAndSoIsTheLifting) {
  add(EntryKind::mute, 3, 1);
  add(EntryKind::unmute, 3, 1);
  EXPECT_EQ(shown(), Ids());
  add(EntryKind::ban, 3, 2);
  add(EntryKind::unban, 3, 2);
  EXPECT_EQ(shown(), Ids());
  add(EntryKind::ban, 3, 2);
  EXPECT_EQ(shown(), (Ids{5}));
}

TEST_F(HistoryTailTest, ALiftingWhosePunishmentIsOlderThanTheTailIsShown) {
  add(EntryKind::unmute, 3, 1);
  EXPECT_EQ(shown(), (Ids{1}));
}

TEST_F(HistoryTailTest, ANewPunishmentAfterTheLastWordStands) {
  add(EntryKind::mute, 3, 1);
  add(EntryKind::message, 1);
  add(EntryKind::ban, 3, 1);
  EXPECT_EQ(shown(), (Ids{2, 3}));
}

TEST_F(HistoryTailTest, ADeathIsLeftOutOnceItsHeroSpeaks) {
  add(EntryKind::death, 1, 1);
  EXPECT_EQ(shown(), (Ids{1}));
  add(EntryKind::message, 1);
  EXPECT_EQ(shown(), (Ids{2}));
}

TEST_F(HistoryTailTest, TheVersionStandsWhileNothingChanges) {
  const uint64_t version = tail_.version();
  add(EntryKind::vote, 1);
  EXPECT_EQ(tail_.version(), version);
  add(EntryKind::message, 1);
  EXPECT_NE(tail_.version(), version);
}

TEST_F(HistoryTailTest, AHistoryOfNoLinesHoldsNothing) {
  HistoryTail none(0);
  none.add(entry(EntryKind::message, 1));
  EXPECT_TRUE(none.replay().empty());
}

}  // namespace
}  // namespace strims::chat
