// What a verb of the command line works with: the configuration and its database, brought up to
// date.
#pragma once

#include <memory>

#include "app/commands.h"
#include "storage/sql/database.h"

namespace strims::app {

struct Office {
  config::Config config;
  std::unique_ptr<sql::Database> database;
  std::unique_ptr<sql::Connection> connection;
};

// Errors: those of load_config, open_current_database and Database::connect.
Result<Office> open_office(const CommonOptions& options);

}  // namespace strims::app
