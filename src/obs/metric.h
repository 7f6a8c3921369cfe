// Metrics for Prometheus. Register once, keep the reference, count for a nanosecond:
//
//   static Counter& sent = counter("strims_messages_sent_total", "Messages written to sockets");
//   sent.inc();
//
// Counters and histograms count in cells of the calling thread (no shared cache line, no locked
// instruction); a scrape sums the cells of all threads, and cells of ended threads are kept.
// Metrics live for ever: do not make label values from user input. At most kMaxCells cells and
// kMaxSeries series exist; a registration past that gets a nameless series that is not shown, and
// one log line says so. Registering the same name and labels again returns the same object; the
// same name with another type, a bad name or other buckets is a programming error and aborts.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strims::obs {

using Labels = std::vector<std::pair<std::string, std::string>>;

namespace detail {

inline constexpr size_t kMaxCells = 4096;  // 32 KiB per thread

struct CellBlock {
  std::atomic<uint64_t> cells[kMaxCells];
};

// The cells of this thread; null until its first count.
extern constinit thread_local CellBlock* tls_cells;
CellBlock* attach_thread();

inline CellBlock& my_cells() {
  CellBlock* block = tls_cells;
  if (block == nullptr) [[unlikely]]
    block = attach_thread();
  return *block;
}
// Only the owner writes, so load and store need not be one instruction.
inline void bump(std::atomic<uint64_t>& cell, uint64_t n) {
  cell.store(cell.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}
inline void bump_double(std::atomic<uint64_t>& cell, double n) {
  const double old = std::bit_cast<double>(cell.load(std::memory_order_relaxed));
  cell.store(std::bit_cast<uint64_t>(old + n), std::memory_order_relaxed);
}

}  // namespace detail

// Only goes up. Any thread.
class Counter {
 public:
  explicit Counter(uint32_t cell) : cell_(cell) {}
  void inc(uint64_t n = 1) { detail::bump(detail::my_cells().cells[cell_], n); }
  // Sum over all threads; takes a lock.
  uint64_t value() const;

 private:
  uint32_t cell_;
};

// Goes up and down. Any thread; one shared atomic, so for things that change less than ~1e5 times a
// second.
class Gauge {
 public:
  void set(double v) { value_.store(v, std::memory_order_relaxed); }
  void add(double n) { value_.fetch_add(n, std::memory_order_relaxed); }
  void sub(double n) { add(-n); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

// Counts observations (seconds, bytes) in fixed buckets `value <= bound`. Any thread.
class Histogram {
 public:
  Histogram(uint32_t first_cell, std::vector<double> bounds)
      : first_(first_cell), bounds_(std::move(bounds)) {}
  void observe(double v) {
    size_t i = 0;
    while (i < bounds_.size() && !(v <= bounds_[i])) ++i;
    auto* cells = &detail::my_cells().cells[first_];
    detail::bump(cells[i], 1);
    detail::bump_double(cells[bounds_.size() + 1], v);
  }
  const std::vector<double>& bounds() const { return bounds_; }
  // Observations of each bucket, not cumulative; the last is above every bound. Takes a lock.
  std::vector<uint64_t> counts() const;
  double sum() const;

 private:
  uint32_t first_;  // one cell per bucket, one past the last bound, one for the sum
  std::vector<double> bounds_;
};

// 1 ms to 10 s, for requests and commits; 10 us to 1 s, for what happens in memory.
std::span<const double> request_seconds();
std::span<const double> fast_seconds();

Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
Histogram& histogram(std::string_view name, std::string_view help,
                     std::span<const double> bounds = request_seconds(), const Labels& labels = {});

// A gauge that is asked on each scrape (the depth of a queue). `read` runs on the scraping thread
// and must be thread-safe; it may not register metrics. It is not called after the handle is gone:
// the handle's destruction waits for a running scrape. Of two handles with the same name and labels
// the newer one is shown.
class SampledGauge {
 public:
  SampledGauge() = default;
  SampledGauge(SampledGauge&& other) noexcept : id_(std::exchange(other.id_, 0)) {}
  SampledGauge& operator=(SampledGauge&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~SampledGauge();

 private:
  friend SampledGauge sampled_gauge(std::string_view, std::string_view, std::function<double()>,
                                    const Labels&);
  explicit SampledGauge(uint64_t id) : id_(id) {}
  uint64_t id_ = 0;
};
[[nodiscard]] SampledGauge sampled_gauge(std::string_view name, std::string_view help,
                                         std::function<double()> read, const Labels& labels = {});

// The Prometheus text format 0.0.4, families sorted by name, with process_* and strims_build_info.
// Any thread; cost: about a microsecond per series plus reading /proc/self.
std::string exposition();
inline constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace strims::obs
