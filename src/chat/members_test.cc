#include "chat/members.h"

#include <gtest/gtest.h>

#include "chat/room_testing.h"

namespace strims::chat {
namespace {

constexpr MonoMs kNow = 1'000'000;

ConnId conn(uint32_t slot, uint32_t generation = 1) {
  return {.slot = slot, .generation = generation};
}
IpAddress address(std::string_view text) {
  return *IpAddress::parse(text);
}

class MembersTest : public ::testing::Test {
 protected:
  Member* add(uint32_t slot, const UserPtr& user, MonoMs now = kNow) {
    return members_.add(conn(slot), user, address("192.0.2.1"), now);
  }
  Members members_;
  UserPtr ada_ = person(1, "Ada");
  UserPtr bo_ = person(2, "Bo");
};

TEST_F(MembersTest, OnlyTheLastConnectionTakesTheUserAlong) {
  EXPECT_EQ(add(1, ada_)->user, ada_);
  EXPECT_EQ(add(2, ada_)->connections.size(), 2U);
  EXPECT_EQ(members_.connection_count(), 2U);
  EXPECT_EQ(members_.connected_count(), 1U);
  EXPECT_EQ(members_.remove(conn(1), kNow).user, nullptr);
  EXPECT_EQ(members_.remove(conn(2), kNow).user, ada_);
  EXPECT_EQ(members_.remove(conn(2), kNow).user, nullptr) << "twice is once";
  EXPECT_EQ(members_.connection_count(), 0U);
  EXPECT_EQ(members_.connected_count(), 0U);
}

TEST_F(MembersTest, WhoIsThrownOutIsKnownWhenHeLeaves) {
  add(1, ada_);
  add(2, bo_);
  members_.expel(conn(1));
  members_.expel(conn(9));
  EXPECT_TRUE(members_.remove(conn(1), kNow).expelled);
  EXPECT_FALSE(members_.remove(conn(2), kNow).expelled);
}

TEST_F(MembersTest, GuestsAreConnectionsOnly) {
  EXPECT_EQ(add(1, nullptr), nullptr);
  EXPECT_EQ(members_.connection_count(), 1U);
  EXPECT_EQ(members_.connected_count(), 0U);
  EXPECT_TRUE(members_.contains(conn(1)));
  EXPECT_EQ(members_.of(conn(1)), nullptr);
  EXPECT_EQ(members_.remove(conn(1), kNow).user, nullptr);
  EXPECT_FALSE(members_.contains(conn(1)));
}

TEST_F(MembersTest, UnknownConnectionsAreIgnored) {
  EXPECT_EQ(members_.remove(conn(9), kNow).user, nullptr);
  EXPECT_EQ(members_.of(conn(9)), nullptr);
  EXPECT_EQ(members_.address_of(conn(9)), nullptr);
  add(1, ada_);
  EXPECT_FALSE(members_.contains(conn(1, 2)));  // another one in the same slot
}

TEST_F(MembersTest, FindsByIdNickAndConnection) {
  add(1, ada_);
  EXPECT_EQ(members_.find(1)->user, ada_);
  EXPECT_EQ(members_.find_nick("aDA")->user, ada_);
  EXPECT_EQ(members_.of(conn(1))->user, ada_);
  EXPECT_EQ(*members_.address_of(conn(1)), address("192.0.2.1"));
  EXPECT_EQ(members_.find(2), nullptr);
  EXPECT_EQ(members_.find_nick("Bo"), nullptr);
}

TEST_F(MembersTest, WhoLeftIsRememberedForAWhile) {
  add(1, ada_);
  members_.remove(conn(1), kNow);
  EXPECT_NE(members_.find(1), nullptr);
  members_.forget_absent(kNow + 999, 1000);
  EXPECT_NE(members_.find(1), nullptr);
  members_.forget_absent(kNow + 1000, 1000);
  EXPECT_EQ(members_.find(1), nullptr);
  EXPECT_EQ(members_.find_nick("Ada"), nullptr);
}

TEST_F(MembersTest, WhoIsHereIsNeverForgotten) {
  add(1, ada_);
  members_.forget_absent(kNow + 1'000'000'000, 1);
  EXPECT_NE(members_.find(1), nullptr);
}

TEST_F(MembersTest, EnsureKeepsTheRecordOfAKnownUser) {
  add(1, ada_);
  const UserPtr older = person(1, "Ada", Role::moderator);
  EXPECT_EQ(members_.ensure(older).user, ada_);
  EXPECT_EQ(members_.ensure(bo_).user, bo_);
}

TEST_F(MembersTest, AnUpdateIsInForceAtOnceAlsoForANewName) {
  add(1, ada_);
  const UserPtr renamed = person(1, "Augusta", Role::moderator);
  members_.update(renamed, kNow);
  EXPECT_EQ(members_.find_nick("augusta")->user, renamed);
  EXPECT_EQ(members_.find_nick("ada"), nullptr);
  EXPECT_EQ(members_.connected_count(), 1U);
}

TEST_F(MembersTest, ANameThatChangedHandsBelongsToTheNewOwner) {
  add(1, ada_);
  add(2, bo_);
  members_.update(person(1, "Cy"), kNow);
  members_.update(person(2, "Ada"), kNow);
  EXPECT_EQ(members_.find_nick("ada")->user->id, 2);
  members_.update(person(1, "Dee"), kNow);
  EXPECT_EQ(members_.find_nick("ada")->user->id, 2);

  // Also when the room heard of the new owner first.
  members_.update(person(2, "Dee"), kNow);
  members_.update(person(1, "Eli"), kNow);
  EXPECT_EQ(members_.find_nick("dee")->user->id, 2);
}

TEST_F(MembersTest, AnOldRecordFromTheDoorDoesNotUndoAnUpdate) {
  const UserPtr demoted = person(1, "Ada");
  members_.update(demoted, kNow);  // while he was being let in as a moderator
  EXPECT_EQ(add(1, person(1, "Ada", Role::moderator), kNow + 10)->user, demoted);
  EXPECT_EQ(members_.find(1)->user, demoted);
  // Much later what the database says is the newer record.
  const UserPtr promoted = person(1, "Ada", Role::moderator);
  add(2, promoted, kNow + Members::kSettleMs + 1);
  EXPECT_EQ(members_.find(1)->user, promoted);
}

TEST_F(MembersTest, AnUpdateOfSomebodyUnknownIsForgottenInTime) {
  members_.update(ada_, kNow);
  members_.forget_absent(kNow + 10, 1000);
  EXPECT_NE(members_.find(1), nullptr);
  members_.forget_absent(kNow + 1000, 1000);
  EXPECT_EQ(members_.find(1), nullptr);
}

TEST_F(MembersTest, VisitsWhoIsConnectedOnce) {
  add(1, ada_);
  add(2, ada_);
  add(3, bo_);
  add(4, nullptr);
  members_.remove(conn(3), kNow);
  size_t present = 0, connections = 0;
  members_.for_each_connected([&](const Member& m) {
    EXPECT_EQ(m.user, ada_);
    ++present;
  });
  members_.for_each_connection([&](ConnId, UserId, const IpAddress&) { ++connections; });
  EXPECT_EQ(present, 1U);
  EXPECT_EQ(connections, 3U);
}

}  // namespace
}  // namespace strims::chat
