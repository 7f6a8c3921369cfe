#include "chat/punishments.h"

#include <gtest/gtest.h>

namespace strims::chat {
namespace {

constexpr TimeMs kNow = 1'760'000'000'000;

IpAddress address(std::string_view text) {
  return *IpAddress::parse(text);
}

TEST(Punishments, AMuteEndsByItself) {
  Punishments p;
  p.mute(1, kNow + 1000);
  EXPECT_EQ(p.mute_left(1, kNow), 1000);
  EXPECT_EQ(p.mute_left(1, kNow + 999), 1);
  EXPECT_EQ(p.mute_left(1, kNow + 1000), 0);
  EXPECT_EQ(p.mute_left(1, kNow + 5000), 0);
  EXPECT_EQ(p.mute_left(2, kNow), 0);
}

TEST(Punishments, TheNewestMuteCounts) {
  Punishments p;
  p.mute(1, kNow + 9000);
  p.mute(1, kNow + 1000);
  EXPECT_EQ(p.mute_left(1, kNow), 1000);
  p.unmute(1);
  EXPECT_EQ(p.mute_left(1, kNow), 0);
  p.unmute(1);
}

TEST(Punishments, ABanOfAUserAndHisAddresses) {
  Punishments p;
  p.ban(7, 1, kNow + 1000, {address("192.0.2.1"), address("2001:db8:0:1::")});
  EXPECT_EQ(p.user_ban(1, kNow), kNow + 1000);
  EXPECT_EQ(p.user_ban(2, kNow), std::nullopt);
  EXPECT_EQ(p.address_ban(address("192.0.2.1"), kNow), kNow + 1000);
  EXPECT_EQ(p.address_ban(address("192.0.2.2"), kNow), std::nullopt);
  EXPECT_TRUE(p.address_ban(address("2001:db8:0:1:2:3:4:5"), kNow)) << "the whole /64";
  EXPECT_FALSE(p.address_ban(address("2001:db8:0:2::1"), kNow));
  EXPECT_FALSE(p.user_ban(1, kNow + 1000));
  EXPECT_FALSE(p.address_ban(address("192.0.2.1"), kNow + 1000));
}

TEST(Punishments, APermanentBanStays) {
  Punishments p;
  p.ban(7, 1, kForever, {});
  EXPECT_EQ(p.user_ban(1, kNow + 1'000'000'000'000), kForever);
  p.sweep(kNow + 1'000'000'000'000);
  EXPECT_TRUE(p.user_ban(1, kNow));
}

TEST(Punishments, AnUnbanLiftsBanAddressesAndMute) {
  Punishments p;
  p.mute(1, kNow + 1000);
  p.ban(7, 1, kNow + 1000, {address("192.0.2.1")});
  p.ban(8, 1, kNow + 2000, {address("192.0.2.2")});
  p.ban(9, 2, kNow + 1000, {address("192.0.2.3")});
  p.unban(1);
  EXPECT_FALSE(p.user_ban(1, kNow));
  EXPECT_EQ(p.mute_left(1, kNow), 0);
  EXPECT_FALSE(p.address_ban(address("192.0.2.1"), kNow)) << "of the first ban, too";
  EXPECT_FALSE(p.address_ban(address("192.0.2.2"), kNow));
  EXPECT_TRUE(p.address_ban(address("192.0.2.3"), kNow));
  EXPECT_TRUE(p.user_ban(2, kNow));
}

TEST(Punishments, AnAddressSharedByTwoStaysBannedForTheOther) {
  Punishments p;
  p.ban(7, 1, kNow + 1000, {address("192.0.2.1")});
  p.ban(8, 2, kNow + 5000, {address("192.0.2.1")});
  EXPECT_EQ(p.address_ban(address("192.0.2.1"), kNow), kNow + 5000) << "the longer one counts";
  p.unban(2);
  EXPECT_EQ(p.address_ban(address("192.0.2.1"), kNow), kNow + 1000);
  p.unban(1);
  EXPECT_FALSE(p.address_ban(address("192.0.2.1"), kNow));
}

TEST(Punishments, ANewBanTakesThePlaceOfTheOldOneAndItsAddresses) {
  Punishments p;
  p.ban(7, 1, kForever, {address("192.0.2.1")});
  p.ban(8, 1, kNow + 1000, {address("192.0.2.2")});
  EXPECT_EQ(p.user_ban(1, kNow), kNow + 1000);
  EXPECT_FALSE(p.address_ban(address("192.0.2.1"), kNow));
  EXPECT_TRUE(p.address_ban(address("192.0.2.2"), kNow));
}

TEST(Punishments, WithdrawingABanLeavesTheRest) {
  Punishments p;
  p.mute(1, kNow + 1000);
  p.ban(7, 1, kNow + 1000, {address("192.0.2.1")});
  p.ban(8, 2, kNow + 1000, {address("192.0.2.2")});
  p.withdraw(7);
  EXPECT_FALSE(p.user_ban(1, kNow));
  EXPECT_FALSE(p.address_ban(address("192.0.2.1"), kNow));
  EXPECT_EQ(p.mute_left(1, kNow), 1000);
  EXPECT_TRUE(p.user_ban(2, kNow));
}

TEST(Punishments, TheSweepDropsOnlyWhatIsOver) {
  Punishments p;
  p.mute(1, kNow);
  p.mute(2, kNow + 1);
  p.ban(7, 1, kNow, {address("192.0.2.1")});
  p.ban(8, 2, kNow + 1, {address("192.0.2.2")});
  p.sweep(kNow);
  // Looked at in the past, what is gone would show.
  EXPECT_EQ(p.mute_left(1, kNow - 10), 0);
  EXPECT_FALSE(p.user_ban(1, kNow - 10));
  EXPECT_FALSE(p.address_ban(address("192.0.2.1"), kNow - 10));
  EXPECT_EQ(p.mute_left(2, kNow), 1);
  EXPECT_TRUE(p.user_ban(2, kNow));
  EXPECT_TRUE(p.address_ban(address("192.0.2.2"), kNow));
}

}  // namespace
}  // namespace strims::chat
