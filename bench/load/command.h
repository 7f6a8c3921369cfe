// The command line of the load tool: `strims-load SCENARIO ...` and `strims bench SCENARIO ...`.
#pragma once

#include <string>
#include <vector>

namespace strims::load {

// `arguments` without the program's name, which is given for the help text. Returns the exit
// status: 0 when the run passed, 1 when it failed, 2 and more for a wrong command line.
int command(const std::string& program, std::vector<std::string> arguments);

}  // namespace strims::load
