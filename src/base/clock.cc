#include "base/clock.h"

#include <fmt/core.h>
#include <time.h>

namespace strims {
namespace {

class SystemClock final : public Clock {
 public:
  TimeMs wall_ms() const override { return read(CLOCK_REALTIME) / 1'000'000; }
  MonoMs mono_ms() const override { return read(CLOCK_MONOTONIC) / 1'000'000; }
  static int64_t read(clockid_t id) {
    timespec ts{};
    clock_gettime(id, &ts);
    return int64_t{ts.tv_sec} * 1'000'000'000 + ts.tv_nsec;
  }
};

tm utc(TimeMs t) {
  time_t seconds = t / 1000 - (t % 1000 < 0 ? 1 : 0);
  tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

int days_in_month(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// Reads exactly `n` digits at `pos` and moves past them; -1 when they are not there.
int digits(std::string_view text, size_t& pos, int n) {
  int value = 0;
  for (int i = 0; i < n; ++i, ++pos) {
    if (pos >= text.size() || text[pos] < '0' || text[pos] > '9') return -1;
    value = value * 10 + (text[pos] - '0');
  }
  return value;
}

bool literal(std::string_view text, size_t& pos, char c) {
  if (pos >= text.size() || text[pos] != c) return false;
  ++pos;
  return true;
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

int64_t mono_ns() {
  return SystemClock::read(CLOCK_MONOTONIC);
}

std::string format_rfc3339(TimeMs t) {
  const tm p = utc(t);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", p.tm_year + 1900, p.tm_mon + 1,
                     p.tm_mday, p.tm_hour, p.tm_min, p.tm_sec);
}

std::string format_rfc3339_ms(TimeMs t) {
  const tm p = utc(t);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", p.tm_year + 1900, p.tm_mon + 1,
                     p.tm_mday, p.tm_hour, p.tm_min, p.tm_sec, ((t % 1000) + 1000) % 1000);
}

std::string format_sql_utc(TimeMs t) {
  const tm p = utc(t);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", p.tm_year + 1900, p.tm_mon + 1,
                     p.tm_mday, p.tm_hour, p.tm_min, p.tm_sec);
}

Result<TimeMs> parse_rfc3339(std::string_view text) {
  const auto bad = [] { return fail(Errc::invalid, "invalid", "not an RFC 3339 time"); };
  size_t pos = 0;
  tm parts{};
  const int year = digits(text, pos, 4);
  if (year < 0 || !literal(text, pos, '-')) return bad();
  const int month = digits(text, pos, 2);
  if (month < 1 || month > 12 || !literal(text, pos, '-')) return bad();
  const int day = digits(text, pos, 2);
  if (day < 1 || day > days_in_month(year, month)) return bad();
  if (!literal(text, pos, 'T') && !literal(text, pos, 't') && !literal(text, pos, ' '))
    return bad();
  const int hour = digits(text, pos, 2);
  if (hour < 0 || hour > 23 || !literal(text, pos, ':')) return bad();
  const int minute = digits(text, pos, 2);
  if (minute < 0 || minute > 59 || !literal(text, pos, ':')) return bad();
  const int second = digits(text, pos, 2);
  if (second < 0 || second > 60) return bad();
  int ms = 0;
  if (literal(text, pos, '.')) {
    int scale = 100;
    bool any = false;
    while (pos < text.size() && text[pos] >= '0' && text[pos] <= '9') {
      ms += (text[pos++] - '0') * scale;
      scale /= 10;
      any = true;
    }
    if (!any) return bad();
  }
  int offset_s = 0;
  if (!literal(text, pos, 'Z') && !literal(text, pos, 'z')) {
    if (pos >= text.size() || (text[pos] != '+' && text[pos] != '-')) return bad();
    const int sign = text[pos++] == '-' ? -1 : 1;
    const int oh = digits(text, pos, 2);
    if (oh < 0 || oh > 23 || !literal(text, pos, ':')) return bad();
    const int om = digits(text, pos, 2);
    if (om < 0 || om > 59) return bad();
    offset_s = sign * (oh * 3600 + om * 60);
  }
  if (pos != text.size()) return bad();
  parts.tm_year = year - 1900;
  parts.tm_mon = month - 1;
  parts.tm_mday = day;
  parts.tm_hour = hour;
  parts.tm_min = minute;
  parts.tm_sec = second;
  return (int64_t{timegm(&parts)} - offset_s) * 1000 + ms;
}

}  // namespace strims
