// Time, injectable. TimeMs is wall time in milliseconds since the Unix epoch; MonoMs is monotonic
// and only good for differences. Domain code takes `const Clock&` so that tests and simulation can
// set the time.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace strims {

using TimeMs = int64_t;
using MonoMs = int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimeMs wall_ms() const = 0;
  virtual MonoMs mono_ms() const = 0;
};

// The machine's clocks. Thread-safe.
const Clock& system_clock();
// Monotonic nanoseconds, for histograms.
int64_t mono_ns();

// Stands still until told otherwise. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimeMs wall = 1'760'000'000'000) : wall_(wall) {}
  TimeMs wall_ms() const override { return wall_.load(); }
  MonoMs mono_ms() const override { return mono_.load(); }
  void advance(int64_t ms) {
    wall_ += ms;
    mono_ += ms;
  }

 private:
  std::atomic<TimeMs> wall_;
  std::atomic<MonoMs> mono_{1'000'000};
};

// "2026-01-02T03:04:05Z" (RFC 3339, UTC, whole seconds).
std::string format_rfc3339(TimeMs t);
// "2026-01-02T03:04:05.678Z".
std::string format_rfc3339_ms(TimeMs t);
// "2026-01-02 03:04:05" (UTC), the form of the dgg ban record.
std::string format_sql_utc(TimeMs t);
// Accepts RFC 3339 with Z or an offset, with or without a fraction. Error: invalid/"invalid".
Result<TimeMs> parse_rfc3339(std::string_view text);

}  // namespace strims
