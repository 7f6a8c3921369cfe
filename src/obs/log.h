// Structured log: one JSON object per line, written by one background thread.
//
//   log_info("listener.open", {{"address", "0.0.0.0:8080"}, {"shard", 0}});
//   {"ts":"2026-01-02T03:04:05.678Z","level":"info","event":"listener.open","thread":"main","address":...}
//
// The queue is bounded: when writing falls behind, the oldest waiting lines are dropped, counted
// (`log_dropped_lines`) and the loss is reported by a line of its own ("log.dropped"). Logging
// therefore never blocks a shard. Before log_start() and after log_stop() lines go straight to
// standard error. Never pass secrets (passwords, tokens, cookies, keys): nothing is masked here.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"

namespace strims::obs {

enum class Level : uint8_t { debug, info, warn, error, off };

std::string_view to_string(Level level);  // "debug", "info", "warn", "error", "off"
std::optional<Level> parse_level(std::string_view word);

// A member of the line. The key is a literal in snake_case; the views must live until log()
// returns.
struct LogField {
  std::string_view key;
  std::variant<std::string_view, int64_t, uint64_t, double, bool> value;

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, std::floating_point auto v)
      : key(k), value(static_cast<double>(v)) {}
  LogField(std::string_view k, std::signed_integral auto v)
      : key(k), value(static_cast<int64_t>(v)) {}
  LogField(std::string_view k, std::unsigned_integral auto v)
      : key(k), value(static_cast<uint64_t>(v)) {}
};

struct LogOptions {
  Level level = Level::info;
  std::string file;                        // empty: standard error
  size_t rotate_bytes = 64 * 1024 * 1024;  // a file that would pass this is rotated
  size_t rotate_files = 5;                 // old files kept: name.1.log, name.2.log, ...
  size_t queue_lines = 8192;               // bound of the queue
};

// Opens the sink and starts the background thread; a second call replaces the first. Errors:
// invalid/ "log_file" when the file cannot be opened. Call it on the main thread.
Result<void> log_start(const LogOptions& options);
// Writes what is queued and ends the background thread. Lines logged later go to standard error.
void log_stop();
// Waits until every line logged so far is written. For tests and for the last words before an exit.
void log_flush();

// Any thread. Whether a line of this level would be written: one relaxed load.
bool log_enabled(Level level);
void log_set_level(Level level);

// Any thread; never blocks on I/O after log_start(). A line is cut at 8 KiB of field text.
void log(Level level, std::string_view event, std::initializer_list<LogField> fields = {});
inline void log_debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
  if (log_enabled(Level::debug)) log(Level::debug, event, fields);
}
inline void log_info(std::string_view event, std::initializer_list<LogField> fields = {}) {
  if (log_enabled(Level::info)) log(Level::info, event, fields);
}
inline void log_warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
  if (log_enabled(Level::warn)) log(Level::warn, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> fields = {}) {
  if (log_enabled(Level::error)) log(Level::error, event, fields);
}

// Lines lost to a full queue since the start of the process.
uint64_t log_dropped_lines();

// Names the calling thread in its log lines and in the kernel's thread list (15 characters).
void name_thread(std::string_view name);

// While it lives, every line of this thread bears "request_id". Scopes nest; the innermost wins.
class LogScope {
 public:
  // `request_id` must outlive the scope.
  explicit LogScope(std::string_view request_id);
  ~LogScope();
  LogScope(const LogScope&) = delete;
  LogScope& operator=(const LogScope&) = delete;
  // The innermost request id of this thread, "" outside of any scope.
  static std::string_view current();

 private:
  std::string_view outer_;
};

// The line without its line feed, as log() would write it: the pure part, for tests and other
// sinks.
std::string format_log_line(int64_t wall_ms, Level level, std::string_view event,
                            std::string_view thread, std::string_view request_id,
                            std::initializer_list<LogField> fields);

}  // namespace strims::obs
