#include "storage/sqlite/connection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace strims::storage {

SqliteConnection::SqliteConnection(const SqliteOptions& options, std::shared_ptr<WriteGate> gate,
                                   std::shared_ptr<Checkpointer> checkpointer)
    : gate_(std::move(gate)),
      checkpointer_(std::move(checkpointer)),
      lock_timeout_ms_(options.busy_timeout_ms),
      statements_(options.statements) {}

SqliteConnection::~SqliteConnection() {
  statements_.clear();
  rollback();
  sqlite3_close(handle_);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(
    const SqliteOptions& options, std::shared_ptr<WriteGate> gate,
    std::shared_ptr<Checkpointer> checkpointer) {
  std::unique_ptr<SqliteConnection> made(
      new SqliteConnection(options, std::move(gate), std::move(checkpointer)));
  constexpr int kFlags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(options.path.c_str(), &made->handle_, kFlags, nullptr);
  if (code != SQLITE_OK) {
    Error error = sqlite_error(made->handle_, code);
    error.detail = fmt::format("{}: {}", options.path, error.detail);
    return std::unexpected(std::move(error));
  }
  STRIMS_CHECK_OK(made->set_up(options));
  return made;
}

Result<void> SqliteConnection::set_up(const SqliteOptions& options) {
  set_lock_timeout(options.busy_timeout_ms);
  // Text in double quotes is a name and never a string; nobody writes to the schema table.
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  STRIMS_CHECK_OK(enter_wal());
  // recursive_triggers: so that REPLACE cannot slip past a trigger that guards deletes.
  const std::string pragmas = fmt::format(
      "PRAGMA synchronous={}; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
      "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-{};"
      "PRAGMA journal_size_limit=67108864;",
      options.durability == Durability::full ? "FULL" : "NORMAL", options.cache_kib);
  STRIMS_CHECK_OK(exec(pragmas.c_str()));
  checkpointer_->attach(handle_);
  return {};
}

// Two processes that open a new file at once can both find it busy here without SQLite's own
// waiting.
Result<void> SqliteConnection::enter_wal() {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(lock_timeout_ms_);
  for (;;) {
    auto done = exec("PRAGMA journal_mode=WAL");
    if (done || done.error().code != Errc::unavailable) return done;
    if (std::chrono::steady_clock::now() >= deadline) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void SqliteConnection::set_lock_timeout(int64_t ms) {
  lock_timeout_ms_ = ms;
  shortened_ = false;
  sqlite3_busy_timeout(handle_, static_cast<int>(ms));
}

Result<void> SqliteConnection::exec(const char* text) {
  const int code = sqlite3_exec(handle_, text, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(sqlite_error(handle_, code));
  return {};
}

Result<void> SqliteConnection::enter_gate() {
  if (in_gate_) return {};
  using std::chrono::steady_clock;
  const auto started = steady_clock::now();
  if (!gate_->enter(lock_timeout_ms_))
    return fail(Errc::unavailable, "unavailable", "database is locked by another writer");
  in_gate_ = true;
  const int64_t waited =
      std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - started).count();
  if (waited > 0) {  // one timeout for both waits
    shortened_ = true;
    sqlite3_busy_timeout(handle_,
                         static_cast<int>(std::max<int64_t>(0, lock_timeout_ms_ - waited)));
  }
  return {};
}

void SqliteConnection::restore_lock_timeout() {
  if (shortened_) set_lock_timeout(lock_timeout_ms_);
}

void SqliteConnection::leave_gate_when_idle() {
  if (!in_gate_ || (handle_ && sqlite3_get_autocommit(handle_) == 0)) return;
  in_gate_ = false;
  gate_->leave();
}

Result<void> SqliteConnection::run(std::string_view text, std::span<const sql::Value> params,
                                   sql::Rows* rows) {
  STRIMS_TRY(Statement * statement, statements_.get(handle_, text));
  if (statement->writes()) STRIMS_CHECK_OK(enter_gate());
  auto done = statement->run(params, rows);
  restore_lock_timeout();
  leave_gate_when_idle();
  return done;
}

Result<sql::Rows> SqliteConnection::query(std::string_view statement,
                                          std::span<const sql::Value> params) {
  sql::Rows rows;
  STRIMS_CHECK_OK(run(statement, params, &rows));
  return rows;
}

Result<int64_t> SqliteConnection::execute(std::string_view statement,
                                          std::span<const sql::Value> params) {
  // sqlite3_changes keeps the number of an earlier statement when this one changes no row.
  const int64_t before = sqlite3_total_changes64(handle_);
  STRIMS_CHECK_OK(run(statement, params, nullptr));
  return sqlite3_total_changes64(handle_) == before ? 0 : sqlite3_changes64(handle_);
}

Result<void> SqliteConnection::script(std::string_view text) {
  STRIMS_CHECK_OK(enter_gate());
  auto done = exec(std::string(text).c_str());
  restore_lock_timeout();
  leave_gate_when_idle();
  return done;
}

Result<void> SqliteConnection::begin() {
  return run("BEGIN IMMEDIATE", {}, nullptr);
}

Result<void> SqliteConnection::commit() {
  return run("COMMIT", {}, nullptr);
}

void SqliteConnection::rollback() {
  // An error such as a full disk may have ended the transaction already.
  if (handle_ && sqlite3_get_autocommit(handle_) == 0)
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  leave_gate_when_idle();
}

}  // namespace strims::storage
