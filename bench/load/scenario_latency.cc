#include "load/scenarios.h"

namespace strims::load {

void run_latency(Plan& plan, Report& report) {
  if (!open_accounts(plan, report)) return;
  report.add("receivers", plan.receivers);
  report.add("rate", plan.rate, 1);
  Crew crew(plan);
  if (!gather(crew, report)) return;
  const Stretch said = speak(crew, "speaking");
  report.add("accepted", crew.board().accepted.load());
  said.meter.add_to(report);
  add_times(crew, report);
  check_delivery(said, report);
  check_order(crew, report);
}

}  // namespace strims::load
