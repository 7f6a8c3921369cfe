#include "chat/presence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "chat/room_testing.h"

namespace strims::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class PresenceTest : public ::testing::Test {
 protected:
  // What everybody is told, "+Ada" "-Bo" "~Cy", which is also done to the list that a client has.
  std::vector<std::string> told() {
    std::vector<std::string> out;
    for (const auto& [kind, user] : presence_.take_changes()) {
      out.push_back((kind == PresenceKind::join   ? "+"
                     : kind == PresenceKind::quit ? "-"
                                                  : "~") +
                    user->nick);
      if (kind == PresenceKind::join) {
        EXPECT_TRUE(client_.insert(user->id).second) << user->nick;
      } else if (kind == PresenceKind::quit) {
        EXPECT_EQ(client_.erase(user->id), 1U) << user->nick;
      }
    }
    return out;
  }
  std::set<UserId> list() const {
    std::set<UserId> ids;
    for (const UserPtr& user : presence_.listed()) EXPECT_TRUE(ids.insert(user->id).second);
    return ids;
  }
  std::vector<std::string> nicks() const {
    std::vector<std::string> out;
    for (const UserPtr& user : presence_.listed()) out.push_back(user->nick);
    return out;
  }
  static UserPtr user(UserId id) { return person(id, "user" + std::to_string(id)); }

  Presence presence_{{.quit_grace_ms = 100, .restart_grace_ms = 1000, .names_max = 3}};
  std::set<UserId> client_;  // who was here from the start, and heard everything
  UserPtr ada_ = person(1, "Ada"), bo_ = person(2, "Bo");
};

TEST_F(PresenceTest, ComingAndGoing) {
  presence_.arrive(ada_);
  EXPECT_THAT(told(), ElementsAre("+Ada"));
  EXPECT_THAT(told(), IsEmpty());
  presence_.depart(1, 1000, false);
  EXPECT_TRUE(presence_.in_grace(1));
  presence_.advance(1099);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_THAT(nicks(), ElementsAre("Ada"));
  presence_.advance(1100);
  EXPECT_THAT(told(), ElementsAre("-Ada"));
  EXPECT_EQ(presence_.present_count(), 0U);
  EXPECT_FALSE(presence_.in_grace(1));
}

TEST_F(PresenceTest, OtherFeaturesMoveAUserInTheList) {
  presence_.restore(ada_, 0);
  client_.insert(1);
  presence_.arrive(person(1, "Ada", Role::user, {"vip"}));
  const auto changes = presence_.take_changes();
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].kind, PresenceKind::quit);
  EXPECT_THAT(changes[0].user->features, IsEmpty()) << "as everybody knew him";
  EXPECT_EQ(changes[1].kind, PresenceKind::join);
  EXPECT_THAT(changes[1].user->features, ElementsAre("vip"));
  EXPECT_EQ(changes[2].kind, PresenceKind::update);
}

TEST_F(PresenceTest, EachDepartureHasItsOwnGrace) {
  presence_.arrive(ada_);
  told();
  presence_.depart(1, 1000, false);
  presence_.arrive(ada_);
  presence_.depart(1, 1050, false);
  presence_.advance(1100);
  EXPECT_THAT(told(), IsEmpty()) << "the end of the first one counts no more";
  presence_.advance(1150);
  EXPECT_THAT(told(), ElementsAre("-Ada"));
}

TEST_F(PresenceTest, WhatHappensInOneRoundCancelsOut) {
  presence_.arrive(ada_);
  presence_.depart(1, 0, true);
  EXPECT_THAT(told(), IsEmpty());
  presence_.arrive(bo_);
  told();
  presence_.depart(2, 0, true);
  presence_.arrive(bo_);
  EXPECT_THAT(told(), IsEmpty());
  presence_.depart(2, 0, true);
  presence_.arrive(person(2, "Bob"));
  EXPECT_THAT(told(), ElementsAre("~Bob"));
}

TEST_F(PresenceTest, GraceOfNothingIsNone) {
  Presence presence({.quit_grace_ms = 0});
  presence.arrive(ada_);
  presence.take_changes();
  presence.depart(1, 0, false);
  EXPECT_EQ(presence.take_changes().size(), 1U);
}

TEST_F(PresenceTest, OnlyWhoIsInGraceIsExpelled) {
  presence_.arrive(ada_);
  presence_.expel(1);
  presence_.expel(9);
  EXPECT_THAT(told(), ElementsAre("+Ada"));
  presence_.depart(1, 0, false);
  presence_.expel(1);
  EXPECT_THAT(told(), ElementsAre("-Ada"));
}

TEST_F(PresenceTest, StaffComeFirstAndAlwaysHaveAPlace) {
  for (UserId id = 11; id <= 13; ++id) presence_.arrive(user(id));
  told();
  presence_.arrive(user(14));
  EXPECT_THAT(told(), IsEmpty()) << "full";
  presence_.arrive(person(3, "Mod", Role::moderator));
  presence_.arrive(person(4, "Boss", Role::admin));
  EXPECT_THAT(told(), ElementsAre("+Mod", "+Boss"));
  EXPECT_THAT(nicks(), ElementsAre("Boss", "Mod", "user11", "user12", "user13"));
  EXPECT_EQ(presence_.present_count(), 6U);
  EXPECT_EQ(presence_.listed_count(), 5U);
}

TEST_F(PresenceTest, WhoHasNoPlaceComesAndGoesUnseen) {
  for (UserId id = 11; id <= 13; ++id) presence_.arrive(user(id));
  told();
  const uint64_t version = presence_.version();
  presence_.arrive(user(14));
  told();
  presence_.depart(14, 0, false);
  presence_.advance(100);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(presence_.version(), version) << "a cached list is still good";
}

TEST_F(PresenceTest, AFreePlaceIsFilled) {
  for (UserId id = 11; id <= 15; ++id) presence_.arrive(user(id));
  told();
  presence_.depart(11, 0, true);
  presence_.arrive(user(16));
  EXPECT_THAT(told(), ElementsAre("-user11", "+user16")) << "a newcomer needs no wait";
  presence_.depart(12, 0, true);
  EXPECT_THAT(told(), ElementsAre("-user12"));
  presence_.advance(0);
  EXPECT_EQ(told().size(), 1U) << "one of those who waited";
  EXPECT_EQ(presence_.listed_count(), 3U);
}

TEST_F(PresenceTest, ARankThatChangesMovesThePlaces) {
  for (UserId id = 11; id <= 14; ++id) presence_.arrive(user(id));
  told();
  presence_.renew(person(14, "user14", Role::moderator));
  EXPECT_THAT(told(), ElementsAre("+user14"));
  presence_.renew(person(11, "user11", Role::moderator));
  EXPECT_THAT(told(), ElementsAre("-user11", "+user11", "~user11"));
  presence_.arrive(user(15));
  EXPECT_THAT(told(), ElementsAre("+user15")) << "user11's place";
  presence_.renew(user(11));
  EXPECT_THAT(told(), ElementsAre("-user11", "+user11", "~user11"))
      << "stays, although the list is longer than it should";
  presence_.depart(12, 0, true);
  told();
  presence_.arrive(user(16));
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(PresenceTest, RecordsThatLookTheSameAreNoNews) {
  presence_.arrive(ada_);
  told();
  presence_.arrive(person(1, "Ada"));
  presence_.renew(bo_);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(PresenceTest, AfterARestart) {
  for (UserId id = 11; id <= 14; ++id) presence_.restore(user(id), 5000);
  EXPECT_THAT(told(), IsEmpty());
  client_ = list();
  EXPECT_EQ(client_.size(), 3U);
  presence_.arrive(user(11));
  presence_.arrive(user(14));
  presence_.advance(5999);
  EXPECT_THAT(told(), IsEmpty());
  presence_.advance(6000);
  EXPECT_THAT(told(), ElementsAre("-user12", "-user13"));
  presence_.advance(6000);
  EXPECT_THAT(told(), ElementsAre("+user14"));
  EXPECT_THAT(presence_.take_moves(),
              UnorderedElementsAre(std::pair(12, false), std::pair(13, false)));
}

TEST_F(PresenceTest, MovesAreWhatBecameOfEach) {
  presence_.arrive(ada_);
  presence_.arrive(bo_);
  presence_.depart(2, 0, true);
  EXPECT_THAT(presence_.take_moves(),
              UnorderedElementsAre(std::pair(1, true), std::pair(2, false)));
  presence_.depart(1, 0, false);
  presence_.arrive(ada_);
  EXPECT_THAT(presence_.take_moves(), IsEmpty());
}

TEST_F(PresenceTest, HeldNobodyLeaves) {
  presence_.arrive(ada_);
  presence_.depart(1, 0, false);
  presence_.hold();
  presence_.advance(1'000'000);
  EXPECT_THAT(told(), ElementsAre("+Ada"));
}

// Whatever happens: what a client was told, from any moment on, adds up to the list.
TEST_F(PresenceTest, ListAndChangesAlwaysAddUp) {
  std::mt19937 dice(7);
  const auto roll = [&](int n) { return static_cast<int>(dice() % static_cast<unsigned>(n)); };
  std::map<UserId, bool> here;
  MonoMs now = 0;
  for (int round = 0; round < 3000; ++round) {
    for (int i = roll(4); i > 0; --i) {
      const UserId id = 1 + roll(8);
      const Role role = roll(4) == 0 ? Role::moderator : Role::user;
      if (roll(5) == 0) {
        presence_.renew(person(id, "user" + std::to_string(id), role));
      } else if (std::exchange(here[id], !here[id])) {
        presence_.depart(id, now, roll(3) == 0);
      } else {
        presence_.arrive(person(id, "user" + std::to_string(id), role));
      }
    }
    now += roll(60);
    const bool timed = roll(2) == 0;
    if (timed) presence_.advance(now);
    told();
    ASSERT_EQ(client_, list()) << "round " << round;
    ASSERT_EQ(presence_.listed_count(), client_.size());
    if (!timed || presence_.present_count() > 3) continue;
    presence_.advance(now);
    told();
    for (const auto& [id, is_here] : here) {
      ASSERT_TRUE(!is_here || client_.contains(id)) << "a place for each, round " << round;
    }
  }
}

}  // namespace
}  // namespace strims::chat
