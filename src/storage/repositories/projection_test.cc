#include "storage/repositories/projection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/repositories/channel_state.h"
#include "storage/repositories/entries.h"
#include "storage/repositories/test_database.h"
#include "storage/repositories/test_entries.h"

namespace strims::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Projection : public ::testing::Test {
 protected:
  void apply(const Entry& entry) {
    ASSERT_TRUE(insert_entry(db(), entry));
    const auto done = project(db(), entry);
    ASSERT_TRUE(done) << done.error().detail;
  }
  Entry ban(Seq n, UserId target, int64_t seconds, std::string extra = {}) {
    Entry entry = test_act(n, EntryKind::ban, target, seconds, "spam");
    entry.flag = !extra.empty();
    entry.extra = std::move(extra);
    return entry;
  }
  // At `seconds` after the start.
  ChannelSnapshot snapshot(int64_t seconds) {
    auto loaded = load_channel(db(), 1, kTestStart + seconds * 1000);
    EXPECT_TRUE(loaded) << loaded.error().detail;
    return std::move(*loaded);
  }
  std::vector<ModerationRecord> record() { return *read_moderation_log(db(), {}); }
  std::optional<Ban> of_address(const char* address, int64_t seconds) {
    return *active_ban_of_address(db(), 1, *IpAddress::parse(address), kTestStart + seconds * 1000);
  }
  std::optional<Ban> of_user(UserId user, int64_t seconds) {
    return *active_ban_of_user(db(), 1, user, kTestStart + seconds * 1000);
  }

  sql::Connection& db() { return database_.connection(); }
  TestDatabase database_;
};

TEST_F(Projection, AMuteRunsItsTimeAndTheNewestCounts) {
  apply(test_act(1, EntryKind::mute, 8, 60));
  auto mutes = snapshot(2).mutes;
  ASSERT_EQ(mutes.size(), 1U);
  EXPECT_EQ(mutes[0].user_id, 8);
  EXPECT_EQ(mutes[0].nick, "user8");
  EXPECT_EQ(mutes[0].until, kTestStart + 61'000);
  EXPECT_EQ(mutes[0].by_nick, "Mod");
  EXPECT_TRUE(snapshot(61).mutes.empty());
  apply(test_act(2, EntryKind::mute, 8, 600));
  mutes = snapshot(100).mutes;
  ASSERT_EQ(mutes.size(), 1U);
  EXPECT_EQ(mutes[0].entry, 1002);
  apply(test_act(3, EntryKind::unmute, 8));
  EXPECT_TRUE(snapshot(4).mutes.empty());
  apply(test_act(4, EntryKind::mute, 8, -5));
  EXPECT_TRUE(snapshot(4).mutes.empty());
}

TEST_F(Projection, DeathMutesTheActorAndIsNoModeration) {
  Entry death = test_entry(1, EntryKind::death, "Ada died");
  death.number = 600;
  apply(death);
  ASSERT_EQ(snapshot(2).mutes.size(), 1U);
  EXPECT_EQ(snapshot(2).mutes[0].user_id, 7);
  EXPECT_TRUE(record().empty());
}

TEST_F(Projection, ABanEndsOrIsPermanent) {
  apply(ban(1, 8, 60));
  apply(ban(2, 9, 0));
  const auto timed = of_user(8, 2);
  ASSERT_TRUE(timed);
  EXPECT_EQ(timed->id, 1001);
  EXPECT_EQ(timed->reason, "spam");
  EXPECT_EQ(timed->start, kTestStart + 1000);
  EXPECT_EQ(timed->end, kTestStart + 61'000);
  EXPECT_EQ(timed->by_id, 3);
  EXPECT_FALSE(of_user(8, 61));
  const auto permanent = of_user(9, 1'000'000'000);
  ASSERT_TRUE(permanent);
  EXPECT_FALSE(permanent->end);
  EXPECT_FALSE(of_user(0, 2));
}

TEST_F(Projection, ABanMayLastAsLongAsTheClientCanSay) {
  const int64_t longest = INT64_MAX / 1'000'000'000 + 1;
  apply(ban(1, 8, longest));
  EXPECT_EQ(of_user(8, 2)->end, kTestStart + 1000 + longest * 1000);
  apply(ban(2, 8, INT64_MAX));
  EXPECT_GT(of_user(8, 2)->end, kTestStart) << "no overflow";
}

TEST_F(Projection, AddressesAreBannedByUnit) {
  apply(ban(1, 8, 60, R"({"addresses":["192.0.2.7","2001:db8::","192.0.2.7","nonsense"]})"));
  EXPECT_TRUE(of_address("192.0.2.7", 2));
  EXPECT_FALSE(of_address("192.0.2.8", 2));
  EXPECT_TRUE(of_address("2001:db8::42", 2));
  EXPECT_FALSE(of_address("2001:db8:0:1::42", 2));
  EXPECT_FALSE(of_address("192.0.2.7", 61));
  EXPECT_EQ(snapshot(2).bans.size(), 3U);
  EXPECT_EQ(find_ban(db(), 1001)->value().address, "");
  // The record says that addresses were banned, but not which.
  EXPECT_THAT(record()[0].detail, HasSubstr("\"ip\":true"));
  EXPECT_THAT(record()[0].detail, Not(HasSubstr("192")));
}

TEST_F(Projection, ABanWithBadJsonIsRefused) {
  const Entry entry = ban(1, 8, 60, "{");
  ASSERT_TRUE(insert_entry(db(), entry));
  EXPECT_EQ(project(db(), entry).error().reason, "invalid_json");
}

TEST_F(Projection, ANewerBanTakesThePlaceOfTheOlder) {
  apply(ban(1, 8, 0, R"({"addresses":["192.0.2.7","192.0.2.8"]})"));
  apply(ban(2, 8, 60, R"({"addresses":["192.0.2.7"]})"));
  EXPECT_EQ(of_user(8, 3)->id, 1002);
  EXPECT_EQ(of_address("192.0.2.7", 3)->id, 1002);
  EXPECT_FALSE(of_address("192.0.2.8", 3));  // the newer ban does not name it
  EXPECT_FALSE(of_user(8, 100));
  const auto older = *find_ban(db(), 1001);
  EXPECT_EQ(older->lifted_at, kTestStart + 2000);
}

TEST_F(Projection, UnbanLiftsUserAddressesAndMute) {
  apply(ban(1, 8, 0, R"({"addresses":["192.0.2.7"]})"));
  apply(test_act(2, EntryKind::mute, 8, 600));
  apply(ban(3, 9, 0));
  apply(test_act(4, EntryKind::unban, 8));
  EXPECT_FALSE(of_user(8, 5));
  EXPECT_FALSE(of_address("192.0.2.7", 5));
  EXPECT_TRUE(snapshot(5).mutes.empty());
  EXPECT_TRUE(of_user(9, 5));
  const auto lifted = *find_ban(db(), 1001);
  EXPECT_EQ(lifted->lifted_by_nick, "Mod");
  EXPECT_FALSE(lifted->active(kTestStart));
}

TEST_F(Projection, AnAddressSharedByTwoStaysBannedUntilBothAreFree) {
  apply(ban(1, 8, 0, R"({"addresses":["192.0.2.7"]})"));
  apply(ban(2, 9, 60, R"({"addresses":["192.0.2.7"]})"));
  EXPECT_EQ(snapshot(3).bans.size(), 4U);
  apply(test_act(3, EntryKind::unban, 9));
  EXPECT_FALSE(of_user(9, 4));
  ASSERT_TRUE(of_user(8, 4));
  ASSERT_TRUE(of_address("192.0.2.7", 4));
  EXPECT_EQ(of_address("192.0.2.7", 4)->user_id, 8);
  EXPECT_EQ(snapshot(4).bans.size(), 2U);
  apply(test_act(4, EntryKind::unban, 8));
  EXPECT_FALSE(of_address("192.0.2.7", 5));
}

TEST_F(Projection, AnAddressBanWithoutUserReplacesOnlyItsLike) {
  apply(ban(1, 8, 0, R"({"addresses":["192.0.2.7"]})"));
  apply(ban(2, 0, 0, R"({"addresses":["192.0.2.7","192.0.2.8"]})"));
  apply(ban(3, 0, 60, R"({"addresses":["192.0.2.7"]})"));
  std::vector<EntryId> ids;
  for (const Ban& one : snapshot(4).bans) ids.push_back(one.id);
  EXPECT_THAT(ids, ElementsAre(1001, 1001, 1002, 1003));
}

TEST_F(Projection, AnAddressBanWithoutUserIsLiftedById) {
  apply(ban(1, 0, 0, R"({"addresses":["192.0.2.7"]})"));
  EXPECT_TRUE(of_address("192.0.2.7", 2));
  EXPECT_EQ(find_ban(db(), 1001)->value().address, "192.0.2.7");
  Entry unban = test_act(2, EntryKind::unban, 0);
  unban.target_entry = 1001;
  apply(unban);
  EXPECT_FALSE(of_address("192.0.2.7", 3));
}

TEST_F(Projection, ListsBans) {
  for (Seq n = 1; n <= 5; ++n) apply(ban(n, 10 + static_cast<UserId>(n), n == 2 ? 1 : 0, "{}"));
  const TimeMs now = kTestStart + 100'000;
  const auto ids = [](const Result<std::vector<Ban>>& bans) {
    std::vector<EntryId> out;
    for (const auto& one : *bans) out.push_back(one.id);
    return out;
  };
  EXPECT_THAT(ids(list_bans(db(), 1, true, now, 0, 3)), ElementsAre(1005, 1004, 1003));
  EXPECT_THAT(ids(list_bans(db(), 1, true, now, 1003, 3)), ElementsAre(1001));
  EXPECT_THAT(ids(list_bans(db(), 1, false, now, 1003, 3)), ElementsAre(1002, 1001));
}

TEST_F(Projection, PinSubonlyPhrasesStream) {
  EXPECT_FALSE(snapshot(0).pin);
  apply(test_act(1, EntryKind::pin, 0, 0, "rules"));
  apply(test_act(2, EntryKind::subonly, 0, 3));
  apply(test_act(3, EntryKind::phrase_add, 0, 0, "zebra"));
  apply(test_act(4, EntryKind::phrase_add, 0, 0, "ant"));
  apply(test_act(5, EntryKind::phrase_add, 0, 0, "ant"));
  apply(test_entry(6, EntryKind::stream));
  auto now = snapshot(7);
  EXPECT_EQ(now.pin->text, "rules");
  EXPECT_EQ(now.subonly_tier, 3);
  EXPECT_THAT(now.phrases, ElementsAre("zebra", "ant"));
  EXPECT_EQ(now.stream->seq, 6U);
  apply(test_act(7, EntryKind::pin, 0, 0, ""));
  apply(test_act(8, EntryKind::subonly, 0, 0));
  apply(test_act(9, EntryKind::phrase_remove, 0, 0, "zebra"));
  now = snapshot(10);
  EXPECT_FALSE(now.pin);
  EXPECT_EQ(now.subonly_tier, 0);
  EXPECT_THAT(now.phrases, ElementsAre("ant"));
}

TEST_F(Projection, APollRunsWithItsVotesUntilItStops) {
  Entry vote = test_entry(1, EntryKind::vote);
  apply(vote);  // of an earlier poll
  apply(test_act(2, EntryKind::poll_start, 0));
  vote = test_entry(3, EntryKind::vote);
  vote.number = 2;
  apply(vote);
  const auto running = snapshot(4);
  EXPECT_EQ(running.poll->seq, 2U);
  ASSERT_EQ(running.votes.size(), 1U);
  EXPECT_EQ(running.votes[0].number, 2);
  EXPECT_TRUE(running.history.empty());  // polls and votes are no history
  apply(test_act(4, EntryKind::poll_stop, 0));
  EXPECT_FALSE(snapshot(5).poll);
  EXPECT_TRUE(snapshot(5).votes.empty());
}

TEST_F(Projection, PaidEventsLiveUntilTheirEndOrRemoval) {
  Entry gift = test_entry(1, EntryKind::gift_sub);
  gift.uuid = "g1";
  gift.extra = R"({"expirationTimestamp":)" + std::to_string(kTestStart + 10'000) + "}";
  apply(gift);
  Entry donation = test_entry(2, EntryKind::donation);
  donation.uuid = "d1";
  apply(donation);
  Entry other = test_entry(3, EntryKind::subscription);
  other.uuid = "s1";
  apply(other);
  Entry removal = test_act(4, EntryKind::event_remove, 0);
  removal.uuid = "s1";
  apply(removal);
  const auto live = [&](int64_t at) {
    std::vector<std::string> out;
    for (const auto& entry : snapshot(at).paid_events) out.push_back(entry.uuid);
    return out;
  };
  EXPECT_THAT(live(5), ElementsAre("g1", "d1"));
  EXPECT_THAT(live(10), ElementsAre("d1"));
  EXPECT_THAT(live(302), ElementsAre());
  EXPECT_THAT(record()[0].detail, HasSubstr("s1"));
}

TEST_F(Projection, DeletingAnothersMessageIsOnTheRecord) {
  apply(test_entry(1, EntryKind::message, "something bad"));
  apply(test_entry(2, EntryKind::message, "my own"));
  Entry tombstone = test_act(3, EntryKind::tombstone, 0);
  tombstone.target_entry = 1001;
  apply(tombstone);
  Entry own = test_entry(4, EntryKind::tombstone);
  own.target_entry = 1002;
  apply(own);
  const auto lines = record();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].action, "tombstone");
  EXPECT_EQ(lines[0].actor_nick, "Mod");
  EXPECT_EQ(lines[0].target_nick, "Ada");
  EXPECT_THAT(lines[0].detail, HasSubstr("something bad"));
  EXPECT_TRUE(snapshot(5).history.empty());
}

TEST_F(Projection, TheRecordSaysWhoDidWhatToWhomAndWhy) {
  apply(ban(1, 8, 60));
  apply(test_act(2, EntryKind::mute, 9, 30));
  apply(test_entry(3, EntryKind::message, "no moderation"));
  Entry system = test_act(4, EntryKind::poll_stop, 0);
  system.actor = {};
  apply(system);
  const auto lines = record();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].action, "ban");
  EXPECT_EQ(lines[1].actor_id, 3);
  EXPECT_EQ(lines[1].target_id, 8);
  EXPECT_EQ(lines[1].reason, "spam");
  EXPECT_EQ(lines[1].at, kTestStart + 1000);
  EXPECT_EQ(lines[1].entry, 1001);
  EXPECT_EQ(lines[0].detail, R"({"seconds":30})");
}

TEST_F(Projection, WhatNoHistoryShowsDoesNotShortenIt) {
  for (Seq n = 1; n <= 20; ++n) apply(test_entry(n, EntryKind::message, std::to_string(n)));
  apply(test_act(21, EntryKind::mute, 8, 60));
  for (Seq n = 22; n <= 61; ++n) {
    constexpr EntryKind kUnseen[] = {EntryKind::pin, EntryKind::poll_start, EntryKind::poll_stop,
                                     EntryKind::reload, EntryKind::stream};
    apply(test_act(n, kUnseen[n % 5], 0, 0, "unseen"));
  }
  const auto loaded = load_channel(db(), 1, kTestStart + 70'000, 15);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->history.size(), 15U);
  EXPECT_EQ(loaded->history.front().seq, 7U);
  EXPECT_EQ(loaded->history.back().kind, EntryKind::mute);
}

TEST_F(Projection, LoadsTheNewestHistoryAndNonces) {
  for (Seq n = 1; n <= 8; ++n) {
    Entry entry = test_entry(n, EntryKind::message, std::to_string(n));
    if (n % 2 == 0) entry.nonce = "n" + std::to_string(n);
    if (n == 8) entry.actor.id = 0;
    apply(entry);
  }
  const auto loaded = load_channel(db(), 1, kTestStart + 9000, 3);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->history.size(), 3U);
  EXPECT_EQ(loaded->history.front().seq, 6U);
  EXPECT_EQ(loaded->history.back().seq, 8U);
  ASSERT_EQ(loaded->nonces.size(), 3U);
  EXPECT_EQ(loaded->nonces[0].nonce, "n2");
  EXPECT_EQ(loaded->nonces[2].entry, 1006);
  const auto later = load_channel(db(), 1, kTestStart + 4000 + kNonceWindowMs, 0);
  ASSERT_EQ(later->nonces.size(), 1U);
  EXPECT_TRUE(later->history.empty());
  EXPECT_EQ(load_channel(db(), 5, kTestStart).error().reason, "channel");
}

}  // namespace
}  // namespace strims::storage
