// Rules between fields, and values that have a form (addresses, prefixes, URLs).
#pragma once

#include "base/error.h"
#include "config/schema.h"

namespace strims::config {

// Errors: invalid/"config" with the keys concerned and what was expected. Pure; opens no file.
Result<void> check(const Config& config);

}  // namespace strims::config
