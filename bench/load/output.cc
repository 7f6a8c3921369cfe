#include "load/output.h"

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

namespace strims::load {

void add_output_options(CLI::App* verb, Output& output) {
  verb->add_flag("--json", output.json, "JSON on standard output instead of the table");
  verb->add_option("--json-file", output.file, "Write the JSON there as well");
}

int deliver(const Report& report, const Output& output) {
  std::puts(output.json ? report.to_json().c_str() : report.to_text().c_str());
  if (!output.file.empty()) std::ofstream(output.file) << report.to_json() << '\n';
  return report.passed() ? 0 : 1;
}

void raise_file_limit() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace strims::load
