// For tests only: the databases that the contract tests run over. A driver joins by one more
// DatabaseCase.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "storage/migrate.h"
#include "storage/sql/database.h"
#include "storage/sqlite/sqlite.h"

namespace strims::storage {

// A folder that goes with the object.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "strims-test-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// How a test gets an empty database. `open` may be called several times for one folder: each call
// is another process as far as the driver is concerned.
struct DatabaseCase {
  std::string name;
  std::function<std::unique_ptr<sql::Database>(const TempFolder&)> open;
};

inline std::ostream& operator<<(std::ostream& out, const DatabaseCase& c) {
  return out << c.name;
}

inline std::vector<DatabaseCase> database_cases() {
  const auto sqlite = [](Durability durability) {
    return [durability](const TempFolder& folder) {
      SqliteOptions options;
      options.path = folder.file("test.db");
      options.durability = durability;
      options.busy_timeout_ms = 2000;
      return sqlite_database(options);
    };
  };
  return {{"sqlite_normal", sqlite(Durability::normal)}, {"sqlite_full", sqlite(Durability::full)}};
}

inline std::unique_ptr<sql::Connection> connect(sql::Database& database) {
  auto made = database.connect();
  if (!made) throw std::runtime_error(made.error().detail);
  return std::move(*made);
}

inline std::unique_ptr<sql::Connection> connect_migrated(sql::Database& database) {
  auto connection = connect(database);
  if (auto done = migrate_up(*connection); !done) throw std::runtime_error(done.error().detail);
  return connection;
}

}  // namespace strims::storage
