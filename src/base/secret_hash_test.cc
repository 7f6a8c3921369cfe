#include "base/secret_hash.h"

#include <gtest/gtest.h>

namespace strims {
namespace {

TEST(SecretHashTest, IsSha256InHex) {
  EXPECT_EQ(secret_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace strims
