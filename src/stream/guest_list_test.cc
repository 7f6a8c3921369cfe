#include "stream/guest_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strims::stream {
namespace {

using Standing = GuestList::Standing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST(GuestList, KnowsWhatItWasTold) {
  GuestList guests;
  EXPECT_EQ(guests.ask(7, 0), Standing::unknown);
  EXPECT_FALSE(guests.knows(7)) << "asking is not being known";
  guests.set(7, true, 0);
  guests.set(8, false, 0);
  EXPECT_EQ(guests.ask(7, 1), Standing::admitted);
  EXPECT_EQ(guests.ask(8, 1), Standing::refused);
  EXPECT_TRUE(guests.knows(8));
  guests.set(7, false, 2);
  guests.set(8, true, 2);
  EXPECT_EQ(guests.ask(7, 3), Standing::refused);
  EXPECT_EQ(guests.ask(8, 3), Standing::admitted);
}

TEST(GuestList, LooksUpAgainWhoeverStillAsks) {
  GuestList guests;
  guests.set(1, true, 0);
  guests.set(2, false, 5'000);
  EXPECT_THAT(guests.due(GuestList::kRecheckMs - 1, 10), IsEmpty());
  EXPECT_THAT(guests.due(GuestList::kRecheckMs, 10), ElementsAre(1));
  guests.set(1, true, GuestList::kRecheckMs);
  EXPECT_THAT(guests.due(GuestList::kRecheckMs + 5'000, 10), ElementsAre(2))
      << "one who was refused may be let in again";
}

TEST(GuestList, ForgetsWhoAsksNoMore) {
  GuestList guests;
  guests.set(1, true, 0);
  guests.set(2, false, 0);
  guests.set(3, true, 0);
  guests.ask(3, 1'000);
  EXPECT_THAT(guests.due(GuestList::kKeepMs, 10), UnorderedElementsAre(1, 2, 3));
  EXPECT_THAT(guests.due(GuestList::kKeepMs + 1, 10), ElementsAre(3));
  EXPECT_EQ(guests.ask(1, GuestList::kKeepMs + 1), Standing::unknown);
  EXPECT_EQ(guests.ask(2, GuestList::kKeepMs + 1), Standing::unknown);
}

TEST(GuestList, GivesAsManyAsCanBeLookedUp) {
  GuestList guests;
  for (UserId id = 1; id <= 10; ++id) guests.set(id, true, 0);
  const auto first = guests.due(GuestList::kRecheckMs, 4);
  EXPECT_THAT(first, SizeIs(4));
  for (const UserId id : first) guests.set(id, true, 1);
  EXPECT_THAT(guests.due(GuestList::kRecheckMs + 1, 10), SizeIs(10));
  for (const UserId id : guests.due(GuestList::kRecheckMs + 1, 6))
    EXPECT_THAT(first, ::testing::Not(::testing::Contains(id))) << "those who waited longest";
}

TEST(GuestList, IsBoundedAndThenKnowsNoNewOnes) {
  GuestList guests(2);
  for (UserId id = 1; id <= 3; ++id) guests.set(id, true, 0);
  EXPECT_EQ(guests.ask(2, 0), Standing::admitted);
  EXPECT_EQ(guests.ask(3, 0), Standing::unknown);
  guests.set(1, false, 0);
  EXPECT_EQ(guests.ask(1, 0), Standing::refused) << "what is known still changes";
  guests.clear();
  EXPECT_EQ(guests.ask(1, 0), Standing::unknown);
}

}  // namespace
}  // namespace strims::stream
