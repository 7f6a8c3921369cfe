#include "storage/sqlite/sqlite.h"

#include "storage/sqlite/connection.h"

namespace strims::storage {
namespace {

class SqliteDatabase final : public sql::Database {
 public:
  explicit SqliteDatabase(SqliteOptions options) : options_(std::move(options)) {}

  Result<std::unique_ptr<sql::Connection>> connect() override {
    STRIMS_TRY(auto connection, SqliteConnection::open(options_, gate_));
    return connection;
  }
  std::string_view driver() const override { return "sqlite"; }

 private:
  const SqliteOptions options_;
  const std::shared_ptr<WriteGate> gate_ = std::make_shared<WriteGate>();
};

}  // namespace

std::optional<Durability> parse_durability(std::string_view word) {
  if (word == "normal") return Durability::normal;
  if (word == "full") return Durability::full;
  return std::nullopt;
}

std::unique_ptr<sql::Database> sqlite_database(SqliteOptions options) {
  return std::make_unique<SqliteDatabase>(std::move(options));
}

}  // namespace strims::storage
