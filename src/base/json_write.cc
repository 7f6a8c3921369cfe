#include "base/json_write.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "base/utf8.h"

namespace strims {
namespace {

// How many bytes of `text` from `at` on stand in a JSON string as they are: ASCII without controls,
// quotes and backslashes. Eight at a time: a subtraction's borrow can spoil the bytes above a hit
// only, so a word without a hit is seen as one.
size_t plain_run(std::string_view text, size_t at) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  constexpr uint64_t kHighs = 0x8080808080808080u;
  const auto has_zero = [](uint64_t w) { return (w - kOnes) & ~w & kHighs; };
  size_t i = at;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    const uint64_t control = (word - kOnes * 0x20) & ~word;
    if (((word | control) & kHighs) | has_zero(word ^ (kOnes * '"')) |
        has_zero(word ^ (kOnes * '\\')))
      break;
  }
  for (; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') break;
  }
  return i - at;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  size_t i = 0;
  size_t plain = 0;  // start of the run that needs no escape
  const auto flush = [&] { out.append(text, plain, i - plain); };
  while ((i += plain_run(text, i)) < text.size()) {
    const unsigned char c = p[i];
    if (c < 0x80) {
      flush();
      switch (c) {
        case '"':
          out += "\\\"";
          break;
        case '\\':
          out += "\\\\";
          break;
        case '\n':
          out += "\\n";
          break;
        case '\r':
          out += "\\r";
          break;
        case '\t':
          out += "\\t";
          break;
        default:
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
      }
      plain = ++i;
      continue;
    }
    const size_t n = utf8_sequence_length(text, i);
    if (n == 0) {
      flush();
      out += "\xef\xbf\xbd";
      plain = ++i;
    } else if (n == 3 && c == 0xe2 && p[i + 1] == 0x80 && (p[i + 2] == 0xa8 || p[i + 2] == 0xa9)) {
      flush();
      out += p[i + 2] == 0xa8 ? "\\u2028" : "\\u2029";
      i += 3;
      plain = i;
    } else {
      i += n;
    }
  }
  flush();
  out += '"';
}

void JsonWriter::comma() {
  if (need_comma_) out_ += ',';
  need_comma_ = true;
}

JsonWriter& JsonWriter::open(char c) {
  comma();
  out_ += c;
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char c) {
  out_ += c;
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  comma();
  append_json_string(out_, name);
  out_ += ':';
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  comma();
  append_json_string(out_, text);
  return *this;
}

JsonWriter& JsonWriter::value(bool b) {
  return raw(b ? "true" : "false");
}

JsonWriter& JsonWriter::value(int64_t n) {
  comma();
  const fmt::format_int text(n);
  out_.append(text.data(), text.size());
  return *this;
}

JsonWriter& JsonWriter::value(uint64_t n) {
  comma();
  const fmt::format_int text(n);
  out_.append(text.data(), text.size());
  return *this;
}

JsonWriter& JsonWriter::value(double n) {
  if (!std::isfinite(n)) return null();
  comma();
  // No "-0": readers take it for an integer and lose the sign, so that a text would change on its
  // way.
  fmt::format_to(std::back_inserter(out_), "{}", n == 0 ? 0.0 : n);
  return *this;
}

JsonWriter& JsonWriter::null() {
  return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  comma();
  out_ += json;
  return *this;
}

}  // namespace strims
