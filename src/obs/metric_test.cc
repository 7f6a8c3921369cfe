#include "obs/metric.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <regex>
#include <sstream>
#include <thread>

#include "base/clock.h"
#include "obs/health.h"

namespace strims::obs {
namespace {

// A strict reader of the text format: series → value, and what a family must look like.
struct Parsed {
  std::map<std::string, double> series;  // "name{labels}" as written
  std::map<std::string, std::string> types;
  std::vector<std::string> order;
};

Parsed parse(const std::string& text) {
  static const std::regex kComment(R"(# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*))");
  static const std::regex kSample(
      R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)*\})? ([0-9eE.+-]+|NaN|\+Inf|-Inf))");
  Parsed out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    std::smatch m;
    if (line.starts_with('#')) {
      EXPECT_TRUE(std::regex_match(line, m, kComment)) << line;
      if (m[1] == "TYPE") {
        EXPECT_TRUE(out.types.emplace(m[2], m[3]).second) << "two families " << m[2];
        out.order.push_back(m[2]);
      }
      continue;
    }
    EXPECT_TRUE(std::regex_match(line, m, kSample)) << line;
    const std::string key = m[1].str() + m[2].str();
    EXPECT_TRUE(out.series.emplace(key, std::strtod(m[5].str().c_str(), nullptr)).second)
        << "two series " << key;
  }
  EXPECT_TRUE(text.ends_with('\n'));
  return out;
}

TEST(Metric, CountersSumOverLivingAndEndedThreads) {
  Counter& c = counter("t_sum_total", "A sum");
  c.inc();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&c] {
        for (int i = 0; i < 10'000; ++i) c.inc();
        c.inc(5);
      });
    // Scrapes while they count, for the race detector.
    for (int i = 0; i < 5; ++i) EXPECT_LE(c.value(), 40'021u);
  }
  EXPECT_EQ(c.value(), 40'021u);
  EXPECT_EQ(parse(exposition()).series.at("t_sum_total"), 40'021);
}

TEST(Metric, TheSameNameAndLabelsAreTheSameObject) {
  EXPECT_EQ(&counter("t_same_total", "x"), &counter("t_same_total", "x"));
  EXPECT_NE(&counter("t_same_total", "x", {{"a", "1"}}), &counter("t_same_total", "x"));
  EXPECT_EQ(&counter("t_same_total", "x", {{"a", "1"}}),
            &counter("t_same_total", "x", {{"a", "1"}}));
}

TEST(Metric, GaugesGoUpAndDown) {
  Gauge& g = gauge("t_gauge", "A gauge");
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&g] {
        for (int i = 0; i < 1000; ++i) {
          g.add(2);
          g.sub(1);
        }
      });
  }
  EXPECT_EQ(g.value(), 4000);
  g.set(-1.5);
  EXPECT_EQ(parse(exposition()).series.at("t_gauge"), -1.5);
}

TEST(Metric, HistogramBucketsAreCumulativeAndIncludeTheirBound) {
  const double bounds[] = {0.1, 1, 10};
  Histogram& h = histogram("t_seconds", "A histogram", bounds, {{"route", "/x"}});
  for (const double v : {0.05, 0.1, 0.5, 1.0, 9.0, 11.0, 1e9}) h.observe(v);
  std::jthread([&h] { h.observe(0.5); }).join();
  EXPECT_EQ(h.counts(), (std::vector<uint64_t>{2, 3, 1, 2}));
  const auto series = parse(exposition()).series;
  EXPECT_EQ(series.at(R"(t_seconds_bucket{route="/x",le="0.1"})"), 2);
  EXPECT_EQ(series.at(R"(t_seconds_bucket{route="/x",le="1"})"), 5);
  EXPECT_EQ(series.at(R"(t_seconds_bucket{route="/x",le="10"})"), 6);
  EXPECT_EQ(series.at(R"(t_seconds_bucket{route="/x",le="+Inf"})"), 8);
  EXPECT_EQ(series.at(R"(t_seconds_count{route="/x"})"), 8);
  EXPECT_NEAR(series.at(R"(t_seconds_sum{route="/x"})"), 1e9 + 22.15, 1);
}

TEST(Metric, ASumOfFractionsSurvivesTheEndOfItsThread) {
  Histogram& h = histogram("t_fraction_seconds", "x", fast_seconds());
  std::jthread([&h] {
    for (int i = 0; i < 4; ++i) h.observe(0.25);
  }).join();
  h.observe(0.5);
  EXPECT_DOUBLE_EQ(h.sum(), 1.5);
}

TEST(Metric, LabelValuesAreEscaped) {
  counter("t_escape_total", "x", {{"path", "a\"b\\c\nd"}}).inc();
  EXPECT_EQ(parse(exposition()).series.at(R"(t_escape_total{path="a\"b\\c\nd"})"), 1);
}

TEST(Metric, SampledGaugesAreAskedUntilTheirHandleGoes) {
  double depth = 3;
  {
    const auto handle = sampled_gauge("t_depth", "x", [&] { return depth; }, {{"lane", "db"}});
    EXPECT_EQ(parse(exposition()).series.at(R"(t_depth{lane="db"})"), 3);
    depth = 4;
    EXPECT_EQ(parse(exposition()).series.at(R"(t_depth{lane="db"})"), 4);
    auto newer = sampled_gauge("t_depth", "x", [] { return 9.0; }, {{"lane", "db"}});
    EXPECT_EQ(parse(exposition()).series.at(R"(t_depth{lane="db"})"), 9);
    SampledGauge moved = std::move(newer);
    newer = SampledGauge();
    EXPECT_EQ(parse(exposition()).series.at(R"(t_depth{lane="db"})"), 9);
  }
  EXPECT_FALSE(parse(exposition()).series.contains(R"(t_depth{lane="db"})"));
}

TEST(Metric, TheProcessAndTheBuildAreShown) {
  const Parsed p = parse(exposition());
  EXPECT_GT(p.series.at("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(p.series.at("process_start_time_seconds"), 1.7e9);
  EXPECT_GE(p.series.at("process_threads"), 1);
  EXPECT_EQ(p.types.at("process_cpu_seconds_total"), "counter");
  EXPECT_EQ(p.types.at("strims_build_info"), "gauge");
  EXPECT_TRUE(std::ranges::is_sorted(p.order));
  EXPECT_FALSE(build_info().version.empty());
}

TEST(Metric, TooManySeriesAreDroppedNotGrown) {
  for (int i = 0; i < 3000; ++i) counter("t_many_total", "x", {{"i", std::to_string(i)}}).inc();
  const auto p = parse(exposition());
  EXPECT_LT(p.series.size(), 2500u);
  EXPECT_EQ(p.series.at(R"(t_many_total{i="0"})"), 1);
  // The nameless ones still count without harm.
  histogram("t_late_seconds", "x").observe(1);
  gauge("t_late", "x").set(1);
  EXPECT_EQ(counter("t_sum_total", "A sum").value(), counter("t_sum_total", "A sum").value());
}

TEST(MetricDeathTest, MisuseStopsTheProgram) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        counter("t_kind_total", "x");
        gauge("t_kind_total", "x");
      },
      "different types");
  EXPECT_DEATH(counter("not a name", "x"), "not a metric name");
  EXPECT_DEATH(counter("t_label_total", "x", {{"a-b", ""}}), "not a label name");
}

TEST(Metric, AnIncrementIsCheap) {
  Counter& c = counter("t_cheap_total", "x");
  const int64_t start = mono_ns();
  for (int i = 0; i < 1'000'000; ++i) c.inc();
  const double ns = static_cast<double>(mono_ns() - start) / 1e6;
  RecordProperty("ns_per_inc", std::to_string(ns));
  EXPECT_LT(ns, 500);  // far from the ~1 ns of a release build, near enough to notice a lock
}

}  // namespace
}  // namespace strims::obs
