// The tables that follow from the entries equal what a replay of the entries gives, whatever
// happened.
#include <gtest/gtest.h>

#include <random>

#include "journal/journal.h"
#include "journal/journal_case.h"
#include "storage/repositories/projection.h"

namespace strims::journal {
namespace {

constexpr const char* kTables[] = {
    "SELECT * FROM mutes ORDER BY channel, user_id",
    "SELECT * FROM bans ORDER BY id, address",
    "SELECT * FROM phrases ORDER BY channel, phrase",
    "SELECT * FROM channel_state ORDER BY channel",
    "SELECT * FROM paid_events ORDER BY channel, uuid",
    "SELECT * FROM moderation_log ORDER BY id",
    "SELECT id, deleted_by FROM entries ORDER BY id",
};

std::string dump(sql::Connection& connection) {
  std::string out;
  for (const auto* statement : kTables) {
    const auto rows = connection.query(statement);
    out += statement;
    out += '\n';
    for (const auto& row : *rows) {
      for (size_t i = 0; i < row.size(); ++i)
        out += row.is_null(i) ? "null|" : row.text(i) + std::to_string(row.integer(i)) + "|";
      out += '\n';
    }
  }
  return out;
}

class Replay : public ::testing::Test {
 protected:
  int64_t pick(int64_t from, int64_t to) {
    return std::uniform_int_distribution<int64_t>(from, to)(random_);
  }
  Entry random_entry() {
    Entry entry = c_.entry("word" + std::to_string(pick(1, 5)));
    entry.kind = static_cast<EntryKind>(pick(1, 22));
    entry.at += pick(-5000, 5000);
    entry.actor.id = pick(0, 4);
    entry.target_id = pick(0, 6);
    entry.target_nick = "user" + std::to_string(entry.target_id);
    entry.number = pick(-1, 3);
    entry.uuid = "uuid" + std::to_string(pick(1, 8));
    if (!seen_.empty())
      entry.target_entry =
          seen_[static_cast<size_t>(pick(0, static_cast<int64_t>(seen_.size()) - 1))];
    if (entry.kind == EntryKind::pin && pick(0, 1) == 0) entry.text.clear();
    if (entry.kind == EntryKind::ban && pick(0, 1) == 0) {
      entry.flag = true;
      entry.extra =
          R"({"addresses":["192.0.2.)" + std::to_string(pick(1, 3)) + R"(","2001:db8::1"]})";
    }
    if (pick(0, 9) == 0) entry.nonce = "n" + std::to_string(pick(1, 3));
    seen_.push_back(entry.id);
    return entry;
  }

  JournalCase c_;
  std::mt19937 random_;
  std::vector<EntryId> seen_;
};

TEST_F(Replay, GivesTheSameTables) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    random_.seed(seed);
    c_.open({.max_batch = 16});
    size_t given = c_.answers.size();
    for (int i = 0; i < 400; ++i) {
      Entry entry = random_entry();
      if (pick(0, 39) == 0) {  // one that must leave no trace
        entry.kind = EntryKind::ban;
        entry.extra = "{";
      }
      ASSERT_TRUE(c_.append(std::move(entry), c_.answers.next()));
      ++given;
    }
    ASSERT_EQ(c_.journal->stop(), 0U);
    ASSERT_EQ(c_.answers.size(), given);

    storage::TempFolder folder;
    const auto copy = storage::database_cases().front().open(folder);
    const auto replayed = storage::connect_migrated(*copy);
    const auto entries = c_.stored();
    ASSERT_TRUE(replayed->begin());
    for (const auto& entry : entries) {
      ASSERT_TRUE(storage::insert_entry(*replayed, entry));
      ASSERT_TRUE(storage::project(*replayed, entry));
    }
    ASSERT_TRUE(replayed->commit());
    EXPECT_EQ(dump(*storage::connect(c_.database())), dump(*replayed)) << "seed " << seed;
    for (size_t i = 0; i < entries.size(); ++i) ASSERT_EQ(entries[i].seq, i + 1);
  }
}

}  // namespace
}  // namespace strims::journal
