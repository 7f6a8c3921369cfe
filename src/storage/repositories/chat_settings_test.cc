#include "storage/repositories/chat_settings.h"

#include <gtest/gtest.h>

#include "storage/repositories/test_database.h"
#include "storage/repositories/users.h"

namespace strims::storage {
namespace {

TEST(ChatSettingsTest, RoundTripReplaceAndDelete) {
  TestDatabase database;
  auto& db = database.connection();
  NewUser user;
  user.nick = user.skeleton = "Ada";
  const UserId id = create_user(db, user)->id;
  EXPECT_EQ(*get_chat_settings(db, id), "");
  ASSERT_TRUE(put_chat_settings(db, id, R"([["showtime",true]])", 1).has_value());
  ASSERT_TRUE(put_chat_settings(db, id, R"([["showtime",false]])", 2).has_value());
  EXPECT_EQ(*get_chat_settings(db, id), R"([["showtime",false]])");
  ASSERT_TRUE(delete_chat_settings(db, id).has_value());
  EXPECT_EQ(*get_chat_settings(db, id), "");
}

TEST(ChatSettingsTest, CountsCharactersNotBytes) {
  TestDatabase database;
  auto& db = database.connection();
  NewUser user;
  user.nick = user.skeleton = "Ada";
  const UserId id = create_user(db, user)->id;
  std::string longest;
  for (size_t i = 0; i < kMaxSettingsCharacters; ++i) longest += "\xc3\xa9";
  EXPECT_TRUE(put_chat_settings(db, id, longest, 1).has_value());
  EXPECT_EQ(put_chat_settings(db, id, longest + "x", 1).error().reason, "toolarge");
  EXPECT_EQ(put_chat_settings(db, id, "\xff", 1).error().code, Errc::invalid);
  EXPECT_EQ(*get_chat_settings(db, id), longest);
}

}  // namespace
}  // namespace strims::storage
