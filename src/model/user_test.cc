#include "model/user.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strims {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

User user(Role role, std::vector<std::string> features = {}) {
  User u;
  u.id = 7;
  u.nick = "Ada";
  u.role = role;
  u.features = std::move(features);
  return u;
}

TEST(Role, WordsRoundTripAndRankAscends) {
  for (const Role role : {Role::user, Role::streamer, Role::moderator, Role::admin})
    EXPECT_EQ(parse_role(to_string(role)), role);
  EXPECT_FALSE(parse_role("Admin"));
  EXPECT_FALSE(parse_role(""));
  EXPECT_LT(Role::user, Role::streamer);
  EXPECT_LT(Role::moderator, Role::admin);
}

TEST(User, FeaturesFollowFromTheRole) {
  EXPECT_THAT(user(Role::user).effective_features(), ElementsAre());
  EXPECT_THAT(user(Role::admin).effective_features(), ElementsAre("admin"));
  EXPECT_THAT(user(Role::moderator).effective_features(), ElementsAre("moderator"));
  EXPECT_THAT(user(Role::streamer).effective_features(), ElementsAre("flair12"));
}

TEST(User, FeaturesAreSortedWithoutDoublesAndTierMakesASubscriber) {
  EXPECT_THAT(user(Role::moderator, {"vip", "moderator", "flair3"}).effective_features(),
              ElementsAre("flair3", "moderator", "subscriber", "vip"));
  EXPECT_THAT(user(Role::user, {"subscriber", "flair13"}).effective_features(),
              ElementsAre("flair13", "subscriber"));
}

TEST(User, HasFeatureAgreesWithTheList) {
  for (const Role role : {Role::user, Role::streamer, Role::moderator, Role::admin}) {
    for (const auto& features : std::vector<std::vector<std::string>>{
             {}, {"vip"}, {"flair42"}, {"bot", "protected"}, {"flair13", "flair12"}}) {
      const User u = user(role, features);
      const auto list = u.effective_features();
      for (const std::string_view word : {"admin", "moderator", "flair12", "subscriber", "vip",
                                          "bot", "protected", "flair13", "flair42"})
        EXPECT_EQ(u.has_feature(word), std::ranges::find(list, word) != list.end()) << word;
    }
  }
}

TEST(User, TierIsTheHighest) {
  EXPECT_EQ(user(Role::user).tier(), 0);
  EXPECT_EQ(user(Role::user, {"subscriber"}).tier(), 0);
  EXPECT_EQ(user(Role::user, {"flair13"}).tier(), 1);
  EXPECT_EQ(user(Role::user, {"flair1"}).tier(), 2);
  EXPECT_EQ(user(Role::user, {"flair3", "flair13"}).tier(), 3);
  EXPECT_EQ(user(Role::user, {"flair8"}).tier(), 4);
  EXPECT_EQ(user(Role::user, {"flair13", "flair42"}).tier(), 5);
}

TEST(User, RolesOfTheDialect) {
  EXPECT_THAT(user(Role::user).effective_roles(), ElementsAre("USER"));
  User admin = user(Role::admin, {"flair13"});
  admin.grants = {"POLLS", "ADMIN"};
  EXPECT_THAT(admin.effective_roles(),
              UnorderedElementsAre("USER", "SUBSCRIBER", "MODERATOR", "ADMIN", "POLLS"));
  EXPECT_THAT(user(Role::user, {"bot", "protected", "vip"}).effective_roles(),
              UnorderedElementsAre("USER", "BOT", "PROTECTED", "VIP"))
      << "where the newest web clients look";
}

TEST(User, PowersAndProtection) {
  EXPECT_FALSE(user(Role::streamer).is_moderator());
  EXPECT_TRUE(user(Role::moderator).is_moderator());
  EXPECT_TRUE(user(Role::user, {"bot"}).is_moderator());
  EXPECT_FALSE(user(Role::user, {"bot"}).is_admin());
  EXPECT_FALSE(user(Role::moderator).is_protected());
  EXPECT_TRUE(user(Role::admin).is_protected());
  EXPECT_TRUE(user(Role::user, {"protected"}).is_protected());
}

TEST(User, OnlyKnownFeaturesMayBeGranted) {
  for (const std::string_view word : {"protected", "vip", "bot", "subscriber", "flair1", "flair64"})
    EXPECT_TRUE(is_grantable_feature(word)) << word;
  // Rank is a role, never a feature: it may not come in by this door.
  for (const std::string_view word :
       {"", "admin", "moderator", "flair", "flair0", "flair65", "flair01", "flair-1", "flair1x",
        "Flair1", "flair18446744073709551617"})
    EXPECT_FALSE(is_grantable_feature(word)) << word;
  EXPECT_TRUE(is_grantable_site_role("POLLS"));
  EXPECT_FALSE(is_grantable_site_role("ADMIN"));
  EXPECT_FALSE(is_grantable_site_role("polls"));
}

}  // namespace
}  // namespace strims
