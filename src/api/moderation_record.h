// The record of what administrators do to accounts: lines of the moderation log that no chat entry
// makes.
#pragma once

#include <string>
#include <string_view>

#include "api/call.h"

namespace strims::api {

// Adds a line: the caller did `action` to `target`. `detail` is a JSON object or empty; never a
// secret or an address. Errors are the database's.
Result<void> record_act(const Call& call, std::string_view action, const User& target,
                        std::string detail = {});

}  // namespace strims::api
