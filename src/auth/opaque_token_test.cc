#include "auth/opaque_token.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace strims::auth {
namespace {

TEST(OpaqueTokenTest, ShapeIsTenTo64LettersAndDigits) {
  EXPECT_TRUE(is_token_shaped(random_token(kSidLength)));
  EXPECT_TRUE(is_token_shaped("aZ09aZ09aZ"));
  EXPECT_FALSE(is_token_shaped("aZ09aZ09a"));
  EXPECT_FALSE(is_token_shaped(std::string(65, 'a')));
  EXPECT_FALSE(is_token_shaped("aZ09aZ09a_"));
  EXPECT_FALSE(is_token_shaped("aZ09aZ09a\xc3\xa9"));
  EXPECT_FALSE(is_token_shaped(std::string("aZ09aZ09a\0", 10)));
}

}  // namespace
}  // namespace strims::auth
