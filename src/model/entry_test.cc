#include "model/entry.h"

#include <gtest/gtest.h>

namespace strims {
namespace {

TEST(EntryKind, WordsRoundTripAndAreStable) {
  for (int i = 1; i <= 22; ++i) {
    const auto kind = static_cast<EntryKind>(i);
    EXPECT_FALSE(to_string(kind).empty()) << i;
    EXPECT_EQ(parse_entry_kind(to_string(kind)), kind);
  }
  // Stored in the database: these words may never change.
  EXPECT_EQ(to_string(EntryKind::message), "message");
  EXPECT_EQ(to_string(EntryKind::phrase_remove), "phrase_remove");
  EXPECT_EQ(to_string(EntryKind::tombstone), "tombstone");
  EXPECT_EQ(to_string(EntryKind::stream), "stream");
}

TEST(EntryKind, UnknownOnesAreNothing) {
  EXPECT_FALSE(parse_entry_kind(""));
  EXPECT_FALSE(parse_entry_kind("Message"));
  EXPECT_EQ(to_string(static_cast<EntryKind>(0)), "");
  EXPECT_EQ(to_string(static_cast<EntryKind>(200)), "");
}

TEST(Actor, KeepsTheUserAsHeWas) {
  User user;
  user.id = 5;
  user.nick = "Bo";
  user.role = Role::moderator;
  user.features = {"flair13"};
  user.created_at = 99;
  const Actor actor = Actor::of(user);
  user.nick = "Other";
  EXPECT_EQ(actor.id, 5);
  EXPECT_EQ(actor.nick, "Bo");
  EXPECT_EQ(actor.features, (std::vector<std::string>{"flair13", "moderator", "subscriber"}));
  EXPECT_EQ(actor.roles, (std::vector<std::string>{"USER", "SUBSCRIBER", "MODERATOR"}));
  EXPECT_EQ(actor.created_at, 99);
}

}  // namespace
}  // namespace strims
