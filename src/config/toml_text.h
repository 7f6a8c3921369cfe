// What a configuration file may look like before the TOML parser sees it.
#pragma once

#include <string_view>

#include "base/error.h"

namespace strims::config {

// Checks that characters beyond ASCII stand only in comments and in strings, and that no string has
// several lines: no key or value of ours needs more, and toml++ 3.3 runs into undefined behaviour
// where it looks for white space and meets certain characters, such as U+031C (in
// is_non_ascii_horizontal_whitespace), or where a table's name should begin. `name` is the file's,
// for the message. Pure; any thread. Errors: invalid/"config" with the line.
Result<void> check_toml_text(std::string_view text, std::string_view name);

}  // namespace strims::config
