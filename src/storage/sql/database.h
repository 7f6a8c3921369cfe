// The one way to SQL. Two drivers implement it (SQLite now, PostgreSQL later); repositories are
// written once against it, in the common subset: `$1` parameters, ON CONFLICT, RETURNING, no
// driver-specific functions.
//
// A Connection belongs to one lane thread at a time and is not thread-safe. All calls may block.
// Errors: unavailable/"unavailable" (locked, disk full, I/O error, connection lost: try again
// later), conflict/"conflict" (a constraint), internal/"unknown" (a bug in the SQL).
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace strims::sql {

struct Null {};
// Text is borrowed: it must live until the call returns.
using Value = std::variant<Null, int64_t, double, std::string_view>;

// One row of a result, owned.
class Row {
 public:
  using Cell = std::variant<Null, int64_t, double, std::string>;
  explicit Row(std::vector<Cell> cells) : cells_(std::move(cells)) {}
  bool is_null(size_t column) const { return std::holds_alternative<Null>(cells_.at(column)); }
  int64_t integer(size_t column) const;          // 0 for NULL
  double real(size_t column) const;              // 0 for NULL
  const std::string& text(size_t column) const;  // "" for NULL
  size_t size() const { return cells_.size(); }

 private:
  std::vector<Cell> cells_;
};

using Rows = std::vector<Row>;

class Connection {
 public:
  virtual ~Connection() = default;
  // Runs one statement; `$1`.. are bound from `params`. Statements are prepared once per text and
  // kept.
  virtual Result<Rows> query(std::string_view statement, std::span<const Value> params) = 0;
  // As query, for statements whose rows do not matter: the number of rows changed.
  virtual Result<int64_t> execute(std::string_view statement, std::span<const Value> params) = 0;
  // Several statements separated by `;`, no parameters: migrations.
  virtual Result<void> script(std::string_view text) = 0;

  virtual Result<void> begin() = 0;  // takes the write lock at once
  virtual Result<void> commit() = 0;
  virtual void rollback() = 0;  // never fails; a connection without a transaction ignores it

  virtual std::string_view driver() const = 0;  // as Database::driver()
  // How long a statement waits for other writers, of this Database or of another process, before it
  // answers unavailable: one wait in total. From the next statement on.
  virtual void set_lock_timeout(int64_t ms) { static_cast<void>(ms); }

  Result<Rows> query(std::string_view statement, std::initializer_list<Value> params = {}) {
    return query(statement, std::span<const Value>(params.begin(), params.size()));
  }
  Result<int64_t> execute(std::string_view statement, std::initializer_list<Value> params = {}) {
    return execute(statement, std::span<const Value>(params.begin(), params.size()));
  }
};

// Runs `body` inside a transaction: committed when it returns a value, rolled back when it returns
// an error.
template <class F>
auto in_transaction(Connection& connection, F&& body) -> decltype(body()) {
  if (auto begun = connection.begin(); !begun) return std::unexpected(begun.error());
  auto result = body();
  if (!result) {
    connection.rollback();
    return result;
  }
  if (auto committed = connection.commit(); !committed) {
    connection.rollback();
    return std::unexpected(committed.error());
  }
  return result;
}

class Database {
 public:
  virtual ~Database() = default;
  // A new connection with its own handle. Thread-safe.
  virtual Result<std::unique_ptr<Connection>> connect() = 0;
  virtual std::string_view driver() const = 0;  // "sqlite", "postgres"
};

}  // namespace strims::sql
