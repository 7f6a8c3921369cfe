#include "media/bit_reader.h"

#include <gtest/gtest.h>

#include <limits>

#include "media/media_testing.h"

namespace strims::media {
namespace {

TEST(BitReader, ReadsAcrossBytes) {
  const std::string bytes = "\xa5\x5a\xff";
  BitReader in(as_bytes(bytes));
  EXPECT_EQ(in.bits(3), 5u);
  EXPECT_EQ(in.bits(7), 0x15u);
  in.skip(6);
  EXPECT_EQ(in.left(), 8u);
  EXPECT_EQ(in.bits(8), 0xffu);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.bits(1), 0u);
  EXPECT_FALSE(in.ok());
}

TEST(BitReader, SkippingPastTheEndIsRemembered) {
  const std::string bytes = "\xff\xff";
  BitReader in(as_bytes(bytes));
  in.skip(17);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.left(), 0u);
  EXPECT_EQ(in.bits(8), 0u);
}

TEST(BitReader, GolombNumbersComeBack) {
  constexpr uint32_t kLargest = std::numeric_limits<uint32_t>::max() - 1;
  for (const uint32_t value :
       {0u, 1u, 2u, 7u, 8u, 254u, 255u, 256u, 65535u, 0x7fffffffu, kLargest}) {
    const std::string bytes = testing::BitWriter().ue(value).bytes();
    BitReader in(as_bytes(bytes));
    EXPECT_EQ(in.unsigned_golomb(), value);
    EXPECT_TRUE(in.ok());
  }
  for (const int32_t value : {0, 1, -1, 2, -2, 100, -100, 0x3fffffff, -0x3fffffff}) {
    const std::string bytes = testing::BitWriter().se(value).bytes();
    BitReader in(as_bytes(bytes));
    EXPECT_EQ(in.signed_golomb(), value);
  }
}

TEST(BitReader, ThirtyTwoZerosAreNoNumber) {
  const std::string bytes(8, '\0');
  BitReader in(as_bytes(bytes));
  EXPECT_EQ(in.unsigned_golomb(), 0u);
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace strims::media
