#include "journal/nonce_table.h"

#include <gtest/gtest.h>

namespace strims::journal {
namespace {

Entry entry(EntryId id, std::string nonce, TimeMs at = 0) {
  Entry made;
  made.id = id;
  made.channel = 1;
  made.actor.id = 7;
  made.nonce = std::move(nonce);
  made.at = at;
  made.seq = static_cast<Seq>(id);
  return made;
}

TEST(NonceTable, FindsByChannelUserAndNonce) {
  NonceTable table(10);
  table.add(entry(1, "a"));
  ASSERT_NE(table.find(entry(9, "a"), 0), nullptr);
  EXPECT_EQ(table.find(entry(9, "a"), 0)->id, 1);
  EXPECT_EQ(table.find(entry(9, "b"), 0), nullptr);
  Entry other = entry(9, "a");
  other.actor.id = 8;
  EXPECT_EQ(table.find(other, 0), nullptr);
  other = entry(9, "a");
  other.channel = 2;
  EXPECT_EQ(table.find(other, 0), nullptr);
}

TEST(NonceTable, ForgetsByTime) {
  NonceTable table(10);
  table.add(entry(1, "a", 100));
  table.add(entry(2, "b", 200));
  EXPECT_EQ(table.find(entry(9, "a"), 150), nullptr);
  table.forget_before(150);
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(table.find(entry(9, "a"), 0), nullptr);
  EXPECT_NE(table.find(entry(9, "b"), 0), nullptr);
}

TEST(NonceTable, ANewerOneTakesThePlace) {
  NonceTable table(10);
  table.add(entry(1, "a", 100));
  table.add(entry(2, "a", 300));
  table.forget_before(200);
  ASSERT_NE(table.find(entry(9, "a"), 0), nullptr);
  EXPECT_EQ(table.find(entry(9, "a"), 0)->id, 2);
  table.forget_before(400);
  EXPECT_EQ(table.size(), 0U);
}

TEST(NonceTable, IsBounded) {
  NonceTable table(3);
  for (EntryId id = 1; id <= 10; ++id) table.add(entry(id, id % 2 ? "odd" : std::to_string(id)));
  EXPECT_LE(table.size(), 3U);
  EXPECT_NE(table.find(entry(99, "10"), 0), nullptr);
  EXPECT_EQ(table.find(entry(99, "2"), 0), nullptr);
  table.clear();
  EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace strims::journal
