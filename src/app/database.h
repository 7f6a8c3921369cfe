// The database that the configuration names, opened and brought up to date.
#pragma once

#include <memory>

#include "config/schema.h"
#include "storage/sql/database.h"

namespace strims::app {

// Makes the data folder when it is missing. Errors: unavailable/"unavailable".
Result<std::unique_ptr<sql::Database>> open_database(const config::Config& config);
// The same, with all migrations applied.
Result<std::unique_ptr<sql::Database>> open_current_database(const config::Config& config);

}  // namespace strims::app
