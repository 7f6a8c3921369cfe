#include "obs/metric.h"

#include <prometheus/check_names.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <tuple>

#include "obs/cells.h"
#include "obs/health.h"
#include "obs/log.h"
#include "obs/process_metrics.h"

namespace strims::obs {
namespace {

using prometheus::MetricType;

constexpr size_t kMaxSeries = 2048;
constexpr size_t kMaxBounds = detail::kSpillCells - 2;

// A mistake in the program, not in its input: say where and stop.
[[noreturn]] void misuse(std::string_view name, const char* what) {
  std::fprintf(stderr, "metric %.*s: %s\n", static_cast<int>(name.size()), name.data(), what);
  std::abort();
}

struct Sampled {
  uint64_t id;
  Labels labels;
  std::function<double()> read;
};

struct Family {
  MetricType type;
  std::string help;
  std::map<Labels, Counter> counters;
  std::map<Labels, Gauge> gauges;
  std::map<Labels, Histogram> histograms;
  std::vector<Sampled> sampled;  // guarded by the sample mutex, newest last
};

std::vector<prometheus::ClientMetric::Label> to_labels(const Labels& labels) {
  std::vector<prometheus::ClientMetric::Label> out;
  for (const auto& [name, value] : labels) out.push_back({name, value});
  return out;
}

prometheus::ClientMetric::Histogram snapshot(const Histogram& h) {
  prometheus::ClientMetric::Histogram out;
  const auto counts = h.counts();
  uint64_t total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    const double bound =
        i < h.bounds().size() ? h.bounds()[i] : std::numeric_limits<double>::infinity();
    out.bucket.push_back({total, bound});
  }
  out.sample_count = total;
  out.sample_sum = h.sum();
  return out;
}

// All series of the process, as prometheus-cpp collects them.
class Metrics final : public prometheus::Collectable {
 public:
  static Metrics& instance() {
    static auto* metrics = new Metrics();  // outlives every static that counts
    return *metrics;
  }

  Counter& counter(std::string_view name, std::string_view help, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    Family& family = open(name, help, labels, MetricType::Counter);
    if (const auto it = family.counters.find(labels); it != family.counters.end())
      return it->second;
    const auto cell = has_room() ? detail::allocate_cells(1, false) : std::nullopt;
    if (!cell) return spilled(name), spill_counter_;
    ++series_;
    return family.counters.try_emplace(labels, *cell).first->second;
  }

  Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    Family& family = open(name, help, labels, MetricType::Gauge);
    if (const auto it = family.gauges.find(labels); it != family.gauges.end()) return it->second;
    if (!has_room()) return spilled(name), spill_gauge_;
    ++series_;
    return family.gauges.try_emplace(labels).first->second;
  }

  Histogram& histogram(std::string_view name, std::string_view help, std::span<const double> bounds,
                       const Labels& labels) {
    const std::lock_guard lock(mutex_);
    if (bounds.size() > kMaxBounds || !std::is_sorted(bounds.begin(), bounds.end()))
      misuse(name, "bucket bounds must ascend and be few");
    Family& family = open(name, help, labels, MetricType::Histogram);
    if (const auto it = family.histograms.find(labels); it != family.histograms.end()) {
      if (!std::ranges::equal(it->second.bounds(), bounds))
        misuse(name, "registered twice with other buckets");
      return it->second;
    }
    const auto cell = has_room() ? detail::allocate_cells(bounds.size() + 2, true) : std::nullopt;
    if (!cell) return spilled(name), spill_histogram_;
    ++series_;
    return family.histograms
        .try_emplace(labels, *cell, std::vector<double>(bounds.begin(), bounds.end()))
        .first->second;
  }

  uint64_t add_sampled(std::string_view name, std::string_view help, std::function<double()> read,
                       const Labels& labels) {
    const std::lock_guard lock(mutex_);
    const std::lock_guard sample_lock(sample_mutex_);
    Family& family = open(name, help, labels, MetricType::Gauge);
    if (!has_room()) return spilled(name), 0;
    ++series_;
    family.sampled.push_back({++last_id_, labels, std::move(read)});
    return last_id_;
  }

  void remove_sampled(uint64_t id) {
    const std::lock_guard lock(mutex_);
    const std::lock_guard sample_lock(sample_mutex_);
    for (auto& [name, family] : families_)
      series_ -= std::erase_if(family.sampled, [&](const Sampled& s) { return s.id == id; });
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    // The order of the two mutexes is fixed; `read` may not register metrics (it would wait for
    // itself).
    const std::lock_guard lock(mutex_);
    const std::lock_guard sample_lock(sample_mutex_);
    std::vector<prometheus::MetricFamily> out;
    for (const auto& [name, family] : families_) {
      auto collected = collect(name, family);
      if (!collected.metric.empty()) out.push_back(std::move(collected));
    }
    return out;
  }

 private:
  Family& open(std::string_view name, std::string_view help, const Labels& labels,
               MetricType type) {
    if (!prometheus::CheckMetricName(std::string(name))) misuse(name, "not a metric name");
    for (const auto& [label, value] : labels)
      if (!prometheus::CheckLabelName(label)) misuse(name, "not a label name");
    if (help.find_first_of("\n\\") != std::string_view::npos)
      misuse(name, "help is one plain line");
    const auto [it, fresh] = families_.try_emplace(std::string(name));
    if (fresh) {
      it->second.type = type;
      it->second.help = help;
    } else if (it->second.type != type) {
      misuse(name, "registered twice with different types");
    }
    return it->second;
  }

  static prometheus::MetricFamily collect(const std::string& name, const Family& family) {
    prometheus::MetricFamily out{name, family.help, family.type, {}};
    const auto add = [&](const Labels& labels) -> prometheus::ClientMetric& {
      auto& metric = out.metric.emplace_back();
      metric.label = to_labels(labels);
      return metric;
    };
    for (const auto& [labels, c] : family.counters)
      add(labels).counter.value = static_cast<double>(c.value());
    for (const auto& [labels, g] : family.gauges) add(labels).gauge.value = g.value();
    for (const auto& [labels, h] : family.histograms) add(labels).histogram = snapshot(h);
    std::vector<const Labels*> done;
    for (auto s = family.sampled.rbegin(); s != family.sampled.rend(); ++s) {
      // Of two with the same labels the newer one counts.
      if (std::ranges::any_of(done, [&](const Labels* l) { return *l == s->labels; })) continue;
      if (family.gauges.contains(s->labels)) continue;
      done.push_back(&s->labels);
      add(s->labels).gauge.value = s->read();
    }
    return out;
  }

  bool has_room() const { return series_ < kMaxSeries; }
  void spilled(std::string_view name) {
    if (!std::exchange(said_full_, true)) log_error("metric.full", {{"name", name}});
  }

  mutable std::mutex mutex_;
  mutable std::mutex sample_mutex_;
  std::map<std::string, Family, std::less<>> families_;
  size_t series_ = 0;
  uint64_t last_id_ = 0;
  bool said_full_ = false;
  Counter spill_counter_{detail::kSpillFirst};
  Gauge spill_gauge_;
  Histogram spill_histogram_{detail::kSpillFirst + 1, {}};
};

}  // namespace

uint64_t Counter::value() const {
  return detail::sum_cell(cell_);
}

std::vector<uint64_t> Histogram::counts() const {
  std::vector<uint64_t> out;
  for (size_t i = 0; i <= bounds_.size(); ++i)
    out.push_back(detail::sum_cell(first_ + static_cast<uint32_t>(i)));
  return out;
}
double Histogram::sum() const {
  return detail::sum_double_cell(first_ + static_cast<uint32_t>(bounds_.size()) + 1);
}

std::span<const double> request_seconds() {
  static constexpr double kBounds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                       0.25,  0.5,    1,     2.5,  5,     10};
  return kBounds;
}
std::span<const double> fast_seconds() {
  static constexpr double kBounds[] = {0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001,
                                       0.0025,  0.005,    0.01,    0.05,   0.25,    1};
  return kBounds;
}

Counter& counter(std::string_view name, std::string_view help, const Labels& labels) {
  return Metrics::instance().counter(name, help, labels);
}
Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels) {
  return Metrics::instance().gauge(name, help, labels);
}
Histogram& histogram(std::string_view name, std::string_view help, std::span<const double> bounds,
                     const Labels& labels) {
  return Metrics::instance().histogram(name, help, bounds, labels);
}

SampledGauge::~SampledGauge() {
  if (id_ != 0) Metrics::instance().remove_sampled(id_);
}
SampledGauge sampled_gauge(std::string_view name, std::string_view help,
                           std::function<double()> read, const Labels& labels) {
  return SampledGauge(Metrics::instance().add_sampled(name, help, std::move(read), labels));
}

std::string exposition() {
  static Gauge& build = gauge("strims_build_info", "Always 1; the build is in the labels",
                              {{"version", std::string(build_info().version)},
                               {"commit", std::string(build_info().commit)},
                               {"compiler", std::string(build_info().compiler)}});
  build.set(1);
  auto families = Metrics::instance().Collect();
  for (const ProcessFigure& figure : process_figures()) {
    prometheus::ClientMetric metric;
    (figure.is_counter ? metric.counter.value : metric.gauge.value) = figure.value;
    families.push_back({std::string(figure.name),
                        std::string(figure.help),
                        figure.is_counter ? MetricType::Counter : MetricType::Gauge,
                        {metric}});
  }
  std::ranges::sort(families, {}, &prometheus::MetricFamily::name);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace strims::obs
