// Checks that bytes that come in pieces, cut anywhere, are well-formed UTF-8 (RFC 3629; Unicode 15
// table 3-7). For a whole text see base/utf8.h. No I/O, no allocation; a validator belongs to one
// thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace strims::proto {

class Utf8Validator {
 public:
  // Takes the next piece. False as soon as no continuation could make the text well-formed; from
  // then on it stays false until reset(). Cost is linear in the piece, a fraction of a nanosecond
  // per byte for ASCII.
  bool feed(std::string_view piece);
  // True when the text so far is well-formed and does not end inside a character.
  bool complete() const { return missing_ == 0; }
  void reset() { *this = Utf8Validator(); }

 private:
  bool step(unsigned char c);

  static constexpr uint8_t kBroken = 0xff;
  uint8_t missing_ = 0;  // continuation bytes that the current character still needs, or kBroken
  // Bounds of the next continuation byte. They keep out overlong forms, surrogates and everything
  // above U+10FFFF.
  uint8_t low_ = 0x80;
  uint8_t high_ = 0xbf;
};
static_assert(sizeof(Utf8Validator) <= 4);

}  // namespace strims::proto
