// The table of keys as documents. A test holds config/default.toml and docs/CONFIG.md equal to
// these.
#pragma once

#include <string>

#include "config/schema.h"

namespace strims::config {

// Annotated TOML: every key with its meaning, unit, range and default.
std::string default_toml();
// docs/CONFIG.md: the same as tables.
std::string markdown();
// The values in force as TOML; secrets are shown as "(set)" or "".
std::string effective_toml(const Config& config);

}  // namespace strims::config
