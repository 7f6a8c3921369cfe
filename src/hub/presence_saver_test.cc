#include "hub/presence_saver.h"

#include <gtest/gtest.h>

#include <deque>
#include <set>

namespace strims::hub {
namespace {

class PresenceSaverTest : public ::testing::Test {
 protected:
  struct Asked {
    storage::PresenceDiff batch;
    std::move_only_function<void(Result<void>)> answer;
  };
  // The database answers the oldest batch.
  void answer(bool good = true) {
    Asked asked = std::move(asked_.front());
    asked_.pop_front();
    if (good) {
      table_.insert(asked.batch.came.begin(), asked.batch.came.end());
      for (const UserId user : asked.batch.left) table_.erase(user);
    }
    asked.answer(good ? Result<void>() : fail(Errc::unavailable, "unavailable"));
  }
  void tick() { saver_.tick(now_ += PresenceSaver::kIntervalMs); }
  using Ids = std::set<UserId>;

  std::deque<Asked> asked_;
  Ids table_;
  MonoMs now_ = 0;
  PresenceSaver saver_{[this](storage::PresenceDiff batch, auto done) {
    asked_.push_back({std::move(batch), std::move(done)});
  }};
};

TEST_F(PresenceSaverTest, AboutOnceASecondInOneBatch) {
  saver_.tick(5000);
  EXPECT_TRUE(asked_.empty()) << "nothing has changed";
  saver_.add({{1, true}});
  saver_.add({{2, true}, {3, true}});
  saver_.tick(5000);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_[0].batch.size(), 3U);
  answer();
  saver_.add({{4, true}});
  saver_.tick(5000 + PresenceSaver::kIntervalMs - 1);
  EXPECT_TRUE(asked_.empty());
  saver_.tick(5000 + PresenceSaver::kIntervalMs);
  answer();
  EXPECT_EQ(table_, (Ids{1, 2, 3, 4}));
}

TEST_F(PresenceSaverTest, WhoCameAndWentIsNotWritten) {
  const UserId stored[] = {7};
  saver_.restore(stored);
  saver_.add({{1, true}, {7, false}});
  saver_.add({{1, false}, {7, true}});
  tick();
  EXPECT_TRUE(asked_.empty());
}

TEST_F(PresenceSaverTest, WhatChangesWhileABatchIsWritten) {
  saver_.add({{1, true}, {2, true}});
  tick();
  saver_.add({{1, false}, {3, true}});
  saver_.add({{2, false}, {2, true}});
  tick();
  EXPECT_EQ(asked_.size(), 1U) << "one at a time";
  answer();
  tick();
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_[0].batch.size(), 2U);
  answer();
  EXPECT_EQ(table_, (Ids{2, 3}));
}

TEST_F(PresenceSaverTest, AFailureIsTriedAgainWithWhatIsNewer) {
  saver_.add({{1, true}, {2, true}});
  tick();
  saver_.add({{1, false}});
  answer(false);
  EXPECT_TRUE(asked_.empty()) << "not at once";
  for (UserId user = 10; user < 1000; ++user) saver_.add({{user, true}});
  for (UserId user = 10; user < 1000; ++user) saver_.add({{user, false}});
  tick();
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_[0].batch.came, std::vector<UserId>{2});
  EXPECT_TRUE(asked_[0].batch.left.empty()) << "an outage gathers only who is here or stored";
  answer();
  EXPECT_EQ(table_, Ids{2});
}

TEST_F(PresenceSaverTest, AStormGoesInBatchesOneAfterTheOther) {
  const UserId most = 2 * PresenceSaver::kBatch + 10;
  for (UserId user = 1; user <= most; ++user) saver_.add({{user, true}});
  tick();
  EXPECT_EQ(asked_[0].batch.size(), PresenceSaver::kBatch);
  answer();
  ASSERT_EQ(asked_.size(), 1U) << "the next one follows at once";
  answer();
  EXPECT_TRUE(asked_.empty()) << "the rest with the next second";
  tick();
  answer();
  EXPECT_EQ(table_.size(), static_cast<size_t>(most));
}

TEST_F(PresenceSaverTest, TheEndWaitsForNoSecondAndForNoDatabase) {
  for (UserId user = 1; user <= 700; ++user) saver_.add({{user, true}});
  tick();
  saver_.add({{701, true}});
  EXPECT_FALSE(saver_.settled());
  saver_.finish();
  EXPECT_FALSE(saver_.settled());
  answer();
  answer();
  EXPECT_TRUE(saver_.settled());
  EXPECT_EQ(table_.size(), 701U);
  saver_.add({{1, false}});
  saver_.finish();
  answer(false);
  EXPECT_TRUE(saver_.settled()) << "who cannot be stored cannot be waited for";
}

}  // namespace
}  // namespace strims::hub
