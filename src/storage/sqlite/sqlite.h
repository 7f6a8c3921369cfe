// The embedded database: SQLite behind sql::Database.
//
// WAL mode, foreign keys on, one handle per connection without SQLite's own locks: a Connection
// belongs to one thread at a time. Transactions begin with the write lock. Within one Database the
// writers queue first come, first served, so that a busy journal cannot starve the others; other
// processes are waited for by polling.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "storage/sql/database.h"

namespace strims::storage {

enum class Durability : uint8_t {
  normal,  // a killed process loses nothing; a power cut perhaps the last commits
  full,    // every commit reaches the disk before it returns
};

std::optional<Durability> parse_durability(std::string_view word);  // "normal", "full"

struct SqliteOptions {
  std::string path;  // a file; its folder must exist. ":memory:" is private to a connection
  Durability durability = Durability::normal;
  int64_t busy_timeout_ms =
      5000;                      // how long a statement waits for a lock before it is "unavailable"
  int64_t cache_kib = 8 * 1024;  // page cache of each connection
  int checkpoint_pages = 4000;   // the WAL is copied into the file once it has so many (16 MB)
  size_t statements = 256;       // prepared statements kept per connection; the least used one goes
};

// Opens no file yet: connect() does. Never fails; connect() answers unavailable/"unavailable" for a
// path that cannot be opened and internal/"unknown" for a file that is no database.
std::unique_ptr<sql::Database> sqlite_database(SqliteOptions options);

}  // namespace strims::storage
