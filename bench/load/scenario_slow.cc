#include <algorithm>
#include <vector>

#include "load/proc_stats.h"
#include "load/scenarios.h"

namespace strims::load {
namespace {

struct Part {
  double p50 = 0, p99 = 0;
  int64_t memory = 0;   // of the server, grown
  int64_t sockets = 0;  // of the machine, grown
  uint64_t cut = 0;     // slow readers that the server ended
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

// Fresh connections each time, so that the cut ones of the last time are not lacking.
Part run_part(const Plan& plan, bool slow, Report& report) {
  Part out;
  Report quiet("part");
  Crew crew(plan);
  if (!gather(crew, quiet)) {
    report.fault("not everybody came in");
    return out;
  }
  const int64_t memory = anonymous_bytes(plan.server_pid);
  const int64_t sockets = tcp_memory_bytes();
  if (slow) crew.run(Order::pause, "stopping");
  const Stretch said = speak(crew, slow ? "with slow readers" : "without");
  out.memory = anonymous_bytes(plan.server_pid) - memory;
  out.sockets = tcp_memory_bytes() - sockets;
  const auto all = crew.times(&Tally::all);
  out.p50 = all->percentile_ms(0.5);
  out.p99 = all->percentile_ms(0.99);
  const uint64_t closed = crew.sums().closed;
  if (!said.complete || said.sums.missing > 0)
    report.fault("a reader that is not slow lacks messages");
  if (closed > (slow ? plan.connections() / 10 + 1 : 0))
    report.fault("a reader that is not slow was cut");
  const Sums sum = crew.sums();
  if (sum.lost + sum.doubled + sum.reordered + sum.differing + sum.broken > 0)
    report.fault("messages were lost, doubled or out of order");
  if (slow) {
    // They see that they were cut only when they read again.
    crew.run(Order::resume, "reading on");
    crew.settle();
    out.cut = crew.sums().closed;
  }
  return out;
}

}  // namespace

void run_slow(Plan& plan, Report& report) {
  if (!open_accounts(plan, report)) return;
  report.add("receivers", plan.receivers);
  report.add("rate", plan.rate, 1);
  report.add("slow_readers", plan.connections() / 10);
  report.add("slow_readers_read_bytes_per_second", plan.trickle);
  std::vector<double> with, without, ratios, medians;
  Part worst;
  for (size_t round = 0; round < plan.rounds && report.passed(); ++round) {
    const Part quiet = run_part(plan, false, report);
    const Part slow = run_part(plan, true, report);
    without.push_back(quiet.p99);
    with.push_back(slow.p99);
    ratios.push_back(slow.p99 / std::max(0.001, quiet.p99));
    medians.push_back(slow.p50 / std::max(0.001, quiet.p50));
    worst.memory = std::max(worst.memory, slow.memory);
    worst.sockets = std::max(worst.sockets, slow.sockets);
    worst.cut = std::max(worst.cut, slow.cut);
  }
  report.add("rounds", with.size());
  report.add("others_p99_ms_without", median(without), 3);
  report.add("others_p99_ms_with", median(with), 3);
  report.add("others_p99_ratio", median(ratios), 3);
  report.add("others_p50_ratio", median(medians), 3);
  report.add("slow_readers_cut", worst.cut);
  report.add("server_memory_grown_mib", static_cast<double>(worst.memory) / 1048576, 1);
  report.add("socket_memory_grown_mib", static_cast<double>(worst.sockets) / 1048576, 1);
}

}  // namespace strims::load
