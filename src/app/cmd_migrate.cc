#include <cstdio>

#include "app/commands.h"
#include "app/database.h"
#include "storage/migrate.h"

namespace strims::app {
namespace {

struct Opened {
  std::unique_ptr<sql::Database> database;  // outlives its connection
  std::unique_ptr<sql::Connection> connection;
};

Result<Opened> connect(const CommonOptions& options) {
  STRIMS_TRY(const config::Config config, load_config(options));
  Opened opened;
  STRIMS_TRY(opened.database, open_database(config));
  STRIMS_TRY(opened.connection, opened.database->connect());
  return opened;
}

}  // namespace

int migrate_up(const CommonOptions& options) {
  auto opened = connect(options);
  if (!opened) return complain(opened.error());
  const auto applied = storage::migrate_up(*opened->connection);
  if (!applied) return complain(applied.error());
  std::printf("%lld migrations applied\n", static_cast<long long>(*applied));
  return 0;
}

int migrate_status(const CommonOptions& options) {
  auto opened = connect(options);
  if (!opened) return complain(opened.error());
  const auto states = storage::migrate_status(*opened->connection);
  if (!states) return complain(states.error());
  for (const auto& s : *states) {
    std::printf("%04lld %-24s %s%s%s\n", static_cast<long long>(s.version), s.name.c_str(),
                s.applied ? format_rfc3339(s.applied_at).c_str() : "pending",
                s.changed ? "  CHANGED" : "", s.unknown ? "  UNKNOWN HERE" : "");
  }
  return 0;
}

int migrate_verify(const CommonOptions& options) {
  auto opened = connect(options);
  if (!opened) return complain(opened.error());
  if (const auto good = storage::migrate_verify(*opened->connection); !good)
    return complain(good.error());
  std::puts("the schema is this program's");
  return 0;
}

}  // namespace strims::app
