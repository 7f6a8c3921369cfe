// The database goes away and comes back: nothing is lost, nothing overtakes.
#include <gtest/gtest.h>

#include <thread>

#include "journal/journal.h"
#include "journal/journal_case.h"

namespace strims::journal {
namespace {

// Delegates to SQLite, but fails on command.
class FlakyDatabase final : public sql::Database {
 public:
  explicit FlakyDatabase(std::unique_ptr<sql::Database> inner) : inner_(std::move(inner)) {}
  Result<std::unique_ptr<sql::Connection>> connect() override;
  std::string_view driver() const override { return inner_->driver(); }

  std::atomic<int> fail_begins{0};
  std::atomic<int> fail_commits{0};         // before anything is done
  std::atomic<int> lose_commit_answers{0};  // done, but reported as failed
  std::atomic<int> connects{0};

 private:
  std::unique_ptr<sql::Database> inner_;
};

class FlakyConnection final : public sql::Connection {
 public:
  FlakyConnection(FlakyDatabase& owner, std::unique_ptr<sql::Connection> inner)
      : owner_(owner), inner_(std::move(inner)) {}
  Result<sql::Rows> query(std::string_view s, std::span<const sql::Value> p) override {
    return inner_->query(s, p);
  }
  Result<int64_t> execute(std::string_view s, std::span<const sql::Value> p) override {
    return inner_->execute(s, p);
  }
  Result<void> script(std::string_view text) override { return inner_->script(text); }
  Result<void> begin() override {
    if (owner_.fail_begins > 0 && owner_.fail_begins-- > 0) return away();
    return inner_->begin();
  }
  Result<void> commit() override {
    if (owner_.fail_commits > 0 && owner_.fail_commits-- > 0) return away();
    auto done = inner_->commit();
    if (owner_.lose_commit_answers > 0 && owner_.lose_commit_answers-- > 0) return away();
    return done;
  }
  void rollback() override { inner_->rollback(); }
  std::string_view driver() const override { return inner_->driver(); }
  void set_lock_timeout(int64_t ms) override { inner_->set_lock_timeout(ms); }

 private:
  static Result<void> away() { return fail(Errc::unavailable, "unavailable", "away"); }
  FlakyDatabase& owner_;
  std::unique_ptr<sql::Connection> inner_;
};

Result<std::unique_ptr<sql::Connection>> FlakyDatabase::connect() {
  ++connects;
  STRIMS_TRY(auto inner, inner_->connect());
  return std::make_unique<FlakyConnection>(*this, std::move(inner));
}

class Outage : public ::testing::Test {
 protected:
  static JournalOptions quick() {
    JournalOptions options;
    options.retry_min_ms = 1;
    options.retry_max_ms = 5;
    options.lock_wait_ms = 5;
    options.unhealthy_after_ms = 20;
    return options;
  }
  void append(const std::string& text) {
    ASSERT_TRUE(c_.append(c_.entry(text), c_.answers.next()));
  }
  void append_many(int from, int to) {
    for (int i = from; i < to; ++i) append(std::to_string(i));
  }
  void expect_in_order(size_t count) {
    const auto answers = c_.answers.wait(count);
    ASSERT_EQ(answers.size(), count);
    const auto rows = c_.stored();
    ASSERT_EQ(rows.size(), count);
    for (size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(answers[i]);
      EXPECT_EQ(answers[i]->entry.seq, i + 1);
      EXPECT_EQ(answers[i]->entry.text, std::to_string(i));
      EXPECT_EQ(rows[i].seq, i + 1);
      EXPECT_EQ(rows[i].text, std::to_string(i));
    }
  }
  void until_unhealthy() {
    while (c_.journal->healthy()) std::this_thread::yield();
    EXPECT_GT(c_.journal->stalled_ms(), 20);
  }
  FlakyDatabase& flaky() {
    auto made = std::make_unique<FlakyDatabase>(c_.other_process());
    FlakyDatabase& out = *made;
    c_.replace_database(std::move(made));
    return out;
  }
  JournalCase c_;
};

TEST_F(Outage, ALockHoldsEverythingAndNothingIsLost) {
  for (const bool other_process : {true, false}) {
    JournalCase fresh;
    auto other = other_process ? fresh.other_process() : nullptr;
    const auto locker = storage::connect(other ? *other : fresh.database());
    fresh.open(quick());
    ASSERT_TRUE(locker->begin());
    for (int i = 0; i < 50; ++i)
      ASSERT_TRUE(fresh.append(fresh.entry(std::to_string(i)), fresh.answers.next()));
    while (fresh.journal->healthy()) std::this_thread::yield();
    EXPECT_EQ(fresh.answers.size(), 0U);
    for (int i = 50; i < 100; ++i)
      ASSERT_TRUE(fresh.append(fresh.entry(std::to_string(i)), fresh.answers.next()));
    EXPECT_EQ(fresh.journal->waiting(), 100U);
    locker->rollback();
    const auto answers = fresh.answers.wait(100);
    ASSERT_EQ(answers.size(), 100U);
    for (size_t i = 0; i < 100; ++i) {
      EXPECT_EQ(answers[i]->entry.seq, i + 1);
      EXPECT_EQ(answers[i]->entry.text, std::to_string(i));
    }
    EXPECT_TRUE(fresh.journal->healthy());
    EXPECT_EQ(fresh.journal->stalled_ms(), 0);
  }
}

TEST_F(Outage, ALockIsNoticedWhileNothingWaits) {
  JournalOptions options = quick();
  options.probe_every_ms = 5;
  c_.open(options);
  for (const bool other_process : {true, false}) {
    auto other = other_process ? c_.other_process() : nullptr;
    const auto locker = storage::connect(other ? *other : c_.database());
    ASSERT_TRUE(locker->begin());
    while (c_.journal->healthy()) std::this_thread::yield();
    EXPECT_EQ(c_.journal->stalled_ms(), 0);  // nobody waits
    EXPECT_EQ(c_.journal->waiting(), 0U);
    locker->rollback();
    while (!c_.journal->healthy()) std::this_thread::yield();
  }
  append_many(0, 3);
  expect_in_order(3);
}

TEST_F(Outage, AStoredEntryAlsoShowsThatTheDatabaseIsBack) {
  FlakyDatabase& database = flaky();
  JournalOptions options = quick();
  options.probe_every_ms = 300;
  c_.open(options);
  database.fail_begins = 1'000'000;
  while (c_.journal->healthy()) std::this_thread::yield();
  database.fail_begins = 0;
  append_many(0, 1);
  c_.answers.wait(1);
  EXPECT_TRUE(c_.journal->healthy());
}

TEST_F(Outage, AnAppendDoesNotWaitForTheNextProbeAndStopNeither) {
  JournalOptions options = quick();
  options.probe_every_ms = 3'600'000;
  c_.open(options);
  append_many(0, 3);
  expect_in_order(3);
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(c_.journal->stop(), 0U);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
}

// Gives every new connection a bound on the file's size: "disk full" at will.
class SmallDisk final : public sql::Database {
 public:
  explicit SmallDisk(std::unique_ptr<sql::Database> inner) : inner_(std::move(inner)) {}
  Result<std::unique_ptr<sql::Connection>> connect() override {
    STRIMS_TRY(auto made, inner_->connect());
    STRIMS_CHECK_OK(made->query("PRAGMA max_page_count = " + std::to_string(pages.load())));
    return made;
  }
  std::string_view driver() const override { return inner_->driver(); }
  std::atomic<int64_t> pages{1'000'000};

 private:
  std::unique_ptr<sql::Database> inner_;
};

TEST_F(Outage, AFullDiskHoldsEverythingUntilThereIsRoom) {
  auto made = std::make_unique<SmallDisk>(c_.other_process());
  SmallDisk& disk = *made;
  disk.pages = storage::connect(*made)->query("PRAGMA page_count")->front().integer(0) + 4;
  c_.replace_database(std::move(made));
  c_.open(quick());
  size_t count = 0;
  // The first pages take some hundred entries; then the journal needs its time to call itself
  // unhealthy.
  const MonoMs patience = system_clock().mono_ms() + 20'000;
  while (c_.journal->healthy() && system_clock().mono_ms() < patience) {
    if (count < 5'000) {
      append(std::to_string(count++));
    } else {
      std::this_thread::yield();
    }
  }
  ASSERT_FALSE(c_.journal->healthy());
  const size_t stored_then = c_.answers.size();
  EXPECT_LT(stored_then, count);
  disk.pages = 1'000'000;  // the next connection has room
  expect_in_order(count);
}

TEST_F(Outage, AFailedBeginOrCommitIsTriedAgain) {
  FlakyDatabase& database = flaky();
  c_.open(quick());
  database.fail_begins = 3;
  append_many(0, 10);
  c_.answers.wait(10);
  database.fail_commits = 3;
  append_many(10, 20);
  expect_in_order(20);
}

TEST_F(Outage, ALostAnswerToACommitStoresNothingTwice) {
  FlakyDatabase& database = flaky();
  c_.open(quick());
  database.lose_commit_answers = 1;
  append_many(0, 10);
  expect_in_order(10);
  database.lose_commit_answers = 2;
  append_many(10, 20);
  expect_in_order(20);
}

TEST_F(Outage, ItConnectsAnewAfterManyFailures) {
  FlakyDatabase& database = flaky();
  c_.open(quick());
  const int before = database.connects;
  database.fail_begins = 10;
  append_many(0, 3);
  expect_in_order(3);
  EXPECT_EQ(database.connects, before + 2);  // one is the check's own
}

TEST_F(Outage, StopGivesUpAfterItsTimeAndSaysHowMany) {
  JournalOptions options = quick();
  options.stop_wait_ms = 30;
  c_.open(options);
  const auto locker = storage::connect(c_.database());
  ASSERT_TRUE(locker->begin());
  append_many(0, 5);
  EXPECT_EQ(c_.journal->stop(), 5U);
  EXPECT_EQ(c_.journal->stop(), 0U);
  const auto answers = c_.answers.wait(5);
  ASSERT_EQ(answers.size(), 5U);
  for (const auto& answer : answers) EXPECT_EQ(answer.error().code, Errc::unavailable);
  locker->rollback();
  EXPECT_TRUE(c_.stored().empty());
}

TEST_F(Outage, StopStillStoresWhenTheDatabaseComesBackInTime) {
  c_.open(quick());
  const auto locker = storage::connect(c_.database());
  ASSERT_TRUE(locker->begin());
  append_many(0, 5);
  until_unhealthy();
  std::thread stopper([&] { EXPECT_EQ(c_.journal->stop(), 0U); });
  while (c_.append(c_.entry("probe"), [](Result<Appended>) {})) {
    // Still open: stop() has not begun. The probe is stored with the rest.
    std::this_thread::yield();
  }
  locker->rollback();
  stopper.join();
  EXPECT_GE(c_.stored().size(), 5U);
  EXPECT_EQ(c_.answers.size(), 5U);
}

}  // namespace
}  // namespace strims::journal
