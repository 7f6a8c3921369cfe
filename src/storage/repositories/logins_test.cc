#include "storage/repositories/logins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/repositories/test_database.h"
#include "storage/repositories/users.h"

namespace strims::storage {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr TimeMs kNow = 1'760'000'000'000;

class LoginsTest : public testing::Test {
 protected:
  LoginsTest() {
    NewUser user;
    user.nick = user.skeleton = "Ada";
    user_ = create_user(db(), user)->id;
  }
  void add(const std::string& id, TimeMs at = kNow) {
    const Login login{id, user_, at, at, "192.0.2.1", "agent", 0};
    ASSERT_TRUE(insert_login(db(), login, "sid of " + id).has_value());
  }
  void add_token(const std::string& hash, const std::string& login, TimeMs issued = kNow) {
    ASSERT_TRUE(insert_refresh_token(db(), hash, {login, issued, 0, issued + 1000}).has_value());
  }
  sql::Connection& db() { return database_.connection(); }

  TestDatabase database_;
  UserId user_ = 0;
};

TEST_F(LoginsTest, FoundByIdAndSidWithItsUser) {
  add("a");
  const auto by_id = find_login(db(), "a");
  ASSERT_TRUE(by_id->has_value());
  EXPECT_EQ((*by_id)->user.nick, "Ada");
  EXPECT_EQ((*by_id)->login.address, "192.0.2.1");
  EXPECT_FALSE((*by_id)->login.ended());
  EXPECT_EQ((*find_login_by_sid(db(), "sid of a"))->login.id, "a");
  EXPECT_FALSE(find_login_by_sid(db(), "a")->has_value());
}

TEST_F(LoginsTest, LongOrBrokenUserAgentsAreCut) {
  const Login login{"a", user_, kNow, kNow, "", std::string(199, 'x') + "\xc3\xa9 tail", 0};
  ASSERT_TRUE(insert_login(db(), login, "s").has_value());
  EXPECT_EQ((*find_login(db(), "a"))->login.user_agent, std::string(199, 'x'));
  const Login broken{"b", user_, kNow, kNow, "", "ok\xff", 0};
  ASSERT_TRUE(insert_login(db(), broken, "t").has_value());
  EXPECT_EQ((*find_login(db(), "b"))->login.user_agent, "ok");
}

TEST_F(LoginsTest, EndsOnceAndKeepsUsedTokensOnly) {
  add("a");
  add_token("used", "a");
  add_token("unused", "a");
  ASSERT_TRUE(*use_refresh_token(db(), "used", kNow));
  EXPECT_TRUE(*end_login(db(), "a", kNow + 5));
  EXPECT_FALSE(*end_login(db(), "a", kNow + 6));
  EXPECT_EQ((*find_login(db(), "a"))->login.ended_at, kNow + 5);
  EXPECT_TRUE(find_refresh_token(db(), "used")->has_value());
  EXPECT_FALSE(find_refresh_token(db(), "unused")->has_value());
  EXPECT_TRUE(list_logins(db(), user_)->empty());
}

TEST_F(LoginsTest, EndsAllButOneAndTheOldest) {
  add("a", kNow);
  add("b", kNow + 1);
  add("c", kNow + 2);
  add("d", kNow + 3);
  EXPECT_THAT(*end_oldest_logins(db(), user_, 3, kNow + 9), ElementsAre("a"));
  EXPECT_THAT(*end_logins(db(), user_, "c", kNow + 9), UnorderedElementsAre("b", "d"));
  const auto left = list_logins(db(), user_);
  ASSERT_EQ(left->size(), 1u);
  EXPECT_EQ(left->front().id, "c");
}

TEST_F(LoginsTest, TouchMovesForwardOnly) {
  add("a");
  ASSERT_TRUE(touch_login(db(), "a", kNow - 10).has_value());
  EXPECT_EQ((*find_login(db(), "a"))->login.last_seen, kNow);
  ASSERT_TRUE(touch_login(db(), "a", kNow + 10).has_value());
  EXPECT_EQ((*find_login(db(), "a"))->login.last_seen, kNow + 10);
}

TEST_F(LoginsTest, ARefreshTokenIsUsedOnce) {
  add("a");
  add_token("t", "a");
  EXPECT_EQ((*find_refresh_token(db(), "t"))->used_at, 0);
  EXPECT_TRUE(*use_refresh_token(db(), "t", kNow + 1));
  EXPECT_FALSE(*use_refresh_token(db(), "t", kNow + 2));
  EXPECT_EQ((*find_refresh_token(db(), "t"))->used_at, kNow + 1);
  EXPECT_FALSE(*use_refresh_token(db(), "unknown", kNow));
}

TEST_F(LoginsTest, UsedTokensAreTrimmed) {
  add("a");
  for (int i = 0; i < 5; ++i) {
    const std::string hash = "t" + std::to_string(i);
    add_token(hash, "a", kNow + i);
    if (i < 4) {
      ASSERT_TRUE(*use_refresh_token(db(), hash, kNow + i));
    }
  }
  ASSERT_TRUE(trim_refresh_tokens(db(), "a", 2).has_value());
  EXPECT_FALSE(find_refresh_token(db(), "t0")->has_value());
  EXPECT_FALSE(find_refresh_token(db(), "t1")->has_value());
  EXPECT_TRUE(find_refresh_token(db(), "t2")->has_value());
  EXPECT_TRUE(find_refresh_token(db(), "t4")->has_value());
}

TEST_F(LoginsTest, PurgeTakesExpiredTokensAndOldLogins) {
  add("old", kNow - 100'000);
  add("live", kNow);
  add_token("gone", "live", kNow - 5000);
  add_token("with its login", "old", kNow);
  add_token("good", "live", kNow);
  EXPECT_EQ(*purge_logins(db(), kNow, kNow - 50'000, 100), 2);
  EXPECT_FALSE(find_refresh_token(db(), "gone")->has_value());
  EXPECT_FALSE(find_refresh_token(db(), "with its login")->has_value());
  EXPECT_TRUE(find_refresh_token(db(), "good")->has_value());
  EXPECT_FALSE(find_login(db(), "old")->has_value());
}

}  // namespace
}  // namespace strims::storage
