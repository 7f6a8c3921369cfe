#include "storage/repositories/user_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/repositories/test_database.h"
#include "storage/repositories/users.h"

namespace strims::storage {
namespace {

using testing::ElementsAre;

IpAddress ip(std::string_view text) {
  return *IpAddress::parse(text);
}

class UserAddressesTest : public testing::Test {
 protected:
  UserAddressesTest() {
    NewUser user;
    user.nick = user.skeleton = "Ada";
    user_ = create_user(db(), user)->id;
  }
  std::vector<std::string> known() {
    std::vector<std::string> out;
    const auto list = list_addresses(db(), user_);
    for (const auto& address : *list) out.push_back(address.to_string());
    return out;
  }
  sql::Connection& db() { return database_.connection(); }

  TestDatabase database_;
  UserId user_ = 0;
};

TEST_F(UserAddressesTest, KeepsTheLastThree) {
  TimeMs at = 1'000'000;
  for (const char* address : {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"})
    ASSERT_TRUE(record_address(db(), user_, ip(address), at++).has_value());
  EXPECT_THAT(known(), ElementsAre("192.0.2.4", "192.0.2.3", "192.0.2.2"));
  ASSERT_TRUE(record_address(db(), user_, ip("192.0.2.2"), at + 600'000).has_value());
  EXPECT_THAT(known(), ElementsAre("192.0.2.2", "192.0.2.4", "192.0.2.3"));
}

TEST_F(UserAddressesTest, CountsTheBanUnitAndSkipsAProxyOnThisMachine) {
  ASSERT_TRUE(record_address(db(), user_, ip("2001:db8:0:1::5"), 10).has_value());
  ASSERT_TRUE(record_address(db(), user_, ip("2001:db8:0:1::6"), 11).has_value());
  ASSERT_TRUE(record_address(db(), user_, ip("127.0.0.1"), 12).has_value());
  ASSERT_TRUE(record_address(db(), user_, ip("::1"), 13).has_value());
  EXPECT_THAT(known(), ElementsAre("2001:db8:0:1::"));
  EXPECT_TRUE(*is_known_address(db(), user_, ip("2001:db8:0:1:ffff::1")));
  EXPECT_FALSE(*is_known_address(db(), user_, ip("2001:db8:0:2::1")));
  EXPECT_FALSE(*is_known_address(db(), 0, ip("2001:db8:0:1::5")));
  EXPECT_THAT(*find_users_by_address(db(), ip("2001:db8:0:1::9")), ElementsAre(user_));
}

}  // namespace
}  // namespace strims::storage
