#include "load/churn.h"
#include "load/proc_stats.h"
#include "load/scenarios.h"

namespace strims::load {

void run_churn(Plan& plan, Report& report) {
  plan.receivers = plan.connecting;
  plan.senders = 0;
  if (!open_accounts(plan, report)) return;
  const int64_t memory = anonymous_bytes(plan.server_pid);
  Crew crew(plan, run_churn_worker);
  crew.give(Order::speak);
  crew.wait(1, "warming up");
  const Sums before = crew.sums();
  Meter meter(crew);
  crew.wait(plan.seconds, "coming and going");
  meter.stop();
  const Sums after = crew.sums();
  crew.run(Order::hush, "ending");
  const uint64_t cycles = after.cycles - before.cycles;
  meter.add_to(report);
  report.add("cycles", cycles);
  report.add("cycles_per_second", static_cast<double>(cycles) / meter.seconds(), 0);
  const auto connect = crew.times(&Tally::connect);
  report.add("connect_p50_ms", connect->percentile_ms(0.5), 2);
  report.add("connect_p99_ms", connect->percentile_ms(0.99), 2);
  if (plan.server_pid > 0) {
    report.add("cpu_us_per_cycle",
               meter.cpu() * 1e6 / static_cast<double>(std::max<uint64_t>(1, cycles)), 2);
    crew.wait(1, "settling");
    report.add("memory_grown_mib",
               static_cast<double>(anonymous_bytes(plan.server_pid) - memory) / 1048576, 2);
  }
  if (cycles == 0) report.fault("nobody came in");
  report.must_be_zero("attempts_that_failed", after.failed);
  report.must_be_zero("broken", after.broken);
}

}  // namespace strims::load
