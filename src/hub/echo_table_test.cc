#include "hub/echo_table.h"

#include <gtest/gtest.h>

namespace strims::hub {
namespace {

constexpr int64_t kKeep = 1000;

TEST(EchoTable, TheNewestNumberOfEachLogin) {
  EchoTable table(8, kKeep);
  table.heard({1, 10}, 0);
  table.heard({1, 12}, 1);
  table.heard({1, 11}, 2);  // from another connection of the same login
  table.heard({2, 5}, 3);
  EXPECT_EQ(table.last(1, 4), 12U);
  EXPECT_EQ(table.last(2, 4), 5U);
  EXPECT_EQ(table.last(3, 4), std::nullopt);
}

TEST(EchoTable, OldEchoesAreForgotten) {
  EchoTable table(8, kKeep);
  table.heard({1, 10}, 5000);
  EXPECT_EQ(table.last(1, 5000 + kKeep / 2), 10U);
  EXPECT_EQ(table.last(1, 5000 + kKeep), std::nullopt);
  table.heard({1, 10}, 20'000);
  EXPECT_EQ(table.last(1, 20'000 + 100 * kKeep), std::nullopt) << "also after a long silence";
}

TEST(EchoTable, WhoIsHeardAgainStays) {
  EchoTable table(8, kKeep);
  for (MonoMs now = 0; now < 10 * kKeep; now += kKeep / 4) {
    table.heard({1, static_cast<Seq>(now) + 1}, now);
    EXPECT_EQ(table.last(1, now), static_cast<Seq>(now) + 1);
  }
}

TEST(EchoTable, TheLeastRecentMakeRoom) {
  EchoTable table(8, kKeep);
  for (LoginKey login = 1; login <= 100; ++login) {
    table.heard({login, login}, 0);
    EXPECT_LE(table.size(), 8U + 1);
    EXPECT_EQ(table.last(login, 0), login);
  }
  EXPECT_EQ(table.last(1, 0), std::nullopt);
}

}  // namespace
}  // namespace strims::hub
