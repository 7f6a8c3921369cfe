// Numbered migrations, compiled into the program from src/storage/migrations/NNNN_name.sql.
//
// Each runs once, in a transaction of its own, and is then never changed: its checksum (FNV-1a, 64
// bits: it finds accidents, it is no signature) lies beside it in table schema_migrations. The
// files are written in SQLite's words; migration_text.h says what another driver gets instead.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/embedded.h"
#include "base/error.h"
#include "storage/sql/database.h"

namespace strims::storage {

// The migrations of this program, sorted by path.
std::span<const EmbeddedFile> embedded();

struct MigrationState {
  int64_t version = 0;
  std::string name;  // "journal" of 0002_journal.sql
  bool applied = false;
  TimeMs applied_at = 0;  // 0 when it is not applied
  bool changed = false;   // applied, but the file's checksum is another one now
  bool unknown = false;   // in the table, not in this program: a newer program was here
};

// Applies what is missing, in order of version; returns how many that were. Two processes at once
// are safe: each migration looks and runs under the write lock, so the second finds it done.
// Errors: conflict/"migration_changed", conflict/"migration_unknown" (nothing is applied in both
// cases), internal/"migration_failed" with the file's name (that one is rolled back, those before
// it stay), or the driver's. `files` is for tests.
Result<int64_t> migrate_up(sql::Connection& connection,
                           std::span<const EmbeddedFile> files = embedded());

// Every migration that is known here or in the table, by version. A database without the table has
// none applied.
Result<std::vector<MigrationState>> migrate_status(
    sql::Connection& connection, std::span<const EmbeddedFile> files = embedded());

// Nothing when the database is exactly at this program's version; else
// conflict/"migration_changed", conflict/"migration_unknown" or conflict/"migration_pending" with a
// sentence that names the first one.
Result<void> migrate_verify(sql::Connection& connection,
                            std::span<const EmbeddedFile> files = embedded());

}  // namespace strims::storage
