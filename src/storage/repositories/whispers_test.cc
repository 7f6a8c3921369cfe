#include "storage/repositories/whispers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/repositories/test_database.h"
#include "storage/repositories/users.h"

namespace strims::storage {
namespace {

constexpr TimeMs kNow = 1'760'000'000'000;
constexpr int64_t kDay = 24LL * 3600 * 1000;

User person(UserId id, Role role = Role::user) {
  User user;
  user.id = id;
  user.nick = "u" + std::to_string(id);
  user.role = role;
  user.created_at = kNow - 30 * kDay;
  return user;
}

std::vector<RecentWhisper> times(int n, RecentWhisper whisper) {
  return std::vector<RecentWhisper>(static_cast<size_t>(n), whisper);
}

const RecentWhisper kUnreadToTarget{1, 2, false, kNow - 1000};

std::string_view check(std::vector<RecentWhisper> recent, const User& sender = person(1),
                       bool banned = false, const User& target = person(2)) {
  const auto result = check_whisper(sender, target, banned, recent, kNow);
  return result ? "ok" : result.error().reason;
}

TEST(WhisperRulesTest, WhoMayWriteAtAll) {
  EXPECT_EQ(check({}), "ok");
  EXPECT_EQ(check({}, person(1), false, person(1)), "notfound");
  auto gone = person(2);
  gone.deleted = true;
  EXPECT_EQ(check({}, person(1), true, gone), "notfound");
  EXPECT_EQ(check({}, person(1), true), "privmsgbanned");
  auto young = person(1);
  young.created_at = kNow - 7 * kDay + 1;
  EXPECT_EQ(check({}, young), "privmsgaccounttooyoung");
  young.created_at = kNow - 7 * kDay;
  EXPECT_EQ(check({}, young), "ok");
}

TEST(WhisperRulesTest, TheFifthUnreadOneToATargetWaits) {
  EXPECT_EQ(check(times(3, kUnreadToTarget)), "ok");
  EXPECT_EQ(check(times(4, kUnreadToTarget)), "throttled");
  auto read = kUnreadToTarget;
  read.read = true;
  EXPECT_EQ(check(times(20, read)), "ok");
}

TEST(WhisperRulesTest, AnAnswerLiftsTheDenial) {
  auto recent = times(6, kUnreadToTarget);
  EXPECT_EQ(check(recent), "throttled");
  recent.push_back({2, 1, true, kNow});
  EXPECT_EQ(check(recent), "ok");
}

TEST(WhisperRulesTest, TheSumOverAllTargetsIsBounded) {
  std::vector<RecentWhisper> recent;
  for (UserId other = 10; other < 31; ++other) recent.push_back({1, other, false, kNow - 5000});
  EXPECT_EQ(check(recent), "ok");  // 21
  recent.push_back({1, 31, false, kNow - 4000});
  EXPECT_EQ(check(recent), "throttled");
  // A message from a third person counts two down.
  recent.push_back({31, 1, false, kNow - 3000});
  EXPECT_EQ(check(recent), "ok");
}

TEST(WhisperRulesTest, AdminsAreUnlimitedAndTheWaitIsTold) {
  EXPECT_EQ(check(times(50, kUnreadToTarget), person(1, Role::admin)), "ok");
  EXPECT_EQ(check(times(50, kUnreadToTarget), person(1, Role::moderator)), "throttled");
  const auto refused = check_whisper(person(1), person(2), false, times(4, kUnreadToTarget), kNow);
  EXPECT_EQ(refused.error().retry_after_ms, 3600 * 1000 - 1000);
}

class WhispersTest : public testing::Test {
 protected:
  WhispersTest() : ada_(add("Ada")), bo_(add("Bo")), cy_(add("C_y")) {}
  User add(const std::string& nick) {
    NewUser user;
    user.nick = user.skeleton = nick;
    user.created_at = kNow - 30 * kDay;
    user.role = Role::user;
    return *create_user(db(), user);
  }
  int64_t send(const User& from, const User& to, std::string_view text, TimeMs at = kNow) {
    const auto sent = send_whisper(db(), from, to, false, text, at);
    EXPECT_TRUE(sent.has_value());
    return sent ? sent->id : 0;
  }
  sql::Connection& db() { return database_.connection(); }

  TestDatabase database_;
  User ada_, bo_, cy_;
};

TEST_F(WhispersTest, SendStoresAndTheThrottleSeesIt) {
  const auto sent = send_whisper(db(), ada_, bo_, false, "psst", kNow);
  ASSERT_TRUE(sent.has_value());
  EXPECT_EQ(sent->from_nick, "Ada");
  EXPECT_EQ(sent->to_nick, "Bo");
  for (int i = 0; i < 3; ++i) send(ada_, bo_, "psst");
  EXPECT_EQ(send_whisper(db(), ada_, bo_, false, "psst", kNow).error().reason, "throttled");
  EXPECT_EQ(*unread_count(db(), bo_.id), 4);
  // An hour later the old ones do not count.
  EXPECT_TRUE(send_whisper(db(), ada_, bo_, false, "psst", kNow + 3600 * 1000).has_value());
}

TEST_F(WhispersTest, UnreadPerSenderNewestFirst) {
  send(ada_, bo_, "1");
  const auto last_of_cy = send(cy_, bo_, "2", kNow + 1);
  const auto last_of_ada = send(ada_, bo_, "3", kNow + 2);
  const auto senders = *unread_whispers(db(), bo_.id);
  ASSERT_EQ(senders.size(), 2u);
  EXPECT_EQ(senders[0].nick, "Ada");
  EXPECT_EQ(senders[0].unread, 2);
  EXPECT_EQ(senders[0].message_id, last_of_ada);
  EXPECT_EQ(senders[1].message_id, last_of_cy);
  EXPECT_EQ(senders[1].at, kNow + 1);
  EXPECT_TRUE(unread_whispers(db(), ada_.id)->empty());
}

TEST_F(WhispersTest, InboxPagesNewestFirstAndMarksRead) {
  for (int i = 0; i < 15; ++i) {
    send(ada_, bo_, "a" + std::to_string(i));
    send(bo_, ada_, "b" + std::to_string(i));
  }
  send(cy_, bo_, "other");
  const auto page = *read_inbox(db(), bo_.id, ada_.id, 0);
  ASSERT_EQ(page.size(), kInboxPage);
  EXPECT_EQ(page[0].text, "b14");
  EXPECT_EQ(page[1].text, "a14");
  EXPECT_FALSE(page[1].read);  // as it was
  EXPECT_EQ(page[1].from_nick, "Ada");
  EXPECT_EQ(page[1].to_nick, "Bo");
  EXPECT_EQ(*unread_count(db(), bo_.id), 1);    // Cy's
  EXPECT_EQ(*unread_count(db(), ada_.id), 15);  // the other direction stays
  const auto rest = *read_inbox(db(), bo_.id, ada_.id, 25);
  ASSERT_EQ(rest.size(), 5u);
  EXPECT_EQ(rest[4].text, "a0");
  EXPECT_TRUE(rest[4].read);
  EXPECT_TRUE(read_inbox(db(), bo_.id, ada_.id, 30)->empty());
}

TEST_F(WhispersTest, OnlyTheReceiverOpens) {
  const auto id = send(ada_, bo_, "psst");
  EXPECT_EQ(open_whisper(db(), ada_.id, id).error().reason, "notfound");
  EXPECT_EQ(open_whisper(db(), cy_.id, id).error().reason, "notfound");
  EXPECT_EQ(*unread_count(db(), bo_.id), 1);
  EXPECT_TRUE(open_whisper(db(), bo_.id, id).has_value());
  EXPECT_TRUE(open_whisper(db(), bo_.id, id).has_value());
  EXPECT_EQ(*unread_count(db(), bo_.id), 0);
}

TEST_F(WhispersTest, ConversationsPageAndSearch) {
  send(ada_, bo_, "to bo");
  send(cy_, ada_, "to ada");
  const auto last = send(bo_, ada_, "from bo");
  const auto all = *list_conversations(db(), ada_.id, {});
  ASSERT_EQ(all.rows.size(), 2u);
  EXPECT_FALSE(all.more);
  EXPECT_EQ(all.rows[0].nick, "Bo");
  EXPECT_EQ(all.rows[0].last_text, "from bo");
  EXPECT_EQ(all.rows[0].last_id, last);
  EXPECT_FALSE(all.rows[0].last_from_me);
  EXPECT_EQ(all.rows[0].unread, 1);
  EXPECT_EQ(all.rows[1].nick, "C_y");

  const auto first = *list_conversations(db(), ada_.id, {.limit = 1});
  EXPECT_TRUE(first.more);
  const auto second =
      *list_conversations(db(), ada_.id, {.before_id = first.rows[0].last_id, .limit = 1});
  ASSERT_EQ(second.rows.size(), 1u);
  EXPECT_EQ(second.rows[0].nick, "C_y");
  EXPECT_FALSE(second.more);

  EXPECT_EQ(list_conversations(db(), ada_.id, {.search = "_Y"})->rows.size(), 1u);
  EXPECT_EQ(list_conversations(db(), ada_.id, {.search = "b%"})->rows.size(), 0u);
  EXPECT_TRUE((*list_conversations(db(), bo_.id, {})).rows[0].last_from_me);
}

TEST_F(WhispersTest, DeletingHidesItFromOneSideOnly) {
  send(ada_, bo_, "1");
  send(bo_, ada_, "2");
  ASSERT_TRUE(delete_conversation(db(), bo_.id, ada_.id).has_value());
  EXPECT_TRUE(read_inbox(db(), bo_.id, ada_.id, 0)->empty());
  EXPECT_TRUE(list_conversations(db(), bo_.id, {})->rows.empty());
  EXPECT_EQ(*unread_count(db(), bo_.id), 0);
  EXPECT_EQ(read_inbox(db(), ada_.id, bo_.id, 0)->size(), 2u);
  ASSERT_TRUE(open_all_whispers(db(), ada_.id).has_value());
  EXPECT_EQ(*unread_count(db(), ada_.id), 0);
}

}  // namespace
}  // namespace strims::storage
