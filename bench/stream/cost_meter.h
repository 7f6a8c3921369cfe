// What a stretch of time has cost: the server, the tool, and whatever else ran.
#pragma once

#include <cstdint>
#include <vector>

#include "load/report.h"

namespace strims::stream_load {

// CPU of a server's processes and of their children, those that have ended included, in seconds.
double server_cpu_seconds(const std::vector<int64_t>& pids);
// Anonymous memory of the same processes, in bytes.
int64_t server_memory_bytes(const std::vector<int64_t>& pids);

class CostMeter {
 public:
  // Begins.
  explicit CostMeter(std::vector<int64_t> server);
  void stop();
  // After stop().
  double seconds() const { return seconds_; }
  double server_cores() const { return server_ / seconds_; }
  bool knows_server() const { return !pids_.empty(); }
  void add_to(load::Report& report) const;

 private:
  std::vector<int64_t> pids_;
  double server_, load_, busy_, seconds_;
};

}  // namespace strims::stream_load
