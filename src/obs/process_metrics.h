// What the kernel knows of this process, under the names that Prometheus dashboards expect.
// Internal to obs/.
#pragma once

#include <string_view>
#include <vector>

namespace strims::obs {

struct ProcessFigure {
  std::string_view name;
  std::string_view help;
  bool is_counter = false;  // else a gauge
  double value = 0;
};

// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes,
// process_open_fds, process_max_fds, process_threads, process_start_time_seconds. Reads /proc/self
// on each call; any thread.
std::vector<ProcessFigure> process_figures();

}  // namespace strims::obs
