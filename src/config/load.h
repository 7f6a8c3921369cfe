// From a TOML file and the environment to a checked Config. Blocking; at start and on reload only.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "config/env.h"
#include "config/schema.h"

namespace strims::config {

// Reads TOML text over the defaults. Every key must be known and of its type and range. Errors:
// invalid/ "config" with "file:line: key: what was expected", for an unknown key with the nearest
// known one. `name` stands for the file in errors. Cross-field rules are not looked at (check.h).
Result<Config> parse(std::string_view toml, std::string_view name = "config");

// The whole way: defaults, then the file (none when `path` is empty), then the environment, then
// check(). Errors: as above; not_found/"config" when the file cannot be read.
Result<Config> load(const std::string& path, const Environment& environment);

}  // namespace strims::config
