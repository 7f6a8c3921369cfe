#include "load/proc_stats.h"
#include "load/scenarios.h"

namespace strims::load {

void run_idle(Plan& plan, Report& report) {
  if (!open_accounts(plan, report)) return;
  report.add("kind", std::string_view(plan.logged_in ? "logged in"
                                      : plan.tls     ? "guest, TLS"
                                                     : "guest"));
  const int64_t memory = anonymous_bytes(plan.server_pid);
  const int64_t sockets = tcp_memory_bytes();
  Crew crew(plan);
  // What the first half costs is partly what the server needs once; the second half shows what each
  // connection costs.
  crew.run(Order::connect_half, "connecting");
  crew.settle();
  const int64_t half_memory = anonymous_bytes(plan.server_pid);
  const auto half = static_cast<double>(crew.sums().open);
  if (!gather(crew, report)) return;
  const auto open = static_cast<double>(crew.sums().open);
  if (plan.server_pid > 0) {
    report.add("memory_bytes_per_connection",
               static_cast<double>(anonymous_bytes(plan.server_pid) - memory) / open, 0);
    report.add("memory_bytes_per_connection_second_half",
               static_cast<double>(anonymous_bytes(plan.server_pid) - half_memory) / (open - half),
               0);
    report.add("socket_buffer_bytes_per_connection",
               static_cast<double>(tcp_memory_bytes() - sockets) / open, 0);
  }
  const auto connect = crew.times(&Tally::connect);
  report.add("connect_p50_ms", connect->percentile_ms(0.5), 2);
  report.add("connect_p99_ms", connect->percentile_ms(0.99), 2);
  crew.wait(plan.warmup, "first pings");
  const Sums before = crew.sums();
  Meter meter(crew);
  crew.wait(plan.seconds, "idle");
  meter.stop();
  const Sums after = crew.sums();
  meter.add_to(report);
  report.add("bytes_per_connection_and_second",
             static_cast<double>(after.bytes - before.bytes) / open / meter.seconds(), 2);
  if (plan.server_pid > 0) {
    report.add("memory_bytes_per_connection_at_end",
               static_cast<double>(anonymous_bytes(plan.server_pid) - memory) / open, 0);
  }
  report.must_be_zero("closed", after.closed);
  report.must_be_zero("broken", after.broken);
}

}  // namespace strims::load
