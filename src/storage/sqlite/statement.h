// A prepared statement and the cache that keeps them. Internal to the SQLite driver; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "storage/sql/database.h"

struct sqlite3;
struct sqlite3_stmt;

namespace strims::storage {

// The Error for what SQLite just answered on this handle.
Error sqlite_error(sqlite3* handle, int code);

class Statement {
 public:
  static Result<std::unique_ptr<Statement>> prepare(sqlite3* handle, std::string_view text);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Binds and runs to the end; rows go to `rows` when it is given. Reset afterwards in every case.
  Result<void> run(std::span<const sql::Value> params, sql::Rows* rows);
  bool writes() const { return writes_; }

  uint64_t used_at = 0;  // the cache's counter at the last use

 private:
  Statement(sqlite3* handle, sqlite3_stmt* statement) : handle_(handle), statement_(statement) {}
  Result<void> map_parameters();
  Result<void> bind(std::span<const sql::Value> params);

  sqlite3* handle_;
  sqlite3_stmt* statement_;
  std::vector<uint8_t> numbers_;  // of SQLite's i-th parameter: N of its name $N
  size_t highest_ = 0;
  bool writes_ = true;
};

class StatementCache {
 public:
  explicit StatementCache(size_t bound) : bound_(bound) {}
  // The statement stays valid until the next call.
  Result<Statement*> get(sqlite3* handle, std::string_view text);
  void clear() { statements_.clear(); }
  size_t size() const { return statements_.size(); }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  void drop_oldest();

  size_t bound_;
  uint64_t clock_ = 0;
  std::unordered_map<std::string, std::unique_ptr<Statement>, Hash, std::equal_to<>> statements_;
};

}  // namespace strims::storage
