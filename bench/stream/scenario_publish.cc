#include <fmt/format.h>

#include <fstream>
#include <memory>
#include <optional>
#include <vector>

#include "bench/stream/cost_meter.h"
#include "bench/stream/epoll_set.h"
#include "bench/stream/progress.h"
#include "bench/stream/publisher.h"
#include "bench/stream/scenarios.h"
#include "load/now.h"

namespace strims::stream_load {
namespace {

constexpr int kTickMs = 4;
// For the server to read what was said last.
constexpr int64_t kGoodbyeUs = 300'000;

std::vector<std::string> names_of(const Plan& plan) {
  std::vector<std::string> out;
  std::ifstream in(plan.publish.names);
  for (std::string line; out.size() < plan.publish.publishers && std::getline(in, line);)
    if (!line.empty()) out.push_back(line);
  return out;
}

int64_t us(double seconds) {
  return static_cast<int64_t>(seconds * 1e6);
}

class Publishers {
 public:
  Publishers(const Plan& plan, const FlvFile& file, const std::vector<std::string>& names)
      : plan_(plan) {
    for (const std::string& name : names)
      publishers_.push_back(std::make_unique<Publisher>(file, name, tally_));
  }

  void run_for(int64_t length_us, const char* what) {
    const int64_t until = load::now_us() + length_us;
    for (int64_t now = load::now_us(); now < until; now = load::now_us()) {
      tick(kTickMs);
      if (progress_.due(now)) show(what);
    }
  }
  void tick(int wait_ms) {
    epoll_.wait(wait_ms, [&](size_t i) { publishers_[i]->on_event(load::now_us()); });
    for (const auto& publisher : publishers_) publisher->send_due(load::now_us());
  }
  void connect_next() {
    if (next_ == publishers_.size()) return;
    Publisher& publisher = *publishers_[next_];
    if (publisher.connect(plan_.port, plan_.publish.app)) epoll_.add(publisher.fd(), next_);
    ++next_;
  }
  void stop() {
    for (const auto& publisher : publishers_) publisher->stop();
    const int64_t until = load::now_us() + kGoodbyeUs;
    while (load::now_us() < until) epoll_.wait(kTickMs, [](size_t) {});
    for (const auto& publisher : publishers_) publisher->close();
  }
  uint64_t publishing() const {
    uint64_t count = 0;
    for (const auto& publisher : publishers_)
      count += publisher->state() == Publisher::State::publishing ? 1 : 0;
    return count;
  }
  size_t size() const { return publishers_.size(); }
  PublishTally& tally() { return tally_; }

 private:
  void show(const char* what) {
    const auto bytes = static_cast<double>(tally_.bytes - shown_bytes_);
    shown_bytes_ = tally_.bytes;
    progress_.show(fmt::format("{}: {} of {} publish, refused {}, dropped {}, {:.1f} Mb/s", what,
                               publishing(), publishers_.size(), tally_.refused,
                               tally_.dropped + tally_.choked,
                               bytes * 8 / 1e6 / progress_.seconds()));
  }

  const Plan& plan_;
  PublishTally tally_;
  EpollSet epoll_;
  Progress progress_;
  std::vector<std::unique_ptr<Publisher>> publishers_;
  size_t next_ = 0;
  uint64_t shown_bytes_ = 0;
};

void add_figures(Publishers& publishers, const CostMeter& cost, uint64_t bytes,
                 load::Report& report) {
  PublishTally& tally = publishers.tally();
  const uint64_t publishing = publishers.publishing();
  report.add("publishing", publishing);
  cost.add_to(report);
  if (cost.knows_server() && publishing > 0)
    report.add("cpu_percent_per_stream",
               cost.server_cores() * 100 / static_cast<double>(publishing), 4);
  report.add("bytes", bytes);
  report.add("megabits_per_second", static_cast<double>(bytes) * 8 / 1e6 / cost.seconds(), 1);
  report.add("late_p50_ms", tally.late.percentile_ms(0.5), 2);
  report.add("late_p99_ms", tally.late.percentile_ms(0.99), 2);
  report.add("late_most_ms", tally.late.percentile_ms(1), 2);
  report.must_be_zero("failed", tally.failed);
  report.must_be_zero("refused", tally.refused);
  report.must_be_zero("dropped", tally.dropped);
  report.must_be_zero("choked", tally.choked);
  if (!tally.trouble.empty()) report.fault(tally.trouble);
}

}  // namespace

void run_publish(const Plan& plan, load::Report& report) {
  const auto file = FlvFile::read(plan.publish.file);
  if (!file) return report.fault(file.error().detail);
  const std::vector<std::string> names = names_of(plan);
  report.add("publishers", plan.publish.publishers);
  if (names.size() < plan.publish.publishers)
    return report.fault(fmt::format("{} names only", names.size()));

  const auto publishers = std::make_unique<Publishers>(plan, *file, names);
  for (size_t i = 0; i < names.size(); ++i) {
    publishers->connect_next();
    publishers->run_for(us(plan.ramp) / static_cast<int64_t>(names.size()), "coming");
  }
  publishers->run_for(us(plan.warmup), "warming up");
  const uint64_t before = publishers->tally().bytes;
  publishers->tally().late.clear();
  CostMeter cost(plan.server_pids);
  publishers->run_for(us(plan.seconds), "publishing");
  cost.stop();
  add_figures(*publishers, cost, publishers->tally().bytes - before, report);
  publishers->stop();
}

}  // namespace strims::stream_load
