#include <fmt/format.h>

#include <unistd.h>

#include "base/clock.h"
#include "load/accounts.h"
#include "load/proc_stats.h"
#include "load/scenarios.h"

namespace strims::load {

Meter::Meter(const Crew& crew)
    : crew_(crew),
      cpu_(cpu_seconds(crew.plan().server_pid)),
      load_(crew.cpu()),
      busy_(busy_seconds()),
      seconds_(static_cast<double>(mono_ns()) / 1e9) {}

void Meter::stop() {
  cpu_ = cpu_seconds(crew_.plan().server_pid) - cpu_;
  load_ = crew_.cpu() - load_;
  busy_ = busy_seconds() - busy_;
  seconds_ = static_cast<double>(mono_ns()) / 1e9 - seconds_;
}

void Meter::add_to(Report& report) const {
  report.add("seconds", seconds_, 2);
  if (crew_.plan().server_pid > 0) report.add("server_cores", cpu_ / seconds_, 4);
  report.add("load_cores", load_ / seconds_, 3);
  report.add("other_cores", std::max(0.0, busy_ - cpu_ - load_) / seconds_, 2);
}

bool open_accounts(Plan& plan, Report& report) {
  const auto planned = plan_accounts(plan);
  if (!planned) report.fault("accounts: " + planned.error().detail);
  return planned.has_value();
}

// A ping may be on its way while it compares, which only the count of bytes minds: it looks again.
Stretch speak(Crew& crew, const std::string& what) {
  bool warm = true;
  if (crew.plan().warmup > 0) {
    crew.begin_window();
    warm = crew.run(Order::warm_up, "warming up") && crew.run(Order::drain, "warming up");
    crew.settle();
  }
  crew.begin_window();
  const Sums before = crew.sums();
  Stretch out{.meter = Meter(crew)};
  out.complete = warm && crew.run(Order::speak, what) && crew.run(Order::drain, what);
  out.meter.stop();
  for (int look = 0; look < 5; ++look) {
    if (look > 0) usleep(300'000);
    crew.run(Order::tally, "comparing");
    out.sums = crew.sums();
    if (out.sums.uneven == 0 && out.sums.missing == 0) break;
  }
  out.sums.sent -= before.sent;
  out.sums.compressed -= before.compressed;
  return out;
}

bool gather(Crew& crew, Report& report) {
  Meter meter(crew);
  const bool came = crew.run(Order::connect, "connecting");
  meter.stop();
  crew.settle();
  const Sums sum = crew.sums();
  report.add("connections", sum.open);
  report.add("connect_seconds", meter.seconds(), 2);
  if (crew.plan().server_pid > 0)
    report.add("server_cpu_us_per_connect",
               meter.cpu() * 1e6 / static_cast<double>(std::max<uint64_t>(1, sum.open)), 1);
  report.add("attempts_that_failed", sum.retried);
  if (crew.plan().deflate) report.add("connections_with_deflate", sum.compressing);
  if (came && sum.open == crew.plan().connections()) return true;
  report.fault(fmt::format("{} of {} connections came about", sum.open, crew.plan().connections()));
  return false;
}

void check_delivery(const Stretch& said, Report& report) {
  if (!said.complete) report.fault("not everybody had everything when nothing came any more");
  report.must_be_zero("missing", said.sums.missing);
  report.must_be_zero("uneven", said.sums.uneven);
  report.must_be_zero("refused", said.sums.refused);
  report.must_be_zero("unsent", said.sums.unsent);
  report.must_be_zero("closed", said.sums.closed);
}

void check_order(const Crew& crew, Report& report) {
  const Sums sum = crew.sums();
  report.must_be_zero("lost", sum.lost);
  report.must_be_zero("doubled", sum.doubled);
  report.must_be_zero("reordered", sum.reordered);
  report.must_be_zero("differing", sum.differing);
  report.must_be_zero("broken", sum.broken);
}

void add_times(const Crew& crew, Report& report) {
  const auto add = [&](std::string_view name, Histogram Tally::* which) {
    const auto times = crew.times(which);
    report.add(fmt::format("{}_p50_ms", name), times->percentile_ms(0.5), 3);
    report.add(fmt::format("{}_p99_ms", name), times->percentile_ms(0.99), 3);
  };
  add("first_receiver", &Tally::first);
  add("last_receiver", &Tally::last);
  add("all_receivers", &Tally::all);
}

}  // namespace strims::load
