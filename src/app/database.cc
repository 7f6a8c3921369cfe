#include "app/database.h"

#include <filesystem>

#include "obs/log.h"
#include "storage/migrate.h"
#include "storage/repositories/entries.h"
#include "storage/sqlite/sqlite.h"

namespace strims::app {

namespace {

Result<std::string> database_path(const config::Config& config) {
  const std::filesystem::path folder = config.server.data_dir;
  std::error_code error;
  const bool made = std::filesystem::create_directories(folder, error);
  if (error)
    return fail(Errc::unavailable, "unavailable",
                "cannot make the folder " + folder.string() + ": " + error.message());
  // A folder that was there is somebody else's, too: its rights stay as they are.
  if (made) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  return (folder / config.storage.path).string();
}

// What went wrong, with the file's name: "file is not a database" alone helps nobody.
std::unexpected<Error> about(const std::string& path, Error error) {
  error.detail = path + ": " + error.detail;
  return std::unexpected(std::move(error));
}

Result<int64_t> bring_up_to_date(sql::Database& database) {
  STRIMS_TRY(auto connection, database.connect());
  STRIMS_TRY(const int64_t applied, storage::migrate_up(*connection));
  STRIMS_CHECK_OK(storage::ensure_channel(*connection, 1, "main", system_clock().wall_ms()));
  return applied;
}

}  // namespace

Result<DataLock> lock_data(const config::Config& config) {
  STRIMS_TRY(const std::string path, database_path(config));
  return DataLock::take(path + ".lock");
}

Result<std::unique_ptr<sql::Database>> open_database(const config::Config& config) {
  storage::SqliteOptions options;
  STRIMS_TRY(options.path, database_path(config));
  options.durability = config.storage.durability == config::Durability::full
                           ? storage::Durability::full
                           : storage::Durability::normal;
  options.busy_timeout_ms = config.storage.busy_timeout_ms;
  options.cache_kib = config.storage.cache_kib;
  return storage::sqlite_database(options);
}

Result<std::unique_ptr<sql::Database>> open_current_database(const config::Config& config) {
  STRIMS_TRY(auto database, open_database(config));
  const auto applied = bring_up_to_date(*database);
  if (!applied) {
    STRIMS_TRY(const std::string path, database_path(config));
    return about(path, applied.error());
  }
  if (*applied > 0) obs::log_info("database.migrated", {{"applied", *applied}});
  return database;
}

}  // namespace strims::app
