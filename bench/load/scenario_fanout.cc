#include "load/proc_stats.h"
#include "load/scenarios.h"

namespace strims::load {
namespace {

void add_costs(const Plan& plan, const Stretch& said, Report& report) {
  const auto deliveries = static_cast<double>(std::max<uint64_t>(1, said.sums.deliveries));
  report.add("deliveries_per_second",
             static_cast<double>(said.sums.deliveries) / said.meter.seconds(), 0);
  report.add("bytes_per_delivery", static_cast<double>(said.sums.window_bytes) / deliveries, 1);
  if (plan.server_pid <= 0) return;
  report.add("cpu_us_per_delivery", said.meter.cpu() * 1e6 / deliveries, 4);
}

}  // namespace

void run_fanout(Plan& plan, Report& report) {
  if (!open_accounts(plan, report)) return;
  report.add("receivers", plan.receivers);
  report.add("senders", plan.senders);
  report.add("rate", plan.rate, 1);
  report.add("deflate", std::string_view(plan.deflate ? "on" : "off"));
  const int64_t memory = anonymous_bytes(plan.server_pid);
  Crew crew(plan);
  if (!gather(crew, report)) return;
  const Stretch said = speak(crew, "speaking");

  said.meter.add_to(report);
  report.add("sent", said.sums.sent);
  report.add("accepted", crew.board().accepted.load());
  report.add("deliveries", said.sums.deliveries);
  add_costs(plan, said, report);
  report.add("frames_compressed", said.sums.compressed);
  if (plan.server_pid > 0)
    report.add("memory_grown_mib",
               static_cast<double>(anonymous_bytes(plan.server_pid) - memory) / 1048576, 1);
  add_times(crew, report);
  check_delivery(said, report);
  check_order(crew, report);
}

}  // namespace strims::load
