#include "chat/throttle.h"

#include <gtest/gtest.h>

#include <vector>

namespace strims::chat {
namespace {

constexpr MonoMs kStart = 1'000'000;

struct Step {
  int64_t at;    // ms since the start
  int64_t wait;  // what attempt() answers
};

void play(Throttle& throttle, const std::vector<Step>& steps, const ThrottleLimits& limits = {}) {
  for (const Step& step : steps)
    EXPECT_EQ(throttle.attempt(kStart + step.at, limits), step.wait) << "at " << step.at;
}

// chat-websocket 9.2.
TEST(Throttle, TheFirstMessagePasses) {
  Throttle throttle;
  play(throttle, {{0, 0}});
}

TEST(Throttle, AMessagePastTheBasePasses) {
  Throttle throttle;
  play(throttle, {{0, 0}, {301, 0}, {602, 0}, {903, 0}});
}

TEST(Throttle, AnAttemptWithinTheBaseDoublesTheDelay) {
  Throttle throttle;
  play(throttle, {{0, 0}, {300, 300}, {599, 1}, {600, 0}});
}

TEST(Throttle, RefusedAttemptsWithinTheBaseDoubleToo) {
  Throttle throttle;
  play(throttle, {{0, 0}, {100, 500}, {200, 1000}, {300, 2100}, {301, 2099}, {2399, 1}, {2400, 0}});
}

TEST(Throttle, TheDelayStaysAfterAnAcceptedMessage) {
  Throttle throttle;
  play(throttle, {{0, 0}, {100, 500}, {600, 0}, {901, 299}, {1200, 0}, {1501, 299}});
}

TEST(Throttle, QuietResetsTheDelay) {
  Throttle throttle;
  play(throttle, {{0, 0}, {100, 500}, {600, 0}, {300'600, 0}});  // just five minutes: not yet
  play(throttle, {{300'901, 299}, {301'200, 0}, {601'201, 0}, {601'502, 0}});
}

TEST(Throttle, SaturatesWhereTheOldServerWrapped) {
  Throttle throttle;
  const ThrottleLimits limits;
  ASSERT_EQ(throttle.attempt(kStart, limits), 0);
  for (int i = 0; i < 1000; ++i) {
    const int64_t wait = throttle.attempt(kStart + 1, limits);
    ASSERT_GT(wait, 0) << i;
    ASSERT_LE(wait, limits.max_ms) << i;
  }
  EXPECT_EQ(throttle.attempt(kStart + limits.max_ms - 1, limits), 1);
  EXPECT_EQ(throttle.attempt(kStart + limits.max_ms, limits), 0);
}

TEST(Throttle, ADuplicateAddsOneBase) {
  Throttle throttle;
  const ThrottleLimits limits;
  play(throttle, {{0, 0}});
  throttle.penalise(limits);
  play(throttle, {{301, 299}, {600, 0}});
  throttle.penalise(limits);
  play(throttle, {{901 + 298, 301}, {1500, 0}});
  for (int i = 0; i < 1000; ++i) throttle.penalise(limits);
  EXPECT_LE(throttle.attempt(kStart + 1801, limits), limits.max_ms);
}

TEST(Throttle, ABaseOfZeroIsOff) {
  Throttle throttle;
  const ThrottleLimits limits{.base_ms = 0};
  for (int i = 0; i < 100; ++i) EXPECT_EQ(throttle.attempt(kStart, limits), 0);
}

TEST(Throttle, AMostBelowTheBaseIsTheBase) {
  Throttle throttle;
  const ThrottleLimits limits{.base_ms = 300, .max_ms = 100};
  play(throttle, {{0, 0}, {100, 200}, {200, 100}, {300, 0}}, limits);
}

TEST(Throttle, RemembersWhenItLastPassed) {
  Throttle throttle;
  play(throttle, {{0, 0}, {10, 590}});
  EXPECT_EQ(throttle.last(), kStart);
}

}  // namespace
}  // namespace strims::chat
