// The database that the configuration names, opened and brought up to date.
#pragma once

#include <memory>

#include "app/data_lock.h"
#include "config/schema.h"
#include "storage/sql/database.h"

namespace strims::app {

// The right to be the one server of this database. Makes the data folder when it is missing.
// Errors: those of DataLock::take, unavailable/"unavailable".
Result<DataLock> lock_data(const config::Config& config);
// Makes the data folder when it is missing. Errors: unavailable/"unavailable".
Result<std::unique_ptr<sql::Database>> open_database(const config::Config& config);
// The same, with all migrations applied.
Result<std::unique_ptr<sql::Database>> open_current_database(const config::Config& config);

}  // namespace strims::app
