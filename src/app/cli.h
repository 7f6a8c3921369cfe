// The command line.
#pragma once

namespace strims::app {

// Parses the arguments and runs the verb; the process's exit status.
int run(int argc, char** argv);

}  // namespace strims::app
