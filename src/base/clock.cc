#include "base/clock.h"

#include <time.h>

#include <algorithm>
#include <chrono>

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

// Appends `n` digits.
void put_digits(std::string& out, int64_t value, int n) {
  char text[4];
  for (int i = n; i > 0; --i, value /= 10) text[i - 1] = static_cast<char>('0' + value % 10);
  out.append(text, static_cast<size_t>(n));
}

// "2026-01-02T03:04:05" with `between` for the T. What lies outside the years 0 to 9999 is shown as
// their first or last moment.
std::string date_and_time(TimeMs t, char between) {
  namespace ch = std::chrono;
  constexpr TimeMs kFirst = -62'167'219'200'000, kLast = 253'402'300'799'999;
  const ch::sys_time<ch::milliseconds> at{ch::milliseconds(std::clamp(t, kFirst, kLast))};
  const auto day = ch::floor<ch::days>(at);
  const ch::year_month_day date(day);
  const int64_t second = ch::floor<ch::seconds>(at - day).count();
  std::string out;
  out.reserve(sizeof "2026-01-02T03:04:05.678Z");
  put_digits(out, int{date.year()}, 4);
  out += '-';
  put_digits(out, unsigned{date.month()}, 2);
  out += '-';
  put_digits(out, unsigned{date.day()}, 2);
  out += between;
  put_digits(out, second / 3600, 2);
  out += ':';
  put_digits(out, second / 60 % 60, 2);
  out += ':';
  put_digits(out, second % 60, 2);
  return out;
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
  std::string out = date_and_time(t, 'T');
  out += 'Z';
  return out;
}

std::string format_rfc3339_ms(TimeMs t) {
  std::string out = date_and_time(t, 'T');
  out += '.';
  put_digits(out, ((t % 1000) + 1000) % 1000, 3);
  out += 'Z';
  return out;
}

std::string format_sql_utc(TimeMs t) {
  return date_and_time(t, ' ');
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
