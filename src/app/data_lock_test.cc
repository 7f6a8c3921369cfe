#include "app/data_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

namespace strims::app {
namespace {

class DataLockTest : public ::testing::Test {
 protected:
  ~DataLockTest() override { std::filesystem::remove(path_); }
  const std::string path_ =
      testing::TempDir() + "data_lock_test." + std::to_string(::getpid()) + ".lock";
};

TEST_F(DataLockTest, OneAtATimeAndTheSecondIsToldWho) {
  std::optional<DataLock> first;
  if (auto taken = DataLock::take(path_)) first = std::move(*taken);
  ASSERT_TRUE(first);
  const auto second = DataLock::take(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "data_in_use");
  EXPECT_NE(second.error().detail.find(std::to_string(::getpid())), std::string::npos);
  first.reset();
  EXPECT_TRUE(DataLock::take(path_));
}

TEST_F(DataLockTest, AProcessThatIsGoneHoldsNothing) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = DataLock::take(path_);
    ::_exit(held ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(DataLock::take(path_));
}

TEST_F(DataLockTest, AFolderThatIsNotThereIsAnError) {
  EXPECT_EQ(DataLock::take("/nowhere/strims.db.lock").error().reason, "unavailable");
}

}  // namespace
}  // namespace strims::app
