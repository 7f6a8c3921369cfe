#include "text/utf8.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/uchar.h>

#include "base/bytes.h"

namespace strims::text {
namespace {

// Where the sequence that ends before `end` starts; `end` itself when it is malformed.
size_t previous_start(std::string_view text, size_t end) {
  for (size_t n = 1; n <= 4 && n <= end; ++n) {
    const size_t start = end - n;
    if ((static_cast<unsigned char>(text[start]) & 0xc0) == 0x80) continue;
    return decode_utf8(text, start).length == n ? start : end;
  }
  return end;
}

}  // namespace

size_t count_code_points(std::string_view text) {
  if (is_ascii(text)) return text.size();
  size_t n = 0;
  for (size_t i = 0; i < text.size(); ++n) {
    const size_t length = utf8_sequence_length(text, i);
    i += length == 0 ? 1 : length;
  }
  return n;
}

bool is_white_space(char32_t c) {
  return u_isUWhiteSpace(static_cast<UChar32>(c)) != 0;
}

std::string_view trim_white_space(std::string_view text) {
  while (!text.empty()) {
    const CodePoint c = decode_utf8(text, 0);
    if (c.length == 0 || !is_white_space(c.value)) break;
    text.remove_prefix(c.length);
  }
  while (!text.empty()) {
    const size_t start = previous_start(text, text.size());
    if (start == text.size() || !is_white_space(decode_utf8(text, start).value)) break;
    text = text.substr(0, start);
  }
  return text;
}

std::string_view first_code_points(std::string_view text, size_t n) {
  size_t i = 0;
  for (; n > 0 && i < text.size(); --n) {
    const size_t length = utf8_sequence_length(text, i);
    i += length == 0 ? 1 : length;
  }
  return text.substr(0, i);
}

std::string fold_case(std::string_view text) {
  if (is_ascii(text)) return ascii_lower(text);
  std::string out;
  icu::StringByteSink<std::string> sink(&out, static_cast<int32_t>(text.size()));
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8Fold(0, {text.data(), static_cast<int32_t>(text.size())}, sink, nullptr,
                         status);
  return U_SUCCESS(status) ? out : ascii_lower(text);
}

}  // namespace strims::text
