#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace strims {
namespace {

// Unicode 15, table 3-7.
size_t sequence_length_at(const unsigned char* p, size_t left) {
  const auto tail = [&](size_t i) { return i < left && (p[i] & 0xc0) == 0x80; };
  if (p[0] < 0x80) return 1;
  if (p[0] < 0xc2) return 0;
  if (p[0] < 0xe0) return tail(1) ? 2 : 0;
  if (p[0] < 0xf0) {
    if (!tail(1) || !tail(2)) return 0;
    if (p[0] == 0xe0 && p[1] < 0xa0) return 0;
    if (p[0] == 0xed && p[1] > 0x9f) return 0;
    return 3;
  }
  if (p[0] < 0xf5) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (p[0] == 0xf0 && p[1] < 0x90) return 0;
    if (p[0] == 0xf4 && p[1] > 0x8f) return 0;
    return 4;
  }
  return 0;
}

// Where the ASCII that begins at `at` ends. Eight bytes at a time.
size_t ascii_run(std::string_view text, size_t at) {
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if (word & 0x8080808080808080u) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

}  // namespace

size_t utf8_sequence_length(std::string_view text, size_t at) {
  return sequence_length_at(reinterpret_cast<const unsigned char*>(text.data()) + at,
                            text.size() - at);
}

bool is_ascii(std::string_view text) {
  return ascii_run(text, 0) == text.size();
}

bool valid_utf8(std::string_view text) {
  size_t i = 0;
  while ((i = ascii_run(text, i)) < text.size()) {
    const size_t n = utf8_sequence_length(text, i);
    if (n == 0) return false;
    i += n;
  }
  return true;
}

CodePoint decode_utf8(std::string_view text, size_t at) {
  if (at >= text.size()) return {};
  const size_t n = utf8_sequence_length(text, at);
  const auto* p = reinterpret_cast<const unsigned char*>(text.data()) + at;
  const auto bits = [&](size_t i) { return static_cast<char32_t>(p[i] & 0x3f); };
  switch (n) {
    case 1:
      return {p[0], 1};
    case 2:
      return {static_cast<char32_t>(p[0] & 0x1f) << 6 | bits(1), 2};
    case 3:
      return {static_cast<char32_t>(p[0] & 0x0f) << 12 | bits(1) << 6 | bits(2), 3};
    case 4:
      return {static_cast<char32_t>(p[0] & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3), 4};
    default:
      return {};
  }
}

void append_utf8(std::string& out, char32_t c) {
  if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) c = 0xfffd;
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3f));
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

}  // namespace strims
