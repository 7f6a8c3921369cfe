// How a load tool's result is told, and what every load tool needs before it runs.
#pragma once

#include <string>

#include "load/report.h"

namespace CLI {
class App;
}

namespace strims::load {

struct Output {
  bool json = false;
  std::string file;
};

void add_output_options(CLI::App* verb, Output& output);
// Tells the report; the exit status: 0 when the run passed, else 1.
int deliver(const Report& report, const Output& output);

// As many descriptors as this process may have.
void raise_file_limit();

}  // namespace strims::load
