#include "storage/repositories/login_keys.h"

#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "storage/repositories/test_database.h"
#include "storage/repositories/users.h"

namespace strims::storage {
namespace {

class LoginKeysTest : public testing::Test {
 protected:
  UserId add_user(const std::string& nick) {
    NewUser user;
    user.nick = user.skeleton = nick;
    return create_user(db(), user)->id;
  }
  sql::Connection& db() { return database_.connection(); }

  TestDatabase database_;
};

TEST_F(LoginKeysTest, AtMostFivePerUser) {
  const UserId ada = add_user("Ada");
  const UserId bo = add_user("Bo");
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(insert_login_key(db(), ada, "bot", "hash" + std::to_string(i), 10).has_value());
  EXPECT_EQ(insert_login_key(db(), ada, "bot", "hash5", 10).error().reason, "too_many_keys");
  EXPECT_TRUE(insert_login_key(db(), bo, "bot", "hash5", 10).has_value());
  const auto keys = list_login_keys(db(), ada);
  ASSERT_EQ(keys->size(), 5u);
  EXPECT_TRUE(*delete_login_key(db(), ada, keys->front().id));
  EXPECT_TRUE(insert_login_key(db(), ada, "bot", "hash6", 10).has_value());
  EXPECT_EQ(insert_login_key(db(), 99, "bot", "hash7", 10).error().reason, "notfound");
}

TEST_F(LoginKeysTest, TheLimitHoldsForTwoAtOnce) {
  const UserId ada = add_user("Ada");
  std::barrier start(2);
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      const auto connection = database_.connect();
      start.arrive_and_wait();
      for (int i = 0; i < 5; ++i)
        (void)insert_login_key(*connection, ada, "bot", std::to_string(t * 10 + i), 10);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(list_login_keys(db(), ada)->size(), 5u);
}

TEST_F(LoginKeysTest, OnlyTheOwnerDeletesAndUseIsNoted) {
  const UserId ada = add_user("Ada");
  const UserId bo = add_user("Bo");
  const auto key = insert_login_key(db(), ada, "bot", "hash", 10);
  const auto found = find_login_key(db(), "hash");
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->user.id, ada);
  EXPECT_EQ((*found)->key.last_used, 0);
  ASSERT_TRUE(touch_login_key(db(), key->id, 20).has_value());
  ASSERT_TRUE(touch_login_key(db(), key->id, 15).has_value());
  EXPECT_EQ((*find_login_key(db(), "hash"))->key.last_used, 20);
  EXPECT_FALSE(*delete_login_key(db(), bo, key->id));
  EXPECT_TRUE(*delete_login_key(db(), ada, key->id));
  EXPECT_FALSE(find_login_key(db(), "hash")->has_value());
}

}  // namespace
}  // namespace strims::storage
