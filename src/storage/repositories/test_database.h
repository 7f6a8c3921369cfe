// For tests only: a migrated SQLite file in a folder that goes with the object.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "storage/migrate.h"
#include "storage/sql/database.h"
#include "storage/sqlite/sqlite.h"

namespace strims::storage {

class TestDatabase {
 public:
  TestDatabase() {
    std::string pattern = (std::filesystem::temp_directory_path() / "strims-test-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    SqliteOptions options;
    options.path = (folder_ / "test.db").string();
    database_ = sqlite_database(options);
    connection_ = connect();
    if (auto done = migrate_up(*connection_); !done) throw std::runtime_error(done.error().detail);
  }
  ~TestDatabase() {
    connection_.reset();
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  sql::Connection& connection() { return *connection_; }
  // Another one, for a second thread.
  std::unique_ptr<sql::Connection> connect() {
    auto made = database_->connect();
    if (!made) throw std::runtime_error(made.error().detail);
    return std::move(*made);
  }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Connection> connection_;
};

}  // namespace strims::storage
