#include "storage/repositories/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/id.h"
#include "storage/repositories/entries.h"
#include "storage/repositories/projection.h"
#include "storage/repositories/test_database.h"
#include "storage/repositories/test_entries.h"

namespace strims::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Messages 1..20, one each second after kTestStart, with the ids that a server gives.
class Replay : public ::testing::Test {
 protected:
  Replay() {
    for (Seq n = 1; n <= 20; ++n) {
      clock_.advance(1000);
      Entry entry = test_entry(n, EntryKind::message, "text");
      entry.id = ids_.next();
      add(entry);
      id_of_[n] = entry.id;
    }
  }
  void add(const Entry& entry) {
    const auto done = insert_entry(db(), entry);
    ASSERT_TRUE(done) << done.error().detail;
    ASSERT_TRUE(project(db(), entry));
  }
  std::vector<Seq> seqs(const ReplayRange& range, ChannelId channel = 1) {
    std::vector<Seq> out;
    const auto entries = read_replay(db(), channel, range);
    for (const auto& entry : entries.value()) out.push_back(entry.seq);
    return out;
  }
  static TimeMs second(int n) { return kTestStart + n * 1000; }
  sql::Connection& db() { return database_.connection(); }

  TestDatabase database_;
  ManualClock clock_{kTestStart};
  IdSource ids_{clock_};
  std::map<Seq, EntryId> id_of_;
};

TEST_F(Replay, BetweenTwoMomentsTheOldestFirst) {
  EXPECT_THAT(seqs({.from = second(3), .to = second(6)}), ElementsAre(3, 4, 5));
  EXPECT_THAT(seqs({.from = second(3) + 1, .to = second(6) + 1}), ElementsAre(4, 5, 6));
  EXPECT_THAT(seqs({.from = second(30), .to = second(40)}), IsEmpty());
  EXPECT_THAT(seqs({.from = second(6), .to = second(3)}), IsEmpty());
  EXPECT_THAT(seqs({.from = second(3), .to = second(6)}, 2), IsEmpty());
  EXPECT_EQ(seqs({.from = INT64_MIN, .to = INT64_MAX}).size(), 20U);
  EXPECT_EQ(seqs({.from = 0, .to = second(21)}).size(), 20U);
}

TEST_F(Replay, APageGoesOnBehindTheLastOne) {
  const ReplayRange all{.from = second(1), .to = second(10), .limit = 4};
  EXPECT_THAT(seqs(all), ElementsAre(1, 2, 3, 4));
  ReplayRange next = all;
  next.after = id_of_[4];
  EXPECT_THAT(seqs(next), ElementsAre(5, 6, 7, 8));
  next.after = id_of_[8];
  EXPECT_THAT(seqs(next), ElementsAre(9));
}

TEST_F(Replay, DeletedOnesAreAbsentAndKindsAreChosen) {
  Entry tombstone = test_act(21, EntryKind::tombstone, 0);
  tombstone.id = ids_.next();
  tombstone.target_entry = id_of_[4];
  add(tombstone);
  EXPECT_THAT(seqs({.from = second(3), .to = second(6)}), ElementsAre(3, 5));
  Entry ban = test_act(22, EntryKind::ban, 8);
  clock_.advance(2000);
  ban.id = ids_.next();
  add(ban);
  EXPECT_THAT(seqs({.from = second(19), .to = second(30), .kinds = {EntryKind::message}}),
              ElementsAre(19, 20));
  EXPECT_THAT(
      seqs({.from = second(19), .to = second(30), .kinds = {EntryKind::ban, EntryKind::message}}),
      ElementsAre(19, 20, 22));
}

// An entry's time may be a little past its id's: one user's entries never share a millisecond.
TEST_F(Replay, AnIdSomeSecondsFromItsTimeIsFound) {
  Entry late = test_entry(23, EntryKind::message, "text");
  late.at = second(100);
  clock_.advance(76'000);  // 96 s
  late.id = ids_.next();
  add(late);
  EXPECT_THAT(seqs({.from = second(100), .to = second(101)}), ElementsAre(23));
}

TEST_F(Replay, TheTablesOwnKeyFindsThePlace) {
  const auto plan = db().query(
      "EXPLAIN QUERY PLAN SELECT e.seq FROM entries AS e WHERE e.id > 1 AND e.id < 2 AND "
      "+e.channel "
      "= 1 AND e.at >= 3 AND e.at < 4 AND e.deleted_by IS NULL AND e.kind IN ('ban', 'message') "
      "ORDER BY e.id LIMIT 5");
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->size(), 1U);
  EXPECT_NE(plan->front().text(3).find("PRIMARY KEY"), std::string::npos) << plan->front().text(3);
}

}  // namespace
}  // namespace strims::storage
