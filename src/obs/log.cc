#include "obs/log.h"

#include <pthread.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "base/clock.h"

namespace strims::obs {
namespace {

std::atomic<Level> g_level{Level::info};
std::atomic<uint64_t> g_dropped{0};
thread_local char t_name[16] = "";
thread_local std::string_view t_request_id;

std::string_view thread_name() {
  if (t_name[0] == '\0' && pthread_getname_np(pthread_self(), t_name, sizeof t_name) != 0)
    std::strcpy(t_name, "?");
  return t_name;
}

// The line is complete before it is queued; only the line feed is added.
class PlainLine final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& msg, spdlog::memory_buf_t& out) override {
    out.append(msg.payload.data(), msg.payload.data() + msg.payload.size());
    out.push_back('\n');
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<PlainLine>();
  }
};

// Runs on the background thread only: passes lines on, flushes each and reports what the queue
// lost.
class ReportingSink final : public spdlog::sinks::sink {
 public:
  ReportingSink(std::shared_ptr<spdlog::sinks::sink> inner, spdlog::details::thread_pool& pool)
      : inner_(std::move(inner)), pool_(pool) {
    inner_->set_formatter(std::make_unique<PlainLine>());
  }
  void log(const spdlog::details::log_msg& msg) override {
    struct Count {  // also when the disk is full and the sink throws
      std::atomic<uint64_t>& lines;
      ~Count() { lines.fetch_add(1, std::memory_order_release); }
    } count{written_};
    report();
    inner_->log(msg);
    inner_->flush();
  }
  void flush() override { inner_->flush(); }
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

  uint64_t written() const { return written_.load(std::memory_order_acquire); }

 private:
  void report() {
    const size_t lost = pool_.overrun_counter();
    if (lost == reported_) return;
    const size_t fresh = lost - reported_;
    reported_ = lost;
    g_dropped.fetch_add(fresh, std::memory_order_relaxed);
    const std::string line = format_log_line(system_clock().wall_ms(), Level::warn, "log.dropped",
                                             "log", {}, {{"lines", fresh}, {"total", lost}});
    inner_->log(spdlog::details::log_msg("", spdlog::level::warn, line));
  }

  std::shared_ptr<spdlog::sinks::sink> inner_;
  spdlog::details::thread_pool& pool_;
  size_t reported_ = 0;
  std::atomic<uint64_t> written_{0};
};

// One opened log. The pool goes last: its destructor writes what is queued and joins the thread.
struct Output {
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<ReportingSink> sink;
  std::shared_ptr<spdlog::async_logger> logger;
  std::atomic<uint64_t> submitted{0};

  ~Output() {
    logger.reset();
    pool.reset();
  }
};

std::mutex g_output_mutex;
std::shared_ptr<Output>& output_slot() {
  static auto* slot = new std::shared_ptr<Output>();  // outlives every static that logs
  return *slot;
}
std::shared_ptr<Output> current_output() {
  const std::lock_guard lock(g_output_mutex);
  return output_slot();
}
std::shared_ptr<Output> exchange_output(std::shared_ptr<Output> next) {
  const std::lock_guard lock(g_output_mutex);
  output_slot().swap(next);
  return next;
}

std::shared_ptr<spdlog::sinks::sink> open_sink(const LogOptions& options) {
  if (options.file.empty()) return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  if (options.rotate_bytes == 0)
    return std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
  return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(options.file, options.rotate_bytes,
                                                                options.rotate_files);
}

void drain(Output& output) {
  const uint64_t goal = output.submitted.load();
  for (int i = 0; i < 5000; ++i) {
    if (output.sink->written() + output.pool->overrun_counter() >= goal) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void write_plainly(std::string line) {
  line += '\n';
  [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

Result<void> log_start(const LogOptions& options) {
  try {
    auto output = std::make_shared<Output>();
    output->pool = std::make_shared<spdlog::details::thread_pool>(
        std::max<size_t>(options.queue_lines, 16), 1, [] { name_thread("log"); });
    output->sink = std::make_shared<ReportingSink>(open_sink(options), *output->pool);
    output->logger = std::make_shared<spdlog::async_logger>(
        "strims", output->sink, output->pool, spdlog::async_overflow_policy::overrun_oldest);
    output->logger->set_level(spdlog::level::trace);
    g_level = options.level;
    exchange_output(std::move(output));
    return {};
  } catch (const std::exception& e) {
    return fail(Errc::invalid, "log_file", e.what());
  }
}

void log_stop() {
  const auto output = exchange_output(nullptr);
  if (output) drain(*output);
}

void log_flush() {
  if (const auto output = current_output()) drain(*output);
}

bool log_enabled(Level level) {
  return level >= g_level.load(std::memory_order_relaxed) && level != Level::off;
}
void log_set_level(Level level) {
  g_level.store(level, std::memory_order_relaxed);
}

void log(Level level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!log_enabled(level)) return;
  try {
    std::string line = format_log_line(system_clock().wall_ms(), level, event, thread_name(),
                                       t_request_id, fields);
    const auto output = current_output();
    if (!output) return write_plainly(std::move(line));
    output->submitted.fetch_add(1, std::memory_order_relaxed);
    output->logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  } catch (const std::exception&) {
    // Out of memory: a log line is not worth the process.
  }
}

uint64_t log_dropped_lines() {
  return g_dropped.load(std::memory_order_relaxed);
}

void name_thread(std::string_view name) {
  const size_t n = std::min(name.size(), sizeof t_name - 1);
  std::memcpy(t_name, name.data(), n);
  t_name[n] = '\0';
  pthread_setname_np(pthread_self(), t_name);
}

LogScope::LogScope(std::string_view request_id) : outer_(t_request_id) {
  t_request_id = request_id;
}
LogScope::~LogScope() {
  t_request_id = outer_;
}
std::string_view LogScope::current() {
  return t_request_id;
}

}  // namespace strims::obs
