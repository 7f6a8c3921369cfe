#include "load/proc_stats.h"

#include <unistd.h>

#include <ctime>
#include <fstream>
#include <string>

namespace strims::load {

double cpu_seconds(int64_t pid) {
  clockid_t clock{};
  timespec used{};
  if (pid <= 0 || clock_getcpuclockid(static_cast<pid_t>(pid), &clock) != 0 ||
      clock_gettime(clock, &used) != 0)
    return 0;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double busy_seconds() {
  std::ifstream in("/proc/stat");
  std::string word;
  double user = 0, low = 0, system = 0, idle = 0, wait = 0, hard = 0, soft = 0;
  in >> word >> user >> low >> system >> idle >> wait >> hard >> soft;
  return (user + low + system + hard + soft) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

int64_t anonymous_bytes(int64_t pid) {
  if (pid <= 0) return 0;
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  int64_t kib = 0;
  while (in >> word)
    if (word == "RssAnon:" && in >> kib) return kib * 1024;
  return 0;
}

int64_t tcp_memory_bytes() {
  std::ifstream in("/proc/net/sockstat");
  std::string line;
  while (std::getline(in, line)) {
    const size_t at = line.find(" mem ");
    if (line.starts_with("TCP:") && at != std::string::npos)
      return std::stoll(line.substr(at + 5)) * getpagesize();
  }
  return 0;
}

}  // namespace strims::load
