#include <fmt/format.h>
#include <unistd.h>

#include "load/proc_stats.h"
#include "load/scenarios.h"

namespace strims::load {
namespace {

// Compares what everybody got. A ping may be on its way just then, which only the count of bytes
// minds: look again.
Sums compare(Crew& crew) {
  for (int look = 0;; ++look) {
    crew.run(Order::tally, "comparing");
    const Sums sum = crew.sums();
    if ((sum.uneven == 0 && sum.missing == 0) || look == 4) return sum;
    usleep(300'000);
  }
}

void add_costs(const Plan& plan, const Meter& meter, const Sums& sum, uint64_t bytes,
               Report& report) {
  const auto deliveries = static_cast<double>(std::max<uint64_t>(1, sum.deliveries));
  report.add("deliveries_per_second", static_cast<double>(sum.deliveries) / meter.seconds(), 0);
  report.add("bytes_per_delivery", static_cast<double>(bytes) / deliveries, 1);
  if (plan.server_pid <= 0) return;
  report.add("cpu_us_per_delivery", meter.cpu() * 1e6 / deliveries, 4);
  report.add("server_cores", meter.cpu() / meter.seconds(), 3);
}

}  // namespace

void run_fanout(const Plan& plan, Report& report) {
  report.add("receivers", plan.receivers);
  report.add("senders", plan.senders);
  report.add("rate", plan.rate, 1);
  report.add("deflate", std::string_view(plan.deflate ? "on" : "off"));
  const int64_t memory = anonymous_bytes(plan.server_pid);
  Crew crew(plan);
  if (!gather(crew, report)) return;
  crew.run(Order::measure, "starting");
  const Sums before = crew.sums();
  Meter meter(plan.server_pid);
  const bool spoken = crew.run(Order::speak, "speaking");
  const bool all = spoken && crew.run(Order::drain, "waiting for the last");
  meter.stop();
  const Sums sum = compare(crew);

  report.add("seconds", meter.seconds(), 2);
  report.add("sent", sum.sent);
  report.add("accepted", crew.board().accepted.load());
  report.add("deliveries", sum.deliveries);
  add_costs(plan, meter, sum, sum.window_bytes, report);
  report.add("frames_compressed", sum.compressed - before.compressed);
  if (plan.server_pid > 0)
    report.add("memory_grown_mib",
               static_cast<double>(anonymous_bytes(plan.server_pid) - memory) / 1048576, 1);
  add_times(crew, report);
  if (!all) report.fault("not everybody had everything when nothing came any more");
  report.must_be_zero("missing", sum.missing);
  report.must_be_zero("uneven", sum.uneven);
  report.must_be_zero("refused", sum.refused);
  report.must_be_zero("unsent", sum.unsent);
  report.must_be_zero("closed", sum.closed);
  check_order(crew, report);
}

}  // namespace strims::load
