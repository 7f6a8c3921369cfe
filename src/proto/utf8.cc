#include "proto/utf8.h"

#include <cstdint>
#include <cstring>

#include "base/utf8.h"

namespace strims::proto {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080;

uint64_t load8(const unsigned char* p) {
  uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// First byte at or after `p` that is not ASCII.
const unsigned char* skip_ascii(const unsigned char* p, const unsigned char* end) {
  while (end - p >= 32) {
    if (((load8(p) | load8(p + 8) | load8(p + 16) | load8(p + 24)) & kHighBits) != 0) break;
    p += 32;
  }
  while (end - p >= 8 && (load8(p) & kHighBits) == 0) p += 8;
  while (p < end && *p < 0x80) ++p;
  return p;
}

}  // namespace

bool Utf8Validator::step(unsigned char c) {
  if (missing_ != 0) {
    if (missing_ == kBroken) return false;
    if (c < low_ || c > high_) {
      missing_ = kBroken;
      return false;
    }
    --missing_;
    low_ = 0x80;
    high_ = 0xbf;
    return true;
  }
  if (c < 0x80) return true;
  if (c < 0xc2 || c > 0xf4) {
    missing_ = kBroken;
    return false;
  }
  missing_ = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
  if (c == 0xe0) low_ = 0xa0;
  if (c == 0xed) high_ = 0x9f;
  if (c == 0xf0) low_ = 0x90;
  if (c == 0xf4) high_ = 0x8f;
  return true;
}

bool Utf8Validator::feed(std::string_view piece) {
  const auto* start = reinterpret_cast<const unsigned char*>(piece.data());
  const auto* p = start;
  const auto* end = start + piece.size();
  if (missing_ == kBroken) return false;
  while (p < end) {
    // Byte by byte inside a character that was cut, and up to the exact place of a mistake.
    if (missing_ != 0) {
      if (!step(*p++)) return false;
    } else if (*p < 0x80) {
      p = skip_ascii(p, end);
    } else if (const size_t n = utf8_sequence_length(piece, static_cast<size_t>(p - start));
               n != 0) {
      p += n;
    } else if (!step(*p++)) {
      return false;
    }
  }
  return true;
}

}  // namespace strims::proto
