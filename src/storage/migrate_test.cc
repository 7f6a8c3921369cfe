#include "storage/migrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "storage/database_case.h"

namespace strims::storage {
namespace {

using ::testing::HasSubstr;

constexpr EmbeddedFile kFirst{"0001_first.sql", "CREATE TABLE a (n INTEGER);"};
constexpr EmbeddedFile kSecond{"0002_second.sql",
                               "CREATE TABLE b (n INTEGER); INSERT INTO a VALUES (1);"};
constexpr EmbeddedFile kBroken{"0003_broken.sql",
                               "CREATE TABLE c (n INTEGER); INSERT INTO no VALUES (1);"};

class Migrate : public ::testing::Test {
 protected:
  TempFolder folder_;
  std::unique_ptr<sql::Database> database_ = database_cases().front().open(folder_);
  std::unique_ptr<sql::Connection> connection_ = connect(*database_);
};

TEST_F(Migrate, AppliesWhatIsMissingInOrderOnce) {
  const EmbeddedFile one[] = {kFirst};
  const EmbeddedFile two[] = {kSecond, kFirst};
  EXPECT_EQ(*migrate_up(*connection_, one), 1);
  EXPECT_EQ(*migrate_up(*connection_, two), 1);
  EXPECT_EQ(*migrate_up(*connection_, two), 0);
  EXPECT_EQ(connection_->query("SELECT COUNT(*) FROM a")->front().integer(0), 1);
  EXPECT_TRUE(migrate_verify(*connection_, two));
}

TEST_F(Migrate, StatusOfAFreshAndOfAHalfWayDatabase) {
  const EmbeddedFile two[] = {kFirst, kSecond};
  auto states = migrate_status(*connection_, two);
  ASSERT_TRUE(states);
  ASSERT_EQ(states->size(), 2U);
  EXPECT_FALSE(states->front().applied);
  EXPECT_EQ(states->front().name, "first");
  const auto verified = migrate_verify(*connection_, two);
  EXPECT_EQ(verified.error().reason, "migration_pending");
  EXPECT_THAT(verified.error().detail, HasSubstr("0001"));
  const EmbeddedFile one[] = {kFirst};
  ASSERT_TRUE(migrate_up(*connection_, one));
  states = migrate_status(*connection_, two);
  EXPECT_TRUE((*states)[0].applied);
  EXPECT_GT((*states)[0].applied_at, 0);
  EXPECT_FALSE((*states)[1].applied);
}

TEST_F(Migrate, AChangedFileIsRefused) {
  const EmbeddedFile one[] = {kFirst};
  ASSERT_TRUE(migrate_up(*connection_, one));
  const EmbeddedFile edited[] = {{kFirst.path, "CREATE TABLE a (n TEXT);"}, kSecond};
  const auto up = migrate_up(*connection_, edited);
  EXPECT_EQ(up.error().reason, "migration_changed");
  EXPECT_THAT(up.error().detail, HasSubstr("first"));
  EXPECT_EQ(migrate_verify(*connection_, edited).error().reason, "migration_changed");
  EXPECT_TRUE(migrate_status(*connection_, edited)->front().changed);
  EXPECT_FALSE(connection_->query("SELECT * FROM b"));
}

TEST_F(Migrate, ANewerDatabaseIsRefused) {
  const EmbeddedFile two[] = {kFirst, kSecond};
  ASSERT_TRUE(migrate_up(*connection_, two));
  const EmbeddedFile one[] = {kFirst};
  const auto up = migrate_up(*connection_, one);
  EXPECT_EQ(up.error().reason, "migration_unknown");
  EXPECT_THAT(up.error().detail, HasSubstr("second"));
  EXPECT_EQ(migrate_verify(*connection_, one).error().reason, "migration_unknown");
  EXPECT_TRUE(migrate_status(*connection_, one)->back().unknown);
}

TEST_F(Migrate, ABrokenOneIsUndoneAsAWhole) {
  const EmbeddedFile three[] = {kFirst, kSecond, kBroken};
  const auto up = migrate_up(*connection_, three);
  EXPECT_EQ(up.error().reason, "migration_failed");
  EXPECT_THAT(up.error().detail, HasSubstr("0003_broken.sql"));
  EXPECT_FALSE(connection_->query("SELECT * FROM c"));
  EXPECT_TRUE(connection_->query("SELECT * FROM b"));
  const EmbeddedFile mended[] = {kFirst, kSecond, {kBroken.path, "CREATE TABLE c (n INTEGER);"}};
  EXPECT_EQ(*migrate_up(*connection_, mended), 1);
}

TEST_F(Migrate, BadNamesAndDoublesAreRefused) {
  for (const auto* path : {"first.sql", "0001_first.txt", "x1_first.sql", "0000_zero.sql"}) {
    const EmbeddedFile files[] = {{path, ""}};
    EXPECT_EQ(migrate_up(*connection_, files).error().reason, "migration_failed") << path;
  }
  const EmbeddedFile doubles[] = {kFirst, {"0001_other.sql", ""}};
  EXPECT_EQ(migrate_up(*connection_, doubles).error().reason, "migration_failed");
}

TEST_F(Migrate, TwoProcessesAtOnceApplyEachOnce) {
  const EmbeddedFile two[] = {kFirst, kSecond};
  for (int round = 0; round < 5; ++round) {
    TempFolder folder;
    std::vector<std::thread> threads;
    std::atomic<int64_t> applied{0};
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        const auto database = database_cases().front().open(folder);
        const auto done = migrate_up(*connect(*database), two);
        ASSERT_TRUE(done) << done.error().detail;
        applied += *done;
      });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(applied.load(), 2);
  }
}

TEST_F(Migrate, ThisProgramsOwnOnesApply) {
  const auto up = migrate_up(*connection_);
  ASSERT_TRUE(up) << up.error().detail;
  EXPECT_GE(*up, 1);
  EXPECT_TRUE(migrate_verify(*connection_));
  EXPECT_EQ(connection_->query("SELECT slug FROM channels WHERE id = 1")->front().text(0), "main");
}

}  // namespace
}  // namespace strims::storage
