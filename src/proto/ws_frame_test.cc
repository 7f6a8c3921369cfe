#include "proto/ws_frame.h"

#include <gtest/gtest.h>
#include <cstring>
#include <vector>

namespace strims::proto {
namespace {

constexpr uint8_t kKey[4] = {0x37, 0xfa, 0x21, 0x3d};

uint32_t key_word() {
  uint32_t key;
  std::memcpy(&key, kKey, 4);
  return key;
}

TEST(WsMask, EveryLengthAndAlignment) {
  for (size_t offset = 0; offset < 9; ++offset)
    for (size_t n = 0; n < 100; ++n) {
      std::vector<uint8_t> plain(offset + n + 1);
      for (size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<uint8_t>(i * 7 + 3);
      auto masked = plain;
      ws_mask(masked.data() + offset, masked.data() + offset, n, key_word());
      for (size_t i = 0; i < plain.size(); ++i) {
        const bool inside = i >= offset && i < offset + n;
        ASSERT_EQ(masked[i], inside ? plain[i] ^ kKey[(i - offset) % 4] : plain[i]);
      }
    }
}

TEST(WsMask, PiecesEqualTheWhole) {
  std::vector<uint8_t> plain(70);
  for (size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<uint8_t>(i);
  std::vector<uint8_t> whole(plain.size());
  ws_mask(whole.data(), plain.data(), plain.size(), key_word());
  for (size_t cut = 0; cut <= plain.size(); ++cut) {
    std::vector<uint8_t> pieces(plain.size());
    ws_mask(pieces.data(), plain.data(), cut, key_word());
    ws_mask(pieces.data() + cut, plain.data() + cut, plain.size() - cut,
            ws_mask_after(key_word(), cut));
    ASSERT_EQ(pieces, whole) << cut;
  }
}

TEST(WsCloseCode, OnTheWire) {
  for (const uint16_t code : {1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999})
    EXPECT_TRUE(is_wire_close_code(code)) << code;
  for (const uint16_t code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
    EXPECT_FALSE(is_wire_close_code(code)) << code;
}

}  // namespace
}  // namespace strims::proto
