#include "base/clock.h"

#include <gtest/gtest.h>

namespace strims {
namespace {

TEST(Clock, Formats) {
  EXPECT_EQ(format_rfc3339(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339_ms(1'767'323'045'678), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(format_rfc3339(1'767'323'045'678), "2026-01-02T03:04:05Z");
  EXPECT_EQ(format_sql_utc(1'767'323'045'678), "2026-01-02 03:04:05");
  EXPECT_EQ(format_rfc3339_ms(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_rfc3339(INT64_MAX), "9999-12-31T23:59:59Z");
  EXPECT_EQ(format_rfc3339(INT64_MIN), "0000-01-01T00:00:00Z");
}

TEST(Clock, ParsesWhatItFormats) {
  for (const TimeMs t : {TimeMs{0}, TimeMs{1'767'323'045'678}, TimeMs{951'782'400'000},
                         TimeMs{253'402'300'799'999}, TimeMs{-1}})
    EXPECT_EQ(parse_rfc3339(format_rfc3339_ms(t)).value_or(-7), t);
}

TEST(Clock, ParsesOffsetsAndFractions) {
  const TimeMs t = 1'767'323'045'000;
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05Z").value_or(0), t);
  EXPECT_EQ(parse_rfc3339("2026-01-02t03:04:05z").value_or(0), t);
  EXPECT_EQ(parse_rfc3339("2026-01-02 05:04:05+02:00").value_or(0), t);
  EXPECT_EQ(parse_rfc3339("2026-01-01T23:34:05-03:30").value_or(0), t);
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05.1239Z").value_or(0), t + 123);
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05.1Z").value_or(0), t + 100);
  EXPECT_TRUE(parse_rfc3339("2024-02-29T00:00:00Z"));
  EXPECT_TRUE(parse_rfc3339("2016-12-31T23:59:60Z"));
}

TEST(Clock, RefusesWhatIsNoTime) {
  for (const std::string_view text : {"",
                                      "2026",
                                      "2026-01-02",
                                      "2026-01-02T03:04Z",
                                      "2026-01-02T03:04:05",
                                      "2026-13-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "1900-02-29T00:00:00Z",
                                      "2026-04-31T00:00:00Z",
                                      "2026-01-02T24:00:00Z",
                                      "2026-01-02T00:60:00Z",
                                      "2026-01-02T00:00:61Z",
                                      "2026-01-02T03:04:05.Z",
                                      "2026-01-02T03:04:05+0200",
                                      "2026-01-02T03:04:05+24:00",
                                      "2026-01-02T03:04:05Zx",
                                      "-026-01-02T03:04:05Z",
                                      "2026-1-02T03:04:05Z",
                                      " 2026-01-02T03:04:05Z"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Clock, ManualClockMovesOnlyWhenTold) {
  ManualClock clock(1000);
  const MonoMs before = clock.mono_ms();
  EXPECT_EQ(clock.wall_ms(), 1000);
  clock.advance(250);
  EXPECT_EQ(clock.wall_ms(), 1250);
  EXPECT_EQ(clock.mono_ms(), before + 250);
}

TEST(Clock, SystemClockGoesForward) {
  const MonoMs a = system_clock().mono_ms();
  const int64_t b = mono_ns();
  EXPECT_LE(a, system_clock().mono_ms());
  EXPECT_LE(b, mono_ns());
  EXPECT_GT(system_clock().wall_ms(), 1'700'000'000'000);
}

}  // namespace
}  // namespace strims
