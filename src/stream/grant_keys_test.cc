#include "stream/grant_keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "storage/database_case.h"

namespace strims::stream {
namespace {

constexpr TimeMs kNow = 1'760'000'000'000;

std::string issue(const GrantKeys& keys) {
  return keys.grants()->issue(
      {.scope = GrantScope::live, .sid = 5, .account = 7, .expires = kNow + 60'000}, "ada");
}
bool believes(const GrantKeys& keys, const std::string& token) {
  return keys.grants()->check(token, GrantScope::live, "ada", kNow).has_value();
}

class GrantKeysTest : public ::testing::Test {
 protected:
  std::unique_ptr<GrantKeys> open() {
    auto made = GrantKeys::open(path_);
    EXPECT_TRUE(made);
    return made ? std::move(*made) : nullptr;
  }
  storage::TempFolder folder_;
  const std::string path_ = folder_.file("stream-grants.key");
};

TEST_F(GrantKeysTest, TheFirstStartMakesAKeyForItsOwnerOnly) {
  const auto keys = open();
  struct stat about{};
  ASSERT_EQ(::stat(path_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  EXPECT_EQ(about.st_size, 32);
  const std::string token = issue(*keys);
  EXPECT_TRUE(believes(*open(), token)) << "the next start has the same";
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.file("")), {}), 1)
      << "nothing is left beside it";
}

TEST_F(GrantKeysTest, ARotationBelievesTheKeyBefore) {
  const auto keys = open();
  const std::string first = issue(*keys);
  EXPECT_EQ(*keys->reload(), false);
  ASSERT_TRUE(rotate_grant_keys(path_, OldGrants::believed));
  EXPECT_EQ(*keys->reload(), true);
  EXPECT_EQ(*keys->reload(), false);
  EXPECT_TRUE(believes(*keys, first));
  const std::string second = issue(*keys);
  EXPECT_NE(first, second) << "signed by the new one";
  ASSERT_TRUE(rotate_grant_keys(path_, OldGrants::believed));
  EXPECT_EQ(*keys->reload(), true);
  EXPECT_TRUE(believes(*keys, second));
  EXPECT_FALSE(believes(*keys, first)) << "two keys, not three";
}

TEST_F(GrantKeysTest, OrRefusesAllThatWasGivenOut) {
  const auto keys = open();
  const std::string first = issue(*keys);
  ASSERT_TRUE(rotate_grant_keys(path_, OldGrants::refused));
  ASSERT_TRUE(keys->reload());
  EXPECT_FALSE(believes(*keys, first));
  EXPECT_TRUE(believes(*keys, issue(*keys)));
}

TEST_F(GrantKeysTest, ARotationMayComeBeforeTheFirstStart) {
  ASSERT_TRUE(rotate_grant_keys(path_, OldGrants::believed));
  EXPECT_TRUE(open());
}

TEST_F(GrantKeysTest, ABrokenFileIsRefusedAndTheKeysInUseStay) {
  const auto keys = open();
  const std::string token = issue(*keys);
  for (const size_t size : {0UL, 31UL, 33UL, 96UL}) {
    std::ofstream(path_ + ".new", std::ios::binary | std::ios::trunc) << std::string(size, 'x');
    std::filesystem::rename(path_ + ".new", path_);
    EXPECT_EQ(keys->reload().error().reason, "grant_key") << size;
    EXPECT_EQ(GrantKeys::open(path_).error().reason, "grant_key") << size;
    EXPECT_EQ(rotate_grant_keys(path_, OldGrants::believed).error().reason, "grant_key") << size;
  }
  EXPECT_TRUE(believes(*keys, token));
  std::filesystem::remove(path_);
  EXPECT_FALSE(keys->reload());
  EXPECT_TRUE(believes(*keys, token));
}

TEST_F(GrantKeysTest, AFolderThatIsNotThere) {
  EXPECT_EQ(GrantKeys::open(folder_.file("none/key")).error().reason, "write_failed");
  EXPECT_EQ(rotate_grant_keys(folder_.file("none/key"), OldGrants::refused).error().reason,
            "write_failed");
}

}  // namespace
}  // namespace strims::stream
