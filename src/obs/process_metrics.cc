#include "obs/process_metrics.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "base/clock.h"

namespace strims::obs {
namespace {

// Close enough to the start of the process: taken while its statics are made.
const double kStarted = static_cast<double>(system_clock().wall_ms()) / 1000;

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

double thread_count() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("Threads:")) return std::stod(line.substr(8));
  }
  return 0;
}

}  // namespace

std::vector<ProcessFigure> process_figures() {
  std::vector<ProcessFigure> out;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  out.push_back({"process_cpu_seconds_total", "User and system time spent", true,
                 seconds(usage.ru_utime) + seconds(usage.ru_stime)});
  double pages = 0;
  double resident = 0;
  if (std::ifstream in("/proc/self/statm"); in >> pages >> resident) {
    const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
    out.push_back({"process_resident_memory_bytes", "Resident memory", false, resident * page});
    out.push_back({"process_virtual_memory_bytes", "Virtual memory", false, pages * page});
  }
  // Since Linux 6.2 the size of this folder is its count. Counting 100,000 entries would stall a
  // shard.
  struct stat fds{};
  if (stat("/proc/self/fd", &fds) == 0 && fds.st_size > 0)
    out.push_back(
        {"process_open_fds", "Open file descriptors", false, static_cast<double>(fds.st_size)});
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    out.push_back({"process_max_fds", "Most file descriptors allowed", false,
                   static_cast<double>(limit.rlim_cur)});
  out.push_back({"process_threads", "Threads", false, thread_count()});
  out.push_back({"process_start_time_seconds", "Unix time of the start", false, kStarted});
  return out;
}

}  // namespace strims::obs
