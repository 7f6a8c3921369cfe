#include "journal/journal.h"

#include <gtest/gtest.h>

#include <thread>

#include "journal/journal_case.h"
#include "storage/repositories/moderation.h"
#include "storage/repositories/nonces.h"

namespace strims::journal {
namespace {

class JournalTest : public ::testing::Test {
 protected:
  bool append(Entry entry) { return c_.append(std::move(entry), c_.answers.next()); }
  JournalCase c_;
};

TEST_F(JournalTest, NumbersFromOneWithoutGaps) {
  c_.open();
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(append(c_.entry(std::to_string(i))));
  const auto answers = c_.answers.wait(500);
  ASSERT_EQ(answers.size(), 500U);
  for (size_t i = 0; i < 500; ++i) {
    ASSERT_TRUE(answers[i]);
    EXPECT_FALSE(answers[i]->repeated);
    EXPECT_EQ(answers[i]->entry.seq, i + 1);
    EXPECT_EQ(answers[i]->entry.text, std::to_string(i));
  }
  const auto rows = c_.stored();
  ASSERT_EQ(rows.size(), 500U);
  for (size_t i = 0; i < 500; ++i) EXPECT_EQ(rows[i].text, std::to_string(i));
}

TEST_F(JournalTest, AnAnswerComesAfterTheCommit) {
  c_.open();
  const auto reader = storage::connect(c_.database());
  std::atomic<int> seen{-1};
  ASSERT_TRUE(c_.append(c_.entry("hello"), [&](Result<Appended> answer) {
    const auto rows = read(*reader, 1, {});
    seen = static_cast<int>(rows->size());
    c_.answers.next()(std::move(answer));
  }));
  c_.answers.wait(1);
  EXPECT_EQ(seen.load(), 1);
}

TEST_F(JournalTest, ManyThreadsGetOneOrder) {
  c_.open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        Entry entry = c_.entry(std::to_string(i));
        entry.actor.id = t + 1;
        ASSERT_TRUE(append(std::move(entry)));
      }
    });
  for (auto& thread : threads) thread.join();
  const auto answers = c_.answers.wait(800);
  ASSERT_EQ(answers.size(), 800U);
  std::vector<int> next(5, 0);
  for (size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i]->entry.seq, i + 1);
    // Each thread's own entries keep their order.
    EXPECT_EQ(answers[i]->entry.text,
              std::to_string(next[static_cast<size_t>(answers[i]->entry.actor.id)]++));
  }
}

TEST_F(JournalTest, ChannelsCountForThemselves) {
  ASSERT_TRUE(storage::ensure_channel(*storage::connect(c_.database()), 2, "second", 0));
  c_.open();
  for (int i = 0; i < 10; ++i) {
    Entry entry = c_.entry("x");
    entry.channel = 1 + i % 2;
    ASSERT_TRUE(append(std::move(entry)));
  }
  const auto answers = c_.answers.wait(10);
  for (size_t i = 0; i < 10; ++i) EXPECT_EQ(answers[i]->entry.seq, i / 2 + 1);
}

TEST_F(JournalTest, CountsOnAfterARestart) {
  c_.open();
  ASSERT_TRUE(append(c_.entry("first")));
  EXPECT_EQ(c_.journal->stop(), 0U);
  EXPECT_FALSE(append(c_.entry("too late")));
  c_.open();
  ASSERT_TRUE(append(c_.entry("second")));
  EXPECT_EQ(c_.answers.wait(2)[1]->entry.seq, 2U);
}

TEST_F(JournalTest, StopStoresWhatWaits) {
  c_.open({.max_batch = 7});
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(append(c_.entry("x")));
  EXPECT_EQ(c_.journal->stop(), 0U);
  EXPECT_EQ(c_.answers.size(), 100U);
  EXPECT_EQ(c_.stored().size(), 100U);
  EXPECT_EQ(c_.journal->waiting(), 0U);
  EXPECT_EQ(c_.journal->stalled_ms(), 0);
  EXPECT_TRUE(c_.journal->healthy());
}

TEST_F(JournalTest, ARepeatedNonceIsAnsweredAndNotStored) {
  c_.open();
  const Entry first = c_.entry("once", "n1");
  ASSERT_TRUE(append(first));
  ASSERT_TRUE(append(c_.entry("again at once", "n1")));
  c_.answers.wait(2);
  ASSERT_TRUE(append(c_.entry("again later", "n1")));
  c_.answers.wait(3);
  c_.open();  // a restart
  ASSERT_TRUE(append(c_.entry("again after a restart", "n1")));
  const auto answers = c_.answers.wait(4);
  ASSERT_EQ(answers.size(), 4U);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(answers[i]->repeated, i != 0);
    EXPECT_EQ(answers[i]->entry.id, first.id);
    EXPECT_EQ(answers[i]->entry.seq, 1U);
    EXPECT_EQ(answers[i]->entry.text, "once");
  }
  EXPECT_EQ(c_.stored().size(), 1U);
}

TEST_F(JournalTest, ANonceIsTheSendersOwn) {
  ASSERT_TRUE(storage::ensure_channel(*storage::connect(c_.database()), 2, "second", 0));
  c_.open();
  ASSERT_TRUE(append(c_.entry("a", "n1")));
  Entry other = c_.entry("b", "n1");
  other.actor.id = 8;
  ASSERT_TRUE(append(std::move(other)));
  Entry elsewhere = c_.entry("c", "n1");
  elsewhere.channel = 2;
  ASSERT_TRUE(append(std::move(elsewhere)));
  ASSERT_TRUE(append(c_.entry("d", "")));
  ASSERT_TRUE(append(c_.entry("e", "")));
  for (const auto& answer : c_.answers.wait(5)) EXPECT_FALSE(answer->repeated);
}

TEST_F(JournalTest, ANonceIsForgottenAfterTenMinutes) {
  ManualClock clock(system_clock().wall_ms());
  c_.open({}, clock);
  ASSERT_TRUE(append(c_.entry("a", "n1")));
  c_.answers.wait(1);
  clock.advance(storage::kNonceWindowMs - 60'000);
  ASSERT_TRUE(append(c_.entry("b", "n1")));
  EXPECT_TRUE(c_.answers.wait(2)[1]->repeated);
  clock.advance(120'000);
  Entry late = c_.entry("c", "n1");
  late.at = clock.wall_ms();
  ASSERT_TRUE(append(std::move(late)));
  EXPECT_FALSE(c_.answers.wait(3)[2]->repeated);
}

TEST_F(JournalTest, AnEntryThatCannotBeStoredFailsAlone) {
  c_.open();
  const Entry good = c_.entry("1");
  ASSERT_TRUE(append(good));
  ASSERT_TRUE(append(good));  // the same id again
  Entry no_channel = c_.entry("no channel");
  no_channel.channel = 99;
  ASSERT_TRUE(append(no_channel));
  Entry no_id = c_.entry("no id");
  no_id.id = 0;
  ASSERT_TRUE(append(no_id));
  Entry bad_ban = c_.entry("bad extra");
  bad_ban.kind = EntryKind::ban;
  bad_ban.target_id = 9;
  bad_ban.extra = "{";
  ASSERT_TRUE(append(bad_ban));
  Entry ban = c_.entry("good");
  ban.kind = EntryKind::ban;
  ban.target_id = 9;
  ASSERT_TRUE(append(ban));
  ASSERT_TRUE(append(c_.entry("3")));
  const auto answers = c_.answers.wait(7);
  ASSERT_EQ(answers.size(), 7U);
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(answers[1].error().code, Errc::conflict);
  EXPECT_EQ(answers[2].error().reason, "channel");
  EXPECT_EQ(answers[3].error().code, Errc::internal);
  EXPECT_EQ(answers[4].error().reason, "invalid_json");
  EXPECT_EQ(answers[5]->entry.seq, 2U);
  EXPECT_EQ(answers[6]->entry.seq, 3U);
  const auto rows = c_.stored();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[2].seq, 3U);
  // The projection of the refused one is undone with it, the others' is there.
  const auto connection = storage::connect(c_.database());
  EXPECT_EQ(storage::active_bans(*connection, 1, ban.at + 1)->size(), 1U);
}

TEST_F(JournalTest, RefusesPastItsBounds) {
  c_.open({.max_entries = 3});
  const auto other = storage::connect(c_.database());
  ASSERT_TRUE(other->begin());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(append(c_.entry("x")));
  EXPECT_FALSE(append(c_.entry("x")));
  EXPECT_EQ(c_.journal->waiting(), 3U);
  other->rollback();
  c_.answers.wait(3);
  EXPECT_TRUE(append(c_.entry("x")));
  EXPECT_EQ(c_.answers.wait(4).size(), 4U);
}

TEST_F(JournalTest, RefusesPastItsBytes) {
  const std::string big(1000, 'x');
  const size_t weight = Journal::weigh(c_.entry(big));
  EXPECT_GE(weight, big.size());
  c_.open({.max_bytes = 2 * weight});
  const auto other = storage::connect(c_.database());
  ASSERT_TRUE(other->begin());
  EXPECT_TRUE(append(c_.entry(big)));
  EXPECT_TRUE(append(c_.entry(big)));
  EXPECT_FALSE(append(c_.entry("")));
  other->rollback();
  c_.answers.wait(2);
  EXPECT_TRUE(append(c_.entry(big)));
}

TEST_F(JournalTest, AnAnswerMayAppendMore) {
  c_.open();
  ASSERT_TRUE(c_.append(c_.entry("1"), [&](Result<Appended> answer) {
    EXPECT_TRUE(append(c_.entry("2")));
    c_.answers.next()(std::move(answer));
  }));
  EXPECT_EQ(c_.answers.wait(2)[1]->entry.seq, 2U);
}

TEST_F(JournalTest, EntriesPastTheCounterAreAnError) {
  c_.open();
  ASSERT_TRUE(append(c_.entry("1")));
  c_.journal->stop();
  ASSERT_TRUE(storage::connect(c_.database())->execute("UPDATE channels SET last_seq = 0"));
  EXPECT_EQ(Journal::open(c_.database()).error().reason, "journal_counter");
}

}  // namespace
}  // namespace strims::journal
