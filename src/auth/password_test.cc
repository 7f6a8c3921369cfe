#include "auth/password.h"

#include <gtest/gtest.h>

#include "auth/test_policy.h"

namespace strims::auth {
namespace {

const PasswordHasher& hasher() {
  static const PasswordHasher kHasher(test_policy().password);
  return kHasher;
}

TEST(PasswordTest, LengthAndEncodingAreChecked) {
  EXPECT_EQ(hasher().check("1234567").error().reason, "password_too_short");
  EXPECT_TRUE(hasher().check("12345678").has_value());
  EXPECT_TRUE(hasher().check(std::string(1024, 'x')).has_value());
  EXPECT_EQ(hasher().check(std::string(1025, 'x')).error().reason, "password_too_long");
  EXPECT_EQ(hasher().check("1234567\xff").error().reason, "invalid_password");
}

TEST(PasswordTest, OnlyTheSamePasswordVerifies) {
  const std::string nul = std::string("pass\0word", 9);
  const auto hash = *hasher().hash(nul);
  EXPECT_TRUE(hash.starts_with("$argon2id$"));
  EXPECT_TRUE(hasher().verify(hash, nul));
  EXPECT_FALSE(hasher().verify(hash, "pass"));
  EXPECT_FALSE(hasher().verify(hash, "Password"));
  EXPECT_NE(hash, *hasher().hash(nul));  // salted
}

TEST(PasswordTest, WhatIsNoHashNeverVerifies) {
  for (const std::string& hash :
       {std::string(), std::string("$argon2id$"), std::string("plain text"), std::string(500, 'x'),
        std::string("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA\0", 41)})
    EXPECT_FALSE(hasher().verify(hash, "password"));
  hasher().verify_nobody("password");
}

TEST(PasswordTest, AnOverlongPasswordIsRefused) {
  const std::string long_one(2000, 'x');
  const auto hash = *hasher().hash(long_one);
  EXPECT_FALSE(hasher().verify(hash, long_one));
}

TEST(PasswordTest, OtherParametersNeedARehash) {
  const auto hash = *hasher().hash("password");
  EXPECT_FALSE(hasher().needs_rehash(hash));
  auto policy = test_policy().password;
  policy.passes = 2;
  const PasswordHasher stronger(policy);
  EXPECT_TRUE(stronger.needs_rehash(hash));
  EXPECT_TRUE(stronger.verify(hash, "password"));
}

TEST(PasswordTest, TheDefaultIsNineteenMebibytesAndTwoPasses) {
  const PasswordHasher real{PasswordPolicy{}};
  const auto hash = *real.hash("password");
  EXPECT_NE(hash.find("m=19456,t=2,p=1"), std::string::npos) << hash;
}

}  // namespace
}  // namespace strims::auth
