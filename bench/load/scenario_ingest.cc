#include "load/scenarios.h"

namespace strims::load {

// What is counted lies between two looks at a run that goes on, so that neither its start nor its
// end is in it.
void run_ingest(Plan& plan, Report& report) {
  if (!open_accounts(plan, report)) return;
  report.add("senders", plan.senders);
  report.add("receivers", plan.receivers);
  report.add("window", plan.window);
  report.add("answer", std::string_view(plan.nonces ? "ACK" : "own line"));
  Plan longer = plan;
  longer.seconds = plan.seconds + 2;
  Crew crew(longer);
  if (!gather(crew, report)) return;
  crew.begin_window();
  crew.give(Order::speak);
  crew.wait(1, "warming up");
  const Sums before = crew.sums();
  Meter meter(crew);
  crew.wait(plan.seconds, "speaking");
  meter.stop();
  const Sums after = crew.sums();
  while (!crew.done() && crew.sums().open > 0) crew.wait(0.1, "ending");
  const bool all = crew.run(Order::drain, "waiting for the last");
  crew.run(Order::tally, "comparing");
  const Sums sum = crew.sums();

  const uint64_t answered = after.answered - before.answered;
  meter.add_to(report);
  report.add("accepted_per_second", static_cast<double>(answered) / meter.seconds(), 0);
  if (plan.server_pid > 0) {
    report.add("cpu_us_per_message",
               meter.cpu() * 1e6 / static_cast<double>(std::max<uint64_t>(1, answered)), 3);
  }
  const auto answer = crew.times(&Tally::answer);
  report.add("answer_p50_ms", answer->percentile_ms(0.5), 3);
  report.add("answer_p99_ms", answer->percentile_ms(0.99), 3);
  report.add("sent", sum.sent);
  report.add("answered", sum.answered);
  report.add("refused", sum.refused);
  if (!all) report.fault("not everybody had everything when nothing came any more");
  if (sum.answered + sum.refused != sum.sent) report.fault("not every message was answered");
  report.must_be_zero("missing", sum.missing);
  report.must_be_zero("closed", sum.closed);
  check_order(crew, report);
}

}  // namespace strims::load
