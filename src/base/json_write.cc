#include "base/json_write.h"

#include <fmt/format.h>
#include <cmath>

#include "base/utf8.h"

namespace strims {
void append_json_string(std::string& out, std::string_view text) {
  out.reserve(out.size() + text.size() + 2);
  out += '"';
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  size_t i = 0;
  size_t plain = 0;  // start of the run that needs no escape
  const auto flush = [&] { out.append(text, plain, i - plain); };
  while (i < text.size()) {
    const unsigned char c = p[i];
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
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
