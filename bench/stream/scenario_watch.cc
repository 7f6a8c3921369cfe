#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "bench/stream/cost_meter.h"
#include "bench/stream/epoll_set.h"
#include "bench/stream/progress.h"
#include "bench/stream/scenarios.h"
#include "bench/stream/viewer.h"
#include "load/now.h"

namespace strims::stream_load {
namespace {

constexpr int kTickMs = 100;

class Viewers {
 public:
  explicit Viewers(const Plan& plan) {
    for (size_t i = 0; i < plan.watch.viewers; ++i)
      viewers_.push_back(std::make_unique<Viewer>(epoll_, i, plan, tally_));
  }

  void run_for(double seconds, const char* what) {
    const int64_t until = load::now_us() + static_cast<int64_t>(seconds * 1e6);
    for (int64_t now = load::now_us(); now < until; now = load::now_us()) {
      const int64_t left_ms = (until - now) / 1000 + 1;
      epoll_.wait(static_cast<int>(std::min<int64_t>(kTickMs, left_ms)), [&](size_t token) {
        viewers_[token / 2]->on_event(token % 2 == 1, load::now_us());
      });
      for (const auto& viewer : viewers_) viewer->tick(now);
      if (progress_.due(now)) show(what);
    }
  }
  void start_next() { viewers_[next_++]->start(); }
  void begin_window() {
    window_ = tally_;
    tally_.part_latency.clear();
    tally_.playlist_latency.clear();
  }
  uint64_t playing() const {
    return static_cast<uint64_t>(
        std::ranges::count_if(viewers_, [](const auto& viewer) { return viewer->plays(); }));
  }
  void add_figures(const CostMeter& cost, load::Report& report) const;

 private:
  void show(const char* what) {
    progress_.show(fmt::format(
        "{}: {} of {} play, errors {}, stalls {}, {:.0f} requests/s, {:.1f} Mb/s", what, playing(),
        viewers_.size(), tally_.errors, tally_.stalls,
        static_cast<double>(tally_.requests - shown_requests_) / progress_.seconds(),
        static_cast<double>(tally_.bytes - shown_bytes_) * 8 / 1e6 / progress_.seconds()));
    shown_requests_ = tally_.requests;
    shown_bytes_ = tally_.bytes;
  }

  WatchTally tally_;
  WatchTally window_;  // as it was when it began
  EpollSet epoll_;
  Progress progress_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  size_t next_ = 0;
  uint64_t shown_requests_ = 0, shown_bytes_ = 0;
};

// Errors and stalls of the whole run count, the rest is of the window.
void Viewers::add_figures(const CostMeter& cost, load::Report& report) const {
  cost.add_to(report);
  const uint64_t requests = tally_.requests - window_.requests;
  report.add("playing", playing());
  report.add("requests", requests);
  report.add("requests_per_second", static_cast<double>(requests) / cost.seconds(), 1);
  report.add("megabits_per_second",
             static_cast<double>(tally_.bytes - window_.bytes) * 8 / 1e6 / cost.seconds(), 1);
  report.add("parts", tally_.parts - window_.parts);
  const auto times = [&](std::string_view name, const load::Histogram& histogram) {
    report.add(fmt::format("{}_p50_ms", name), histogram.percentile_ms(0.5), 2);
    report.add(fmt::format("{}_p99_ms", name), histogram.percentile_ms(0.99), 2);
    report.add(fmt::format("{}_most_ms", name), histogram.percentile_ms(1), 2);
  };
  times("playlist_latency", tally_.playlist_latency);
  times("part_latency", tally_.part_latency);
  uint64_t renewals = 0;
  for (const auto& viewer : viewers_) renewals += viewer->renewals();
  report.add("connections_renewed", renewals);
  report.add("all_requests", tally_.requests);
  report.add("stalled_ms", static_cast<double>(tally_.stalled_us) / 1000, 1);
  report.must_be_zero("errors", tally_.errors);
  report.must_be_zero("skipped", tally_.skipped);
  report.must_be_zero("stalls", tally_.stalls);
  if (!tally_.trouble.empty()) report.fault(tally_.trouble);
  if (tally_.parts == window_.parts) report.fault("no part came");
}

}  // namespace

void run_watch(const Plan& plan, load::Report& report) {
  report.add("viewers", plan.watch.viewers);
  const auto viewers = std::make_unique<Viewers>(plan);
  for (size_t i = 0; i < plan.watch.viewers; ++i) {
    viewers->start_next();
    viewers->run_for(plan.ramp / static_cast<double>(plan.watch.viewers), "coming");
  }
  viewers->run_for(plan.warmup, "warming up");
  viewers->begin_window();
  CostMeter cost(plan.server_pids);
  viewers->run_for(plan.seconds, "watching");
  cost.stop();
  viewers->add_figures(cost, report);
}

}  // namespace strims::stream_load
