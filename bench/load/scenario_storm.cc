#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/clock.h"
#include "load/scenarios.h"
#include "load/server_process.h"

namespace strims::load {
namespace {

constexpr double kCalmSeconds = 2;

double now_seconds() {
  return static_cast<double>(mono_ns()) / 1e9;
}

struct Cycle {
  double down = 0;      // from the signal until the server accepts connections again
  double welcomed = 0;  // from the signal until everybody is welcomed
};

// One end and one beginning of the server.
bool run_cycle(Crew& crew, ServerProcess& server, Cycle& cycle, Report& report) {
  const Plan& plan = crew.plan();
  const uint64_t closed = crew.sums().closed;
  const double begin = now_seconds();
  server.end(plan.server_signal);
  if (!server.start()) {
    report.fault("the server did not start again");
    return false;
  }
  cycle.down = now_seconds() - begin;
  // All must have been gone before all can be back.
  while (now_seconds() - begin < plan.patience * 4) {
    const Sums sum = crew.sums();
    if (sum.closed >= closed + plan.connections() && sum.open == plan.connections()) {
      cycle.welcomed = now_seconds() - begin;
      return true;
    }
    crew.wait(0.01, "coming back");
  }
  report.fault(fmt::format("{} of {} came back", crew.sums().open, plan.connections()));
  return false;
}

void add_cycles(const std::vector<Cycle>& cycles, Report& report) {
  std::vector<double> welcomed, down;
  for (const Cycle& cycle : cycles) {
    welcomed.push_back(cycle.welcomed);
    down.push_back(cycle.down);
  }
  std::sort(welcomed.begin(), welcomed.end());
  std::sort(down.begin(), down.end());
  report.add("cycles", cycles.size());
  if (cycles.empty()) return;
  report.add("all_welcomed_seconds", welcomed[welcomed.size() / 2], 3);
  report.add("all_welcomed_seconds_worst", welcomed.back(), 3);
  report.add("server_down_seconds", down[down.size() / 2], 3);
}

}  // namespace

void run_storm(Plan& plan, Report& report) {
  ServerProcess server(plan.server_command, plan.port);
  if (!server.start()) return report.fault("the server did not start");
  if (!open_accounts(plan, report)) return;
  report.add("receivers", plan.receivers);
  report.add("rate", plan.rate, 1);
  Crew crew(plan);
  if (!gather(crew, report)) return;
  crew.run(Order::reconnect, "ready");
  crew.begin_window();
  crew.give(Order::speak);
  crew.wait(kCalmSeconds, "speaking");

  std::vector<Cycle> cycles;
  for (size_t i = 0; i < plan.rounds; ++i) {
    Cycle cycle;
    if (!run_cycle(crew, server, cycle, report)) break;
    cycles.push_back(cycle);
    crew.wait(kCalmSeconds, "speaking");
  }
  crew.run(Order::hush, "ending");
  const bool all = crew.run(Order::drain, "waiting for the last");
  crew.run(Order::tally, "comparing");
  const Sums sum = crew.sums();
  add_cycles(cycles, report);
  report.add("sent", sum.sent);
  report.add("acknowledged", sum.answered);
  report.add("refused", sum.refused);
  report.add("accepted", crew.board().accepted.load());
  report.add("joins_seen_by_one", sum.joins);
  report.add("quits_seen_by_one", sum.quits);
  report.add("gaps_marked", sum.gaps);
  if (!all) report.fault("not everybody had everything when nothing came any more");
  report.must_be_zero("missing", sum.missing);
  check_order(crew, report);
}

}  // namespace strims::load
