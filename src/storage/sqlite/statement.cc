#include "storage/sqlite/statement.h"

#include <sqlite3.h>

#include <algorithm>

#include "base/bytes.h"

namespace strims::storage {
namespace {

// What may pass when one tries again later.
bool is_passing(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
      return true;
    default:
      return false;
  }
}

sql::Row::Cell cell_at(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_NULL:
      return sql::Null{};
    default: {
      const void* data = sqlite3_column_blob(statement, column);
      const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
      return data ? std::string(static_cast<const char*>(data), size) : std::string();
    }
  }
}

sql::Row row_of(sqlite3_stmt* statement) {
  const int columns = sqlite3_column_count(statement);
  std::vector<sql::Row::Cell> cells;
  cells.reserve(static_cast<size_t>(columns));
  for (int i = 0; i < columns; ++i) cells.push_back(cell_at(statement, i));
  return sql::Row(std::move(cells));
}

int bind_one(sqlite3_stmt* statement, int index, const sql::Value& value) {
  if (const auto* n = std::get_if<int64_t>(&value)) return sqlite3_bind_int64(statement, index, *n);
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    // An empty view may have no data, which SQLite would take for NULL.
    return sqlite3_bind_text64(statement, index, text->data() ? text->data() : "", text->size(),
                               SQLITE_STATIC, SQLITE_UTF8);
  }
  if (const auto* n = std::get_if<double>(&value)) return sqlite3_bind_double(statement, index, *n);
  return sqlite3_bind_null(statement, index);
}

// Leaves the statement ready for the next use, whatever happened, and forgets the borrowed texts.
struct ResetAtEnd {
  sqlite3_stmt* statement;
  ~ResetAtEnd() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

}  // namespace

Error sqlite_error(sqlite3* handle, int code) {
  std::string detail = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  if (is_passing(code)) return {Errc::unavailable, "unavailable", std::move(detail)};
  if ((code & 0xff) == SQLITE_CONSTRAINT) return {Errc::conflict, "conflict", std::move(detail)};
  return {Errc::internal, "unknown", std::move(detail)};
}

Result<std::unique_ptr<Statement>> Statement::prepare(sqlite3* handle, std::string_view text) {
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(handle, text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, &tail);
  if (code != SQLITE_OK) return std::unexpected(sqlite_error(handle, code));
  if (!raw) return fail(Errc::internal, "unknown", "empty statement");
  std::unique_ptr<Statement> made(new Statement(handle, raw));
  const std::string_view rest = text.substr(static_cast<size_t>(tail - text.data()));
  if (rest.find_first_not_of(" \t\r\n;") != std::string_view::npos)
    return fail(Errc::internal, "unknown", "more than one statement; use script()");
  made->writes_ = sqlite3_stmt_readonly(raw) == 0;
  STRIMS_CHECK_OK(made->map_parameters());
  return made;
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

// SQLite numbers `$N` by first appearance, not by N.
Result<void> Statement::map_parameters() {
  const int count = sqlite3_bind_parameter_count(statement_);
  for (int i = 1; i <= count; ++i) {
    const char* name = sqlite3_bind_parameter_name(statement_, i);
    const auto number = name && *name == '$' ? parse_u64(name + 1) : std::nullopt;
    if (!number || *number == 0 || *number > 255)
      return fail(Errc::internal, "unknown", "parameters are $1 to $255");
    numbers_.push_back(static_cast<uint8_t>(*number));
    highest_ = std::max(highest_, static_cast<size_t>(*number));
  }
  return {};
}

Result<void> Statement::bind(std::span<const sql::Value> params) {
  if (params.size() != highest_)
    return fail(Errc::internal, "unknown", "number of parameters differs from the statement's");
  for (size_t i = 0; i < numbers_.size(); ++i) {
    const int code = bind_one(statement_, static_cast<int>(i + 1), params[numbers_[i] - 1U]);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(handle_, code));
  }
  return {};
}

Result<void> Statement::run(std::span<const sql::Value> params, sql::Rows* rows) {
  const ResetAtEnd reset{statement_};
  STRIMS_CHECK_OK(bind(params));
  for (;;) {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_ROW) return std::unexpected(sqlite_error(handle_, code));
    if (rows) rows->push_back(row_of(statement_));
  }
}

Result<Statement*> StatementCache::get(sqlite3* handle, std::string_view text) {
  auto found = statements_.find(text);
  if (found == statements_.end()) {
    STRIMS_TRY(auto made, Statement::prepare(handle, text));
    if (statements_.size() >= bound_) drop_oldest();
    found = statements_.emplace(std::string(text), std::move(made)).first;
  }
  found->second->used_at = ++clock_;
  return found->second.get();
}

void StatementCache::drop_oldest() {
  auto oldest = std::min_element(
      statements_.begin(), statements_.end(),
      [](const auto& a, const auto& b) { return a.second->used_at < b.second->used_at; });
  if (oldest != statements_.end()) statements_.erase(oldest);
}

}  // namespace strims::storage
