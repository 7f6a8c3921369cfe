// Overrides from the environment: STRIMS_SECTION__KEY=value, for example STRIMS_SERVER__SHARDS=2.
// Lists are separated by commas. Whatever begins with STRIMS_ and has a double underscore must be a
// known key.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "config/schema.h"

namespace strims::config {

using Environment = std::map<std::string, std::string>;

// The variables of this process that begin with "STRIMS_".
Environment process_environment();

// Sets what is there. Errors: invalid/"config" naming the variable; the value is shown unless the
// key is secret.
Result<void> apply_environment(Config& config, const Environment& environment);

// "STRIMS_SERVER__LISTEN" for "server.listen".
std::string environment_name(std::string_view key);

}  // namespace strims::config
