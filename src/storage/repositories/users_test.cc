#include "storage/repositories/users.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "storage/repositories/test_database.h"

namespace strims::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimeMs kNow = 1'760'000'000'000;

class UsersTest : public testing::Test {
 protected:
  Result<User> add(std::string nick, std::optional<Role> role = std::nullopt) {
    NewUser user;
    user.skeleton = "skeleton of " + nick;
    user.nick = std::move(nick);
    user.password_hash = "hash";
    user.created_at = kNow;
    user.role = role;
    return create_user(db(), user);
  }
  UserId add_id(std::string nick, std::optional<Role> role = std::nullopt) {
    const auto user = add(std::move(nick), role);
    EXPECT_TRUE(user.has_value());
    return user ? user->id : 0;
  }
  sql::Connection& db() { return database_.connection(); }

  TestDatabase database_;
};

TEST_F(UsersTest, FirstAccountIsAdminAndOthersAreNot) {
  ASSERT_FALSE(*has_accounts(db()));
  EXPECT_EQ(add("Ada")->role, Role::admin);
  EXPECT_EQ(add("Bo")->role, Role::user);
  EXPECT_TRUE(*has_accounts(db()));
}

TEST_F(UsersTest, AnExplicitRoleWinsAndUsesUpTheFirstPlace) {
  EXPECT_EQ(add("Bo", Role::streamer)->role, Role::streamer);
  EXPECT_EQ(add("Ada")->role, Role::user);
}

TEST_F(UsersTest, AFailedFirstAttemptDoesNotUseUpTheFirstPlace) {
  NewUser bad;
  bad.nick = "Ada";
  bad.skeleton = "ada";
  bad.features = {"<script>"};
  EXPECT_EQ(create_user(db(), bad).error().reason, "unknown_feature");
  EXPECT_EQ(add("Ada")->role, Role::admin);
}

TEST_F(UsersTest, TwoFirstRegistrationsAtOnceMakeOneAdmin) {
  for (int round = 0; round < 5; ++round) {
    TestDatabase database;
    std::barrier start(2);
    std::vector<Role> roles(2);
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&, i] {
        const auto connection = database.connect();
        NewUser user;
        user.nick = i == 0 ? "Ada" : "Bo";
        user.skeleton = user.nick;
        user.created_at = kNow;
        start.arrive_and_wait();
        const auto created = create_user(*connection, user);
        ASSERT_TRUE(created.has_value()) << created.error().detail;
        roles[i] = created->role;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(std::count(roles.begin(), roles.end(), Role::admin), 1);
  }
}

TEST_F(UsersTest, NamesAreTakenInAnyCaseAndByLookAlikes) {
  add_id("Ada");
  EXPECT_EQ(add("aDA").error().reason, "taken");
  NewUser alike;
  alike.nick = "Other";
  alike.skeleton = "skeleton of Ada";
  const auto refused = create_user(db(), alike);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_EQ(refused.error().reason, "taken");
}

TEST_F(UsersTest, FindsByIdNickAndSkeleton) {
  const UserId id = add_id("Ada");
  EXPECT_EQ((*find_user(db(), id))->nick, "Ada");
  EXPECT_EQ((*find_user_by_nick(db(), "aDa"))->id, id);
  EXPECT_EQ((*find_user_by_skeleton(db(), "skeleton of Ada"))->id, id);
  EXPECT_EQ((*find_credentials(db(), "ADA"))->password_hash, "hash");
  EXPECT_EQ((*find_user(db(), id))->created_at, kNow);
  EXPECT_FALSE(find_user(db(), 99)->has_value());
  EXPECT_FALSE(find_user_by_nick(db(), "' OR 1=1 --")->has_value());
}

TEST_F(UsersTest, RightsAreSetSortedAndOnlyWithKnownWords) {
  add_id("Ada");
  const UserId id = add_id("Bo");
  const auto set = set_rights(
      db(), id, {Role::moderator, {{"vip", "flair13", "vip"}}, {{"POLLS"}}, false}, kNow);
  ASSERT_TRUE(set.has_value());
  const auto user = **find_user(db(), id);
  EXPECT_EQ(user.role, Role::moderator);
  EXPECT_THAT(user.features, ElementsAre("flair13", "vip"));
  EXPECT_THAT(user.grants, ElementsAre("POLLS"));
  EXPECT_FALSE(user.can_chat);
  EXPECT_EQ(set_rights(db(), id, {.features = {{"x\"y"}}}, kNow).error().reason, "unknown_feature");
  EXPECT_EQ(set_rights(db(), id, {.features = {{"admin"}}}, kNow).error().reason,
            "unknown_feature");
  EXPECT_EQ(set_rights(db(), id, {.grants = {{"ADMIN"}}}, kNow).error().reason, "unknown_grant");
  EXPECT_EQ(set_rights(db(), 99, {}, kNow).error().reason, "notfound");
  // What is absent stays.
  ASSERT_TRUE(set_rights(db(), id, {.role = Role::user}, kNow).has_value());
  EXPECT_THAT((*find_user(db(), id))->features, ElementsAre("flair13", "vip"));
}

TEST_F(UsersTest, TheLastAdminStays) {
  const UserId first = add_id("Ada");
  EXPECT_EQ(set_rights(db(), first, {.role = Role::moderator}, kNow).error().reason, "last_admin");
  EXPECT_EQ(delete_user(db(), first, kNow).error().reason, "last_admin");
  // Other rights of the last admin may change.
  EXPECT_TRUE(set_rights(db(), first, {.features = {{"vip"}}}, kNow).has_value());
  const UserId second = add_id("Bo", Role::admin);
  EXPECT_TRUE(set_rights(db(), first, {.role = Role::user}, kNow).has_value());
  EXPECT_EQ(set_rights(db(), second, {.role = Role::user}, kNow).error().code, Errc::conflict);
}

TEST_F(UsersTest, TwoAdminsCannotDemoteEachOtherAtOnce) {
  const UserId first = add_id("Ada");
  const UserId second = add_id("Bo", Role::admin);
  std::barrier start(2);
  std::vector<std::thread> threads;
  for (const UserId id : {first, second}) {
    threads.emplace_back([&, id] {
      const auto connection = database_.connect();
      start.arrive_and_wait();
      (void)set_rights(*connection, id, {.role = Role::user}, kNow);
    });
  }
  for (auto& thread : threads) thread.join();
  UserPage admins;
  admins.role = Role::admin;
  EXPECT_EQ(list_users(db(), admins)->size(), 1u);
}

TEST_F(UsersTest, ListsPagesByIdPrefixAndRole) {
  for (const char* nick : {"Ada", "Bo", "Bob", "bobby", "Cy"}) add_id(nick);
  const auto nicks = [&](const UserPage& page) {
    std::vector<std::string> out;
    const auto users = list_users(db(), page);
    for (const auto& user : *users) out.push_back(user.nick);
    return out;
  };
  EXPECT_THAT(nicks({.limit = 2}), ElementsAre("Ada", "Bo"));
  EXPECT_THAT(nicks({.after = 2, .limit = 2}), ElementsAre("Bob", "bobby"));
  EXPECT_THAT(nicks({.nick_prefix = "BOB"}), ElementsAre("Bob", "bobby"));
  EXPECT_THAT(nicks({.role = Role::admin}), ElementsAre("Ada"));
  EXPECT_THAT(nicks({.after = 5}), IsEmpty());
}

TEST_F(UsersTest, ProfileFieldsChangeOneByOne) {
  const UserId id = add_id("Ada");
  ASSERT_TRUE(update_profile(db(), id, {.bio = "hello", .age = "25-34"}).has_value());
  ASSERT_TRUE(update_profile(db(), id, {.gender = "female", .age = ""}).has_value());
  const auto profile = **find_profile(db(), id);
  EXPECT_EQ(profile.bio, "hello");
  EXPECT_EQ(profile.gender, "female");
  EXPECT_EQ(profile.age, "");
  EXPECT_EQ(update_profile(db(), 99, {}).error().reason, "notfound");
}

TEST_F(UsersTest, PasswordHashIsReplacedOnlyIfItIsTheExpectedOne) {
  const UserId id = add_id("Ada");
  EXPECT_FALSE(*replace_password_hash(db(), id, "other", "new"));
  EXPECT_TRUE(*replace_password_hash(db(), id, "hash", "new"));
  EXPECT_EQ((*find_credentials(db(), id))->password_hash, "new");
}

TEST_F(UsersTest, ADeletedAccountLosesItsRightsAndKeepsItsName) {
  add_id("Ada");
  const UserId id = add_id("Bo", Role::moderator);
  ASSERT_TRUE(delete_user(db(), id, kNow).has_value());
  const auto gone = **find_user(db(), id);
  EXPECT_TRUE(gone.deleted);
  EXPECT_EQ(gone.role, Role::user);
  EXPECT_EQ((*find_credentials(db(), id))->password_hash, "");
  EXPECT_EQ(add("bo").error().reason, "taken");
  EXPECT_EQ(delete_user(db(), id, kNow).error().reason, "notfound");
  EXPECT_EQ(set_rights(db(), id, {.role = Role::admin}, kNow).error().reason, "notfound");
}

}  // namespace
}  // namespace strims::storage
