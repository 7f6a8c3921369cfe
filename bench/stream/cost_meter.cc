#include "bench/stream/cost_meter.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "base/clock.h"
#include "load/proc_stats.h"

namespace strims::stream_load {
namespace {

std::vector<int64_t> children_of(int64_t pid) {
  std::vector<int64_t> out;
  std::error_code error;
  const std::filesystem::directory_iterator tasks(fmt::format("/proc/{}/task", pid), error);
  if (error) return out;
  for (const auto& task : tasks) {
    std::ifstream in(task.path() / "children");
    out.insert(out.end(), std::istream_iterator<int64_t>(in), {});
  }
  return out;
}

// Of children that it has waited for: cutime and cstime, fields 16 and 17 of proc(5).
double ended_children_seconds(int64_t pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  const std::string line(std::istreambuf_iterator<char>(in), {});
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream rest(line.substr(name_end + 1));
  const std::vector<std::string> fields(std::istream_iterator<std::string>(rest), {});
  constexpr size_t kCutime = 16 - 3;  // the first of the rest is field 3
  if (fields.size() < kCutime + 2) return 0;
  return (std::stod(fields[kCutime]) + std::stod(fields[kCutime + 1])) /
         static_cast<double>(sysconf(_SC_CLK_TCK));
}

double seconds_now() {
  return static_cast<double>(mono_ns()) / 1e9;
}

}  // namespace

double server_cpu_seconds(const std::vector<int64_t>& pids) {
  double sum = 0;
  for (const int64_t pid : pids) {
    sum += load::cpu_seconds(pid) + ended_children_seconds(pid);
    for (const int64_t child : children_of(pid)) sum += load::cpu_seconds(child);
  }
  return sum;
}

int64_t server_memory_bytes(const std::vector<int64_t>& pids) {
  int64_t sum = 0;
  for (const int64_t pid : pids) {
    sum += load::anonymous_bytes(pid);
    for (const int64_t child : children_of(pid)) sum += load::anonymous_bytes(child);
  }
  return sum;
}

CostMeter::CostMeter(std::vector<int64_t> server)
    : pids_(std::move(server)),
      server_(server_cpu_seconds(pids_)),
      load_(load::cpu_seconds(getpid())),
      busy_(load::busy_seconds()),
      seconds_(seconds_now()) {}

void CostMeter::stop() {
  server_ = server_cpu_seconds(pids_) - server_;
  load_ = load::cpu_seconds(getpid()) - load_;
  busy_ = load::busy_seconds() - busy_;
  seconds_ = seconds_now() - seconds_;
}

void CostMeter::add_to(load::Report& report) const {
  report.add("seconds", seconds_, 2);
  if (knows_server()) {
    report.add("server_cores", server_cores(), 4);
    report.add("server_memory_mib", static_cast<double>(server_memory_bytes(pids_)) / 1048576, 1);
  }
  report.add("load_cores", load_ / seconds_, 3);
  report.add("other_cores", std::max(0.0, busy_ - server_ - load_) / seconds_, 2);
}

}  // namespace strims::stream_load
