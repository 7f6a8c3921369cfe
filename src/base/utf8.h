// UTF-8 (RFC 3629): is it well-formed, and what is the next code point. Overlong forms, surrogates
// and values past U+10FFFF are malformed. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace strims {

// Length (1..4) of the well-formed sequence that starts at `at`; 0 when there is none. `at` <
// text.size().
size_t utf8_sequence_length(std::string_view text, size_t at);

// Whether the text has no byte past 0x7f.
bool is_ascii(std::string_view text);

// Whether the whole text is well-formed.
bool valid_utf8(std::string_view text);

// The code point that starts at `at`, with its length; length 0 when it is malformed or `at` is the
// end.
struct CodePoint {
  char32_t value = 0;
  size_t length = 0;
};
CodePoint decode_utf8(std::string_view text, size_t at);

// Appends one code point; surrogates and values past U+10FFFF become U+FFFD.
void append_utf8(std::string& out, char32_t code_point);

}  // namespace strims
