#include "storage/repositories/presence.h"

#include <gtest/gtest.h>

#include "storage/repositories/projection.h"
#include "storage/repositories/test_database.h"
#include "storage/repositories/test_entries.h"
#include "storage/repositories/users.h"

namespace strims::storage {
namespace {

class PresenceTable : public ::testing::Test {
 protected:
  UserId account(const std::string& nick) {
    NewUser user;
    user.nick = user.skeleton = nick;
    user.role = Role::user;
    return create_user(db(), user)->id;
  }
  void save(std::vector<UserId> came, std::vector<UserId> left = {}) {
    const auto saved = save_presence(db(), 1, {std::move(came), std::move(left)});
    ASSERT_TRUE(saved) << saved.error().detail;
  }
  std::vector<UserId> present(TimeMs now = kTestStart) {
    std::vector<UserId> ids;
    const auto users = restore_presence(db(), 1, now);
    EXPECT_TRUE(users) << users.error().detail;
    for (const User& user : *users) ids.push_back(user.id);
    return ids;
  }
  using Ids = std::vector<UserId>;
  sql::Connection& db() { return database_.connection(); }
  TestDatabase database_;
};

TEST_F(PresenceTable, DiffsAddUp) {
  const UserId ada = account("Ada"), bo = account("Bo"), cy = account("Cy");
  EXPECT_EQ(present(), Ids{});
  save({bo, ada});
  EXPECT_EQ(present(), (Ids{ada, bo}));
  save({cy}, {ada});
  EXPECT_EQ(present(), (Ids{bo, cy}));
  save({}, {});
  EXPECT_EQ(present(), (Ids{bo, cy}));
}

TEST_F(PresenceTable, TheSameTwiceIsNoError) {
  const UserId ada = account("Ada");
  save({ada});
  save({ada});
  EXPECT_EQ(present(), Ids{ada});
  save({}, {ada});
  save({}, {ada, 99});
  EXPECT_EQ(present(), Ids{});
}

TEST_F(PresenceTable, ChannelsAreApart) {
  const UserId ada = account("Ada");
  ASSERT_TRUE(save_presence(db(), 2, {{ada}, {}}));
  EXPECT_EQ(present(), Ids{});
}

TEST_F(PresenceTable, RecordsAreWhole) {
  const UserId ada = account("Ada");
  save({ada});
  ASSERT_TRUE(set_rights(db(), ada, {.role = Role::moderator}, 1));
  const auto users = restore_presence(db(), 1, kTestStart);
  ASSERT_EQ(users->size(), 1U);
  EXPECT_EQ(users->front().nick, "Ada");
  EXPECT_EQ(users->front().role, Role::moderator);
}

TEST_F(PresenceTable, DeletedUnknownAndBannedAccountsAreDropped) {
  const UserId ada = account("Ada"), bo = account("Bo"), cy = account("Cy");
  save({ada, bo, cy, 99});
  ASSERT_TRUE(delete_user(db(), ada, 1));
  const Entry ban = test_act(1, EntryKind::ban, bo, 60);
  ASSERT_TRUE(project(db(), ban));
  EXPECT_EQ(present(ban.at + 59'999), Ids{cy});
  EXPECT_EQ(present(ban.at + 60'000), Ids{cy}) << "out of the table, not only out of sight";
  save({bo});
  EXPECT_EQ(present(ban.at + 60'000), (Ids{bo, cy})) << "the ban is over";
}

}  // namespace
}  // namespace strims::storage
