#include "storage/repositories/entries.h"

#include <gtest/gtest.h>

#include "storage/repositories/projection.h"
#include "storage/repositories/test_database.h"
#include "storage/repositories/test_entries.h"

namespace strims::storage {
namespace {

std::vector<Seq> seqs(const Result<std::vector<Entry>>& entries) {
  std::vector<Seq> out;
  for (const auto& entry : entries.value()) out.push_back(entry.seq);
  return out;
}

class Entries : public ::testing::Test {
 protected:
  void add(const Entry& entry) {
    const auto done = insert_entry(db(), entry);
    ASSERT_TRUE(done) << done.error().detail;
    ASSERT_TRUE(project(db(), entry));
  }
  // 1..10: messages, but 3 and 6 are bans and 9 a mute.
  void add_ten() {
    for (Seq n = 1; n <= 10; ++n) {
      if (n == 3 || n == 6)
        add(test_act(n, EntryKind::ban, 8));
      else if (n == 9)
        add(test_act(n, EntryKind::mute, 8, 60));
      else
        add(test_entry(n, EntryKind::message, "text " + std::to_string(n)));
    }
  }
  sql::Connection& db() { return database_.connection(); }
  TestDatabase database_;
};

TEST_F(Entries, EveryFieldSurvives) {
  Entry in = test_entry(5, EntryKind::donation, "thank \"you\" \xf0\x9f\x98\x80");
  in.target_id = 9;
  in.target_nick = "Bo";
  in.target_entry = INT64_MAX;
  in.number = -4;
  in.flag = true;
  in.uuid = "u-1";
  in.extra = R"({"amount":500})";
  in.nonce = "n1";
  ASSERT_TRUE(insert_entry(db(), in));
  const auto found = find_entry(db(), in.id);
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->has_value());
  const Entry& out = **found;
  EXPECT_EQ(out.id, in.id);
  EXPECT_EQ(out.channel, in.channel);
  EXPECT_EQ(out.seq, in.seq);
  EXPECT_EQ(out.at, in.at);
  EXPECT_EQ(out.kind, in.kind);
  EXPECT_EQ(out.actor.id, in.actor.id);
  EXPECT_EQ(out.actor.nick, in.actor.nick);
  EXPECT_EQ(out.actor.features, in.actor.features);
  EXPECT_EQ(out.actor.roles, in.actor.roles);
  EXPECT_EQ(out.actor.created_at, in.actor.created_at);
  EXPECT_EQ(out.target_id, in.target_id);
  EXPECT_EQ(out.target_nick, in.target_nick);
  EXPECT_EQ(out.target_entry, in.target_entry);
  EXPECT_EQ(out.text, in.text);
  EXPECT_EQ(out.number, in.number);
  EXPECT_TRUE(out.flag);
  EXPECT_EQ(out.uuid, in.uuid);
  EXPECT_EQ(out.extra, in.extra);
  EXPECT_EQ(out.nonce, in.nonce);
}

TEST_F(Entries, NothingIsStoredTwice) {
  add(test_entry(1));
  EXPECT_EQ(insert_entry(db(), test_entry(1)).error().code, Errc::conflict);
  Entry same_seq = test_entry(1);
  same_seq.id = 9;
  EXPECT_EQ(insert_entry(db(), same_seq).error().code, Errc::conflict);
  Entry no_channel = test_entry(2);
  no_channel.channel = 77;
  EXPECT_EQ(insert_entry(db(), no_channel).error().code, Errc::conflict);
}

TEST_F(Entries, PagesUpAndDown) {
  add_ten();
  EXPECT_EQ(seqs(read_entries(db(), 1, {.after = 7})), (std::vector<Seq>{8, 9, 10}));
  EXPECT_EQ(seqs(read_entries(db(), 1, {.limit = 2})), (std::vector<Seq>{1, 2}));
  EXPECT_EQ(seqs(read_entries(db(), 1, {.limit = 2, .newest_first = true})),
            (std::vector<Seq>{10, 9}));
  EXPECT_EQ(seqs(read_entries(db(), 1, {.after = 2, .before = 5})), (std::vector<Seq>{3, 4}));
  EXPECT_EQ(seqs(read_entries(db(), 1, {.before = 4, .limit = 2, .newest_first = true})),
            (std::vector<Seq>{3, 2}));
  EXPECT_TRUE(seqs(read_entries(db(), 1, {.after = 10})).empty());
  EXPECT_TRUE(seqs(read_entries(db(), 1, {.after = UINT64_MAX})).empty());
  EXPECT_TRUE(seqs(read_entries(db(), 2, {})).empty());
  EXPECT_EQ(seqs(read_entries(db(), 1, {.before = UINT64_MAX, .limit = 0})), std::vector<Seq>{1});
}

TEST_F(Entries, FiltersByKind) {
  add_ten();
  EXPECT_EQ(seqs(read_entries(db(), 1, {.kinds = {EntryKind::ban}})), (std::vector<Seq>{3, 6}));
  EXPECT_EQ(seqs(read_entries(db(), 1, {.kinds = {EntryKind::mute, EntryKind::ban}})),
            (std::vector<Seq>{3, 6, 9}));
  EXPECT_EQ(
      seqs(read_entries(db(), 1, {.after = 5, .kinds = {EntryKind::message, EntryKind::mute}})),
      (std::vector<Seq>{7, 8, 9, 10}));
}

TEST_F(Entries, RareKindsAreFoundByIndex) {
  const auto plan = db().query(
      "EXPLAIN QUERY PLAN SELECT seq FROM entries AS e WHERE e.channel = 1 AND e.seq > 0 "
      "AND e.kind IN ('ban', 'mute') AND e.kind <> 'message' ORDER BY e.seq DESC LIMIT 5");
  ASSERT_TRUE(plan);
  EXPECT_NE(plan->front().text(3).find("entries_besides_messages"), std::string::npos)
      << plan->front().text(3);
}

TEST_F(Entries, DeletedOnesAreLeftOut) {
  add_ten();
  Entry tombstone = test_act(11, EntryKind::tombstone, 0);
  tombstone.target_entry = 1004;
  add(tombstone);
  EXPECT_EQ(seqs(read_entries(db(), 1, {.after = 2, .before = 6})), (std::vector<Seq>{3, 5}));
  EXPECT_EQ(seqs(read_entries(db(), 1, {.after = 2, .before = 6, .with_deleted = true})),
            (std::vector<Seq>{3, 4, 5}));
  EXPECT_TRUE(*is_deleted(db(), 1004));
  EXPECT_FALSE(*is_deleted(db(), 1005));
  EXPECT_FALSE(*is_deleted(db(), 99));
  EXPECT_TRUE(find_entry(db(), 1004)->has_value());
  EXPECT_FALSE(find_entry(db(), 99)->has_value());
}

TEST_F(Entries, MessagesOfAUser) {
  add_ten();
  EXPECT_EQ(seqs(read_messages_of(db(), 1, 7, 3)), (std::vector<Seq>{10, 8, 7}));
  EXPECT_TRUE(seqs(read_messages_of(db(), 1, 3, 3)).empty());  // his bans are no messages
}

TEST_F(Entries, Channels) {
  EXPECT_EQ(*last_seq(db(), 1), 0U);
  EXPECT_EQ(last_seq(db(), 2).error().reason, "channel");
  EXPECT_TRUE(ensure_channel(db(), 2, "second", kTestStart));
  EXPECT_TRUE(ensure_channel(db(), 2, "second", kTestStart));
  EXPECT_EQ(*last_seq(db(), 2), 0U);
  EXPECT_EQ(ensure_channel(db(), 3, "second", kTestStart).error().code, Errc::conflict);
}

}  // namespace
}  // namespace strims::storage
