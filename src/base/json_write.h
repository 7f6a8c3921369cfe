// Append-only JSON writer: commas and escaping are its business, structure is the caller's. Not
// thread-safe.
//
//   JsonWriter w;
//   w.object().key("nick").value(nick).key("features").array();
//   for (auto& f : features) w.value(f);
//   w.end_array().end_object();
//   std::string text = w.take();
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace strims {

// Appends `text` as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD, so the output is
// always valid. U+2028, U+2029 and control characters are escaped; everything else stays as it is.
void append_json_string(std::string& out, std::string_view text);

class JsonWriter {
 public:
  JsonWriter() = default;
  // Continues after `prefix` (such as "MSG "), which is kept as it is.
  explicit JsonWriter(std::string prefix) : out_(std::move(prefix)) {}

  JsonWriter& object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool b);
  JsonWriter& value(int64_t n);
  JsonWriter& value(uint64_t n);
  JsonWriter& value(int n) { return value(int64_t{n}); }
  JsonWriter& value(double n);
  JsonWriter& null();
  // Inserts text that is JSON already.
  JsonWriter& raw(std::string_view json);

  // key + value in one, the common case.
  template <class T>
  JsonWriter& field(std::string_view name, const T& v) {
    key(name);
    return value(v);
  }

  const std::string& text() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  JsonWriter& open(char c);
  JsonWriter& close(char c);
  void comma();

  std::string out_;
  bool need_comma_ = false;
};

}  // namespace strims
