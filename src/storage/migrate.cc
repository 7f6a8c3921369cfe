#include "storage/migrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "storage/migration_text.h"

namespace strims::storage {
namespace {

struct Migration {
  int64_t version = 0;
  std::string_view path;
  std::string name;
  std::string_view text;
  std::string checksum;
};

struct AppliedRow {
  int64_t version = 0;
  std::string name;
  std::string checksum;
  TimeMs at = 0;
};

// "0002_journal.sql".
std::optional<Migration> parse_file(const EmbeddedFile& file) {
  const size_t line = file.path.find('_');
  if (line == std::string_view::npos || !file.path.ends_with(".sql")) return std::nullopt;
  const auto version = parse_u64(file.path.substr(0, line));
  if (!version || *version == 0 || *version > 1'000'000) return std::nullopt;
  const std::string_view name = file.path.substr(line + 1, file.path.size() - line - 5);
  return Migration{static_cast<int64_t>(*version), file.path, std::string(name), file.bytes,
                   migration_checksum(file.bytes)};
}

Result<std::vector<Migration>> parse_files(std::span<const EmbeddedFile> files) {
  std::vector<Migration> out;
  for (const auto& file : files) {
    auto migration = parse_file(file);
    if (!migration)
      return fail(Errc::internal, "migration_failed",
                  fmt::format("{} is not named NNNN_name.sql", file.path));
    out.push_back(std::move(*migration));
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.version < b.version; });
  for (size_t i = 1; i < out.size(); ++i)
    if (out[i].version == out[i - 1].version)
      return fail(Errc::internal, "migration_failed",
                  fmt::format("{} and {} have one number", out[i - 1].path, out[i].path));
  return out;
}

Result<void> create_table(sql::Connection& connection) {
  return in_transaction(connection, [&] {
    return connection.script(
        migration_text("CREATE TABLE IF NOT EXISTS schema_migrations (\n"
                       "  version INTEGER NOT NULL PRIMARY KEY,\n"
                       "  name TEXT NOT NULL,\n"
                       "  checksum TEXT NOT NULL,\n"
                       "  applied_at INTEGER NOT NULL\n"
                       ") STRICT;",
                       connection.driver()));
  });
}

Result<bool> has_table(sql::Connection& connection) {
  const std::string_view question =
      connection.driver() == "sqlite"
          ? "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'"
          : "SELECT 1 FROM information_schema.tables WHERE table_name = 'schema_migrations'";
  STRIMS_TRY(const auto rows, connection.query(question));
  return !rows.empty();
}

Result<std::vector<AppliedRow>> read_applied(sql::Connection& connection) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT version, name, checksum, applied_at FROM schema_migrations "
                              "ORDER BY version"));
  std::vector<AppliedRow> out;
  for (const auto& row : rows)
    out.push_back({row.integer(0), row.text(1), row.text(2), row.integer(3)});
  return out;
}

std::vector<MigrationState> compare(const std::vector<Migration>& known,
                                    const std::vector<AppliedRow>& applied) {
  std::vector<MigrationState> out;
  for (const auto& row : applied) {
    const auto file = std::find_if(known.begin(), known.end(),
                                   [&](const auto& m) { return m.version == row.version; });
    MigrationState state{row.version, row.name, true, row.at};
    state.unknown = file == known.end();
    state.changed = !state.unknown && file->checksum != row.checksum;
    out.push_back(std::move(state));
  }
  for (const auto& file : known) {
    const auto is_it = [&](const auto& state) { return state.version == file.version; };
    if (std::none_of(out.begin(), out.end(), is_it)) out.push_back({file.version, file.name});
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.version < b.version; });
  return out;
}

Result<void> refuse_foreign(const std::vector<MigrationState>& states) {
  for (const auto& state : states) {
    if (state.unknown)
      return fail(Errc::conflict, "migration_unknown",
                  fmt::format("the database has migration {:04} ({}), which this program does not "
                              "know: a newer one was here",
                              state.version, state.name));
    if (state.changed)
      return fail(Errc::conflict, "migration_changed",
                  fmt::format("migration {:04} ({}) was changed after it was applied",
                              state.version, state.name));
  }
  return {};
}

// Looks and applies the first missing one in the same transaction. False when nothing is missing.
Result<bool> apply_next(sql::Connection& connection, const std::vector<Migration>& known) {
  STRIMS_TRY(const auto applied, read_applied(connection));
  const auto states = compare(known, applied);
  STRIMS_CHECK_OK(refuse_foreign(states));
  const auto next =
      std::find_if(states.begin(), states.end(), [](const auto& s) { return !s.applied; });
  if (next == states.end()) return false;
  const auto file = std::find_if(known.begin(), known.end(),
                                 [&](const auto& m) { return m.version == next->version; });
  if (auto done = connection.script(migration_text(file->text, connection.driver())); !done) {
    if (done.error().code == Errc::unavailable) return std::unexpected(std::move(done).error());
    return fail(Errc::internal, "migration_failed",
                fmt::format("{}: {}", file->path, done.error().detail));
  }
  STRIMS_CHECK_OK(connection.execute(
      "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
      {file->version, file->name, file->checksum, system_clock().wall_ms()}));
  return true;
}

}  // namespace

Result<int64_t> migrate_up(sql::Connection& connection, std::span<const EmbeddedFile> files) {
  STRIMS_TRY(const auto known, parse_files(files));
  STRIMS_CHECK_OK(create_table(connection));
  for (int64_t count = 0;; ++count) {
    STRIMS_TRY(const bool more,
               in_transaction(connection, [&] { return apply_next(connection, known); }));
    if (!more) return count;
  }
}

Result<std::vector<MigrationState>> migrate_status(sql::Connection& connection,
                                                   std::span<const EmbeddedFile> files) {
  STRIMS_TRY(const auto known, parse_files(files));
  STRIMS_TRY(const bool exists, has_table(connection));
  if (!exists) return compare(known, {});
  STRIMS_TRY(const auto applied, read_applied(connection));
  return compare(known, applied);
}

Result<void> migrate_verify(sql::Connection& connection, std::span<const EmbeddedFile> files) {
  STRIMS_TRY(const auto states, migrate_status(connection, files));
  STRIMS_CHECK_OK(refuse_foreign(states));
  for (const auto& state : states)
    if (!state.applied)
      return fail(
          Errc::conflict, "migration_pending",
          fmt::format("migration {:04} ({}) is not applied yet", state.version, state.name));
  return {};
}

}  // namespace strims::storage
