// One handle on the SQLite file. Internal to the driver.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "storage/sql/database.h"
#include "storage/sqlite/checkpointer.h"
#include "storage/sqlite/sqlite.h"
#include "storage/sqlite/statement.h"
#include "storage/sqlite/write_gate.h"

namespace strims::storage {

class SqliteConnection final : public sql::Connection {
 public:
  // Opens the file and sets it up: WAL, durability, foreign keys.
  static Result<std::unique_ptr<SqliteConnection>> open(const SqliteOptions& options,
                                                        std::shared_ptr<WriteGate> gate,
                                                        std::shared_ptr<Checkpointer> checkpointer);
  ~SqliteConnection() override;

  Result<sql::Rows> query(std::string_view statement, std::span<const sql::Value> params) override;
  Result<int64_t> execute(std::string_view statement, std::span<const sql::Value> params) override;
  Result<void> script(std::string_view text) override;
  Result<void> begin() override;
  Result<void> commit() override;
  void rollback() override;
  std::string_view driver() const override { return "sqlite"; }
  void set_lock_timeout(int64_t ms) override;

 private:
  SqliteConnection(const SqliteOptions& options, std::shared_ptr<WriteGate> gate,
                   std::shared_ptr<Checkpointer> checkpointer);
  Result<void> set_up(const SqliteOptions& options);
  Result<void> enter_wal();
  Result<void> exec(const char* text);
  Result<void> run(std::string_view statement, std::span<const sql::Value> params, sql::Rows* rows);
  // Around everything that writes: the gate is held from the first write to the transaction's end.
  Result<void> enter_gate();
  void restore_lock_timeout();
  void leave_gate_when_idle();

  sqlite3* handle_ = nullptr;
  std::shared_ptr<WriteGate> gate_;
  std::shared_ptr<Checkpointer> checkpointer_;
  bool in_gate_ = false;
  bool shortened_ = false;  // the file's lock has only what the wait at the gate left over
  int64_t lock_timeout_ms_;
  StatementCache statements_;
};

}  // namespace strims::storage
