#include "storage/repositories/moderation.h"

#include <gtest/gtest.h>

#include "storage/repositories/test_database.h"

namespace strims::storage {
namespace {

class Moderation : public ::testing::Test {
 protected:
  ModerationRecord line(int64_t id, UserId actor, UserId target, std::string action) {
    ModerationRecord record;
    record.id = id;
    record.at = 1'760'000'000'000 + id;
    record.actor_id = actor;
    record.actor_nick = "actor";
    record.action = std::move(action);
    record.target_id = target;
    record.detail = R"({"role":"moderator"})";
    return record;
  }
  std::vector<int64_t> ids(const ModerationRange& range) {
    std::vector<int64_t> out;
    const auto page = read_moderation_log(db(), range);
    for (const auto& record : *page) out.push_back(record.id);
    return out;
  }
  sql::Connection& db() { return database_.connection(); }
  TestDatabase database_;
};

TEST_F(Moderation, KeepsEveryField) {
  ModerationRecord in = line(5, 1, 2, "role");
  in.channel = 1;
  in.target_nick = "Bo";
  in.reason = "trusted";
  in.entry = 4;
  ASSERT_TRUE(log_moderation(db(), in));
  const auto page = read_moderation_log(db(), {});
  ASSERT_EQ(page->size(), 1U);
  const auto& out = page->front();
  EXPECT_EQ(out.id, in.id);
  EXPECT_EQ(out.at, in.at);
  EXPECT_EQ(out.channel, in.channel);
  EXPECT_EQ(out.actor_id, in.actor_id);
  EXPECT_EQ(out.actor_nick, in.actor_nick);
  EXPECT_EQ(out.action, in.action);
  EXPECT_EQ(out.target_id, in.target_id);
  EXPECT_EQ(out.target_nick, in.target_nick);
  EXPECT_EQ(out.reason, in.reason);
  EXPECT_EQ(out.detail, in.detail);
  EXPECT_EQ(out.entry, in.entry);
  EXPECT_EQ(log_moderation(db(), in).error().code, Errc::conflict);
}

TEST_F(Moderation, PagesAndFilters) {
  for (int64_t id = 1; id <= 6; ++id)
    ASSERT_TRUE(log_moderation(db(), line(id, 1 + id % 2, 5 + id % 3, id == 6 ? "role" : "ban")));
  EXPECT_EQ(ids({.limit = 2}), (std::vector<int64_t>{6, 5}));
  EXPECT_EQ(ids({.before = 5, .limit = 2}), (std::vector<int64_t>{4, 3}));
  EXPECT_EQ(ids({.actor = 2}), (std::vector<int64_t>{5, 3, 1}));
  EXPECT_EQ(ids({.target = 5}), (std::vector<int64_t>{6, 3}));
  EXPECT_EQ(ids({.actor = 1, .action = "ban"}), (std::vector<int64_t>{4, 2}));
  EXPECT_TRUE(ids({.action = "' OR 1 = 1 --"}).empty());
}

TEST_F(Moderation, TheRecordCannotBeChanged) {
  ASSERT_TRUE(log_moderation(db(), line(1, 1, 2, "ban")));
  for (const auto* statement :
       {"UPDATE moderation_log SET reason = 'x'", "DELETE FROM moderation_log",
        "INSERT OR REPLACE INTO moderation_log SELECT id, at, channel, 9, actor_nick, action, "
        "target_id, target_nick, reason, detail, entry FROM moderation_log"}) {
    const auto done = db().execute(statement);
    ASSERT_FALSE(done) << statement;
    EXPECT_EQ(done.error().code, Errc::conflict);
    EXPECT_NE(done.error().detail.find("append-only"), std::string::npos);
  }
  EXPECT_EQ(read_moderation_log(db(), {})->front().actor_id, 1);
}

}  // namespace
}  // namespace strims::storage
