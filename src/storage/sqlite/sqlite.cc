#include "storage/sqlite/sqlite.h"

#include <sqlite3.h>

#include <mutex>

#include "storage/sqlite/connection.h"

namespace strims::storage {
namespace {

class SqliteDatabase final : public sql::Database {
 public:
  explicit SqliteDatabase(SqliteOptions options) : options_(std::move(options)) {}

  Result<std::unique_ptr<sql::Connection>> connect() override {
    STRIMS_TRY(auto connection, SqliteConnection::open(options_, gate_, checkpointer_));
    return connection;
  }
  std::string_view driver() const override { return "sqlite"; }

 private:
  const SqliteOptions options_;
  const std::shared_ptr<WriteGate> gate_ = std::make_shared<WriteGate>();
  const std::shared_ptr<Checkpointer> checkpointer_ =
      std::make_shared<Checkpointer>(options_, gate_);
};

// Without its count of bytes in use SQLite takes no lock of the whole process for each allocation.
// It must be said before the first handle; said too late it changes nothing.
void quiet_allocator() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

}  // namespace

std::optional<Durability> parse_durability(std::string_view word) {
  if (word == "normal") return Durability::normal;
  if (word == "full") return Durability::full;
  return std::nullopt;
}

std::unique_ptr<sql::Database> sqlite_database(SqliteOptions options) {
  quiet_allocator();
  return std::make_unique<SqliteDatabase>(std::move(options));
}

}  // namespace strims::storage
