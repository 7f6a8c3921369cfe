#include "proto/ws_frame.h"

#include <bit>
#include <cstring>

namespace strims::proto {
namespace {

template <class Word>
void mask_word(uint8_t* to, const uint8_t* from, Word key) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  word ^= key;
  std::memcpy(to, &word, sizeof word);
}

}  // namespace

void ws_mask(uint8_t* to, const uint8_t* from, size_t n, uint32_t key) {
  const uint64_t wide = uint64_t{key} << 32 | key;
  size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    mask_word(to + i, from + i, wide);
    mask_word(to + i + 8, from + i + 8, wide);
    mask_word(to + i + 16, from + i + 16, wide);
    mask_word(to + i + 24, from + i + 24, wide);
  }
  for (; i + 8 <= n; i += 8) mask_word(to + i, from + i, wide);
  uint8_t bytes[4];
  std::memcpy(bytes, &key, sizeof bytes);
  for (; i < n; ++i) to[i] = static_cast<uint8_t>(from[i] ^ bytes[i & 3]);
}

uint32_t ws_mask_after(uint32_t key, size_t n) {
  const int bits = static_cast<int>(n % 4) * 8;
  return std::endian::native == std::endian::little ? std::rotr(key, bits) : std::rotl(key, bits);
}

}  // namespace strims::proto
