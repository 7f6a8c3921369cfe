// What every driver must do, whatever the engine: sql/database.h as a test.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "storage/database_case.h"

namespace strims::storage {
namespace {

class DriverContract : public ::testing::TestWithParam<DatabaseCase> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        db().script("CREATE TABLE things (id INTEGER NOT NULL PRIMARY KEY,"
                    " name TEXT NOT NULL UNIQUE, weight REAL, note TEXT)"));
  }
  sql::Connection& db() { return *connection_; }
  int64_t count() { return db().query("SELECT COUNT(*) FROM things")->front().integer(0); }
  Result<int64_t> add(sql::Connection& on, int64_t id, std::string_view name) {
    return on.execute("INSERT INTO things (id, name) VALUES ($1, $2)", {id, name});
  }

  TempFolder folder_;
  std::unique_ptr<sql::Database> database_ = GetParam().open(folder_);
  std::unique_ptr<sql::Connection> connection_ = connect(*database_);
};

TEST_P(DriverContract, KeepsEveryTypeOfValue) {
  const std::string odd("a'\"\0\xc3\xa9$1", 8);
  ASSERT_TRUE(db().execute("INSERT INTO things VALUES ($1, $2, $3, $4)",
                           {int64_t{INT64_MIN}, std::string_view(odd), 1.5, sql::Null{}}));
  const auto rows = db().query("SELECT id, name, weight, note FROM things");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  const auto& row = rows->front();
  EXPECT_EQ(row.size(), 4U);
  EXPECT_EQ(row.integer(0), INT64_MIN);
  EXPECT_EQ(row.text(1), odd);
  EXPECT_EQ(row.real(2), 1.5);
  EXPECT_TRUE(row.is_null(3));
  EXPECT_EQ(row.text(3), "");
  EXPECT_EQ(row.integer(3), 0);
}

TEST_P(DriverContract, AnEmptyTextIsNotNull) {
  ASSERT_TRUE(add(db(), 1, std::string_view()));
  const auto rows = db().query("SELECT name FROM things");
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_FALSE(rows->front().is_null(0));
}

TEST_P(DriverContract, ParametersGoByNumberNotByPlace) {
  const auto rows = db().query("SELECT $2, $1, $2 WHERE 1 = 1",
                               {std::string_view("one"), std::string_view("two")});
  ASSERT_TRUE(rows) << rows.error().detail;
  EXPECT_EQ(rows->front().text(0), "two");
  EXPECT_EQ(rows->front().text(1), "one");
  EXPECT_EQ(rows->front().text(2), "two");
}

TEST_P(DriverContract, AWrongNumberOfParametersIsABug) {
  EXPECT_EQ(
      db().execute("INSERT INTO things (id, name) VALUES ($1, $2)", {int64_t{1}}).error().code,
      Errc::internal);
  EXPECT_EQ(db().query("SELECT 1", {int64_t{1}}).error().code, Errc::internal);
  EXPECT_EQ(count(), 0);
}

TEST_P(DriverContract, ExecuteCountsChangedRows) {
  for (int64_t i = 1; i <= 3; ++i) ASSERT_TRUE(add(db(), i, std::to_string(i)));
  EXPECT_EQ(*db().execute("UPDATE things SET note = $1 WHERE id > $2",
                          {std::string_view("x"), int64_t{1}}),
            2);
  EXPECT_EQ(*db().execute("DELETE FROM things WHERE id = $1", {int64_t{9}}), 0);
  EXPECT_EQ(*db().execute("UPDATE things SET note = 'y'"), 3);
}

TEST_P(DriverContract, UpsertAndReturning) {
  const std::string_view upsert =
      "INSERT INTO things (id, name) VALUES ($1, $2) "
      "ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING name";
  EXPECT_EQ(db().query(upsert, {int64_t{1}, std::string_view("a")})->front().text(0), "a");
  EXPECT_EQ(db().query(upsert, {int64_t{1}, std::string_view("b")})->front().text(0), "b");
  EXPECT_EQ(count(), 1);
}

TEST_P(DriverContract, AConstraintIsAConflictThatNamesIt) {
  ASSERT_TRUE(add(db(), 1, "a"));
  const auto again = add(db(), 2, "a");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::conflict);
  EXPECT_EQ(again.error().reason, "conflict");
  EXPECT_NE(again.error().detail.find("name"), std::string::npos);
  const auto missing =
      db().execute("INSERT INTO things (id, name) VALUES ($1, $2)", {int64_t{3}, sql::Null{}});
  EXPECT_EQ(missing.error().code, Errc::conflict);
  // The statement that failed works again at once.
  EXPECT_TRUE(add(db(), 2, "b"));
}

TEST_P(DriverContract, BadSqlIsInternal) {
  EXPECT_EQ(db().query("SELEKT 1").error().code, Errc::internal);
  EXPECT_EQ(db().query("SELECT * FROM nothing").error().code, Errc::internal);
  EXPECT_EQ(db().query("").error().code, Errc::internal);
}

TEST_P(DriverContract, ScriptRunsSeveralStatements) {
  ASSERT_TRUE(
      db().script("INSERT INTO things (id, name) VALUES (1, 'a;b');\n"
                  "-- a comment; with a semicolon\n"
                  "INSERT INTO things (id, name) VALUES (2, 'c');"));
  EXPECT_EQ(count(), 2);
}

TEST_P(DriverContract, RollbackUndoesAndIsHarmlessOutside) {
  db().rollback();
  ASSERT_TRUE(db().begin());
  ASSERT_TRUE(add(db(), 1, "a"));
  db().rollback();
  db().rollback();
  EXPECT_EQ(count(), 0);
  ASSERT_TRUE(db().begin());
  ASSERT_TRUE(add(db(), 1, "a"));
  ASSERT_TRUE(db().commit());
  EXPECT_EQ(count(), 1);
}

TEST_P(DriverContract, ATransactionIsSeenOnlyAfterItsCommit) {
  const auto other = connect(*database_);
  ASSERT_TRUE(db().begin());
  ASSERT_TRUE(add(db(), 1, "a"));
  EXPECT_EQ(other->query("SELECT COUNT(*) FROM things")->front().integer(0), 0);
  ASSERT_TRUE(db().commit());
  EXPECT_EQ(other->query("SELECT COUNT(*) FROM things")->front().integer(0), 1);
}

TEST_P(DriverContract, InTransactionCommitsOrRollsBack) {
  const auto good = sql::in_transaction(db(), [&] { return add(db(), 1, "a"); });
  EXPECT_EQ(good.value(), 1);
  const auto bad = sql::in_transaction(db(), [&]() -> Result<int64_t> {
    STRIMS_CHECK_OK(add(db(), 2, "b"));
    return add(db(), 3, "a");
  });
  EXPECT_EQ(bad.error().code, Errc::conflict);
  EXPECT_EQ(count(), 1);
}

TEST_P(DriverContract, AFailedCommitLeavesAUsableConnection) {
  ASSERT_TRUE(
      db().script("CREATE TABLE parts (thing INTEGER REFERENCES things (id) "
                  "DEFERRABLE INITIALLY DEFERRED)"));
  ASSERT_TRUE(db().begin());
  ASSERT_TRUE(db().execute("INSERT INTO parts (thing) VALUES ($1)", {int64_t{77}}));
  const auto committed = db().commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, Errc::conflict);
  db().rollback();
  EXPECT_EQ(db().query("SELECT COUNT(*) FROM parts")->front().integer(0), 0);
  EXPECT_TRUE(sql::in_transaction(db(), [&] { return add(db(), 1, "a"); }));
}

TEST_P(DriverContract, SavepointUndoesAPart) {
  ASSERT_TRUE(db().begin());
  ASSERT_TRUE(add(db(), 1, "a"));
  ASSERT_TRUE(db().execute("SAVEPOINT part"));
  ASSERT_TRUE(add(db(), 2, "b"));
  ASSERT_FALSE(add(db(), 3, "a"));
  ASSERT_TRUE(db().execute("ROLLBACK TO SAVEPOINT part"));
  ASSERT_TRUE(db().execute("RELEASE SAVEPOINT part"));
  ASSERT_TRUE(add(db(), 4, "d"));
  ASSERT_TRUE(db().commit());
  EXPECT_EQ(count(), 2);
}

TEST_P(DriverContract, ALockedDatabaseIsUnavailableAndHeals) {
  for (const bool same_database : {true, false}) {
    const auto second = same_database ? nullptr : GetParam().open(folder_);
    const auto other = connect(second ? *second : *database_);
    ASSERT_TRUE(other->begin());
    db().set_lock_timeout(20);
    const auto begun = db().begin();
    ASSERT_FALSE(begun);
    EXPECT_EQ(begun.error().code, Errc::unavailable);
    EXPECT_EQ(begun.error().reason, "unavailable");
    EXPECT_EQ(add(db(), 1, "a").error().code, Errc::unavailable);
    EXPECT_TRUE(db().query("SELECT COUNT(*) FROM things"));  // readers are not kept out
    other->rollback();
    EXPECT_TRUE(db().begin());
    db().rollback();
  }
}

TEST_P(DriverContract, TheLockTimeoutBoundsTheWholeWait) {
  using std::chrono::steady_clock;
  const auto second = GetParam().open(folder_);
  const auto inside = connect(*database_);
  const auto outside = connect(*second);
  db().set_lock_timeout(250);
  for (sql::Connection* holder : {inside.get(), outside.get()}) {
    ASSERT_TRUE(holder->begin());
    const auto started = steady_clock::now();
    EXPECT_EQ(add(db(), 1, "a").error().code, Errc::unavailable);
    const auto waited = steady_clock::now() - started;
    EXPECT_GE(waited, std::chrono::milliseconds(150));
    EXPECT_LT(waited, std::chrono::milliseconds(600));  // 250, and room for a busy machine
    holder->rollback();
  }
  EXPECT_TRUE(add(db(), 1, "a"));
}

// First in the queue of its own Database, then at the other process's lock.
TEST_P(DriverContract, BothWaitsShareOneLockTimeout) {
  using std::chrono::steady_clock;
  const auto second = GetParam().open(folder_);
  const auto inside = connect(*database_);
  const auto outside = connect(*second);
  ASSERT_TRUE(outside->begin());
  inside->set_lock_timeout(400);
  db().set_lock_timeout(500);
  std::thread first([&] { EXPECT_FALSE(inside->begin()); });
  const auto started = steady_clock::now();
  EXPECT_EQ(db().begin().error().code, Errc::unavailable);
  EXPECT_LT(steady_clock::now() - started, std::chrono::milliseconds(800));
  first.join();
  outside->rollback();
  EXPECT_TRUE(db().begin());
  db().rollback();
}

TEST_P(DriverContract, WritersOfOneDatabaseWaitForTheirTurn) {
  constexpr int kThreads = 4;
  constexpr int kEach = 25;
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      const auto mine = connect(*database_);
      for (int i = 0; i < kEach; ++i) {
        const int64_t id = t * kEach + i;
        const auto done =
            sql::in_transaction(*mine, [&] { return add(*mine, id, std::to_string(id)); });
        if (!done) ++failed;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failed.load(), 0);
  EXPECT_EQ(count(), kThreads * kEach);
}

TEST_P(DriverContract, ManyDifferentStatementsAreFine) {
  for (int i = 0; i < 600; ++i) {
    const auto rows = db().query("SELECT " + std::to_string(i) + " + $1", {int64_t{1}});
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->front().integer(0), i + 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Drivers, DriverContract, ::testing::ValuesIn(database_cases()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace strims::storage
