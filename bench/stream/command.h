// The command line: `strims-stream-load publish ...` and `strims-stream-load watch ...`.
#pragma once

#include <string>
#include <vector>

namespace strims::stream_load {

// `arguments` without the program's name. Returns the exit status: 0 when the run passed, 1 when it
// failed, 2 for a wrong command line.
int command(std::vector<std::string> arguments);

}  // namespace strims::stream_load
