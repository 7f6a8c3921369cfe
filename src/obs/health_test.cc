#include "obs/health.h"

#include <gtest/gtest.h>

#include "base/json_read.h"

namespace strims::obs {
namespace {

TEST(Health, NothingKnownIsNotReady) {
  ManualClock clock;
  Health health(clock);
  EXPECT_FALSE(health.ready());
  EXPECT_TRUE(health.alive());
}

TEST(Health, ReadyWhenEveryConditionIs) {
  ManualClock clock;
  Health health(clock);
  health.set("listeners", true);
  health.set("database", false, "cannot open");
  EXPECT_FALSE(health.ready());
  health.set("database", true, "ignored");
  EXPECT_TRUE(health.ready());
  const auto all = health.conditions();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, "database");
  EXPECT_EQ(all[0].reason, "");
}

TEST(Health, SinceMovesOnlyWhenTheStateDoes) {
  ManualClock clock;
  Health health(clock);
  health.set("database", false, "a");
  const TimeMs first = health.conditions()[0].since;
  clock.advance(5000);
  health.set("database", false, "b");
  EXPECT_EQ(health.conditions()[0].since, first);
  EXPECT_EQ(health.conditions()[0].reason, "b");
  health.set("database", true);
  EXPECT_EQ(health.conditions()[0].since, first + 5000);
}

TEST(Health, TheBodyOfTheProbeSaysWhy) {
  ManualClock clock;
  Health health(clock);
  health.set("database", false, "disk \"full\"");
  const auto json = Json::parse(health.to_json());
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find("ready")->boolean(), false);
  EXPECT_EQ(json->find_string("version"), build_info().version);
  const auto& condition = json->find("conditions")->array().at(0);
  EXPECT_EQ(condition.find_string("name"), "database");
  EXPECT_EQ(condition.find_string("reason"), "disk \"full\"");
  EXPECT_TRUE(condition.find_string("since"));
}

TEST(Health, ConditionsAreBounded) {
  Health health;
  for (int i = 0; i < 1000; ++i) health.set("c" + std::to_string(i), true);
  EXPECT_LE(health.conditions().size(), 64u);
}

TEST(Health, ALoopThatStandsStillIsNotAlive) {
  ManualClock clock;
  Health health(clock);
  auto a = health.watch("shard-0", 1000);
  auto b = health.watch("shard-1", 1000);
  clock.advance(900);
  a->beat(clock.mono_ms());
  clock.advance(200);
  std::string late;
  EXPECT_FALSE(health.alive(&late));
  EXPECT_EQ(late, "shard-1");
  b.reset();  // a loop that ended properly is no longer looked for
  EXPECT_TRUE(health.alive());
}

}  // namespace
}  // namespace strims::obs
