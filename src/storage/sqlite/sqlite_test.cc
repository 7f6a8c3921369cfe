// What is SQLite's own: settings, errors of the file, the writers' queue.
#include "storage/sqlite/sqlite.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <latch>
#include <thread>

#include "storage/database_case.h"
#include "storage/sqlite/write_gate.h"

namespace strims::storage {
namespace {

class Sqlite : public ::testing::Test {
 protected:
  std::unique_ptr<sql::Database> open(Durability durability = Durability::normal) {
    SqliteOptions options;
    options.path = folder_.file("test.db");
    options.durability = durability;
    return sqlite_database(options);
  }
  static int64_t pragma(sql::Connection& db, const std::string& name) {
    return db.query("PRAGMA " + name)->front().integer(0);
  }
  TempFolder folder_;
};

TEST_F(Sqlite, IsSetUpAsPromised) {
  const auto normal = connect(*open());
  EXPECT_EQ(normal->query("PRAGMA journal_mode")->front().text(0), "wal");
  EXPECT_EQ(pragma(*normal, "synchronous"), 1);
  EXPECT_EQ(pragma(*normal, "foreign_keys"), 1);
  EXPECT_EQ(pragma(*normal, "busy_timeout"), 5000);
  EXPECT_EQ(pragma(*connect(*open(Durability::full)), "synchronous"), 2);
  EXPECT_EQ(open()->driver(), "sqlite");
}

TEST_F(Sqlite, ParsesDurability) {
  EXPECT_EQ(parse_durability("normal"), Durability::normal);
  EXPECT_EQ(parse_durability("full"), Durability::full);
  EXPECT_FALSE(parse_durability("Full"));
}

TEST_F(Sqlite, APathThatCannotBeOpenedIsUnavailable) {
  const auto made = sqlite_database({.path = folder_.file("no/such/folder.db")})->connect();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::unavailable);
  EXPECT_NE(made.error().detail.find("folder.db"), std::string::npos);
}

TEST_F(Sqlite, AFileThatIsNoDatabaseIsInternal) {
  std::ofstream(folder_.file("test.db")) << std::string(4096, 'x');
  const auto made = open()->connect();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::internal);
}

TEST_F(Sqlite, DoubleQuotesAreNamesOnly) {
  EXPECT_FALSE(connect(*open())->query("SELECT \"word\""));
}

TEST_F(Sqlite, AFullDiskIsUnavailableAndHeals) {
  const auto db = connect(*open());
  ASSERT_TRUE(db->script("CREATE TABLE t (x TEXT)"));
  const int64_t pages = pragma(*db, "page_count");
  ASSERT_TRUE(db->query("PRAGMA max_page_count = " + std::to_string(pages + 2)));
  const std::string big(100'000, 'x');
  ASSERT_TRUE(db->begin());
  const auto added = db->execute("INSERT INTO t VALUES ($1)", {std::string_view(big)});
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Errc::unavailable);
  db->rollback();
  ASSERT_TRUE(db->query("PRAGMA max_page_count = 1000000"));
  ASSERT_TRUE(db->begin());
  EXPECT_TRUE(db->execute("INSERT INTO t VALUES ($1)", {std::string_view(big)}));
  EXPECT_TRUE(db->commit());
}

TEST_F(Sqlite, OnlyOneStatementIsPrepared) {
  const auto db = connect(*open());
  EXPECT_EQ(db->query("SELECT 1; SELECT 2").error().code, Errc::internal);
  EXPECT_TRUE(db->query("SELECT 1;"));
}

TEST_F(Sqlite, ADroppedConnectionGivesItsTurnBack) {
  const auto database = open();
  {
    const auto gone = connect(*database);
    ASSERT_TRUE(gone->begin());
  }
  const auto db = connect(*database);
  db->set_lock_timeout(0);
  EXPECT_TRUE(db->begin());
}

TEST(WriteGate, IsFirstComeFirstServed) {
  WriteGate gate;
  ASSERT_TRUE(gate.enter(0));
  std::vector<int> order;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      ASSERT_TRUE(gate.enter(10'000));
      order.push_back(i);
      gate.leave();
    });
    while (gate.waiting() < static_cast<size_t>(i + 1)) std::this_thread::yield();
  }
  gate.leave();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}

TEST(WriteGate, GivesUpInTime) {
  WriteGate gate;
  ASSERT_TRUE(gate.enter(0));
  EXPECT_FALSE(gate.enter(5));
  gate.leave();
  EXPECT_TRUE(gate.enter(0));
}

// Committers never copy; the thread does, so that the file grows while the WAL is begun anew.
TEST_F(Sqlite, TheWalIsCopiedBehindTheCommits) {
  SqliteOptions options;
  options.path = folder_.file("test.db");
  options.checkpoint_pages = 50;
  const auto database = sqlite_database(options);
  const auto db = connect(*database);
  ASSERT_TRUE(db->script("CREATE TABLE lines (text TEXT)"));
  const auto size = [&](const char* name) {
    return std::filesystem::exists(folder_.file(name))
               ? std::filesystem::file_size(folder_.file(name))
               : 0;
  };
  // Page after page until a later commit finds the WAL at its beginning: copied whole, it is not
  // longer than what was written since.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const std::string page(4'000, 'x');
  size_t written = 0;
  while (size("test.db-wal") == 0 || written < 3 * size("test.db-wal")) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    ASSERT_TRUE(db->execute("INSERT INTO lines VALUES ($1)", {page}));
    written += page.size();
  }
  EXPECT_GT(size("test.db"), 50u * 4'096u);
  EXPECT_EQ(db->query("SELECT count(*) FROM lines")->front().integer(0),
            static_cast<int64_t>(written / page.size()));
}

}  // namespace
}  // namespace strims::storage
