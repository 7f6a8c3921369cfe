// AMF0, the encoding of the values in RTMP commands and FLV script data (Adobe's specification of
// 2007). Reading copies and allocates nothing: a value points into the bytes that it was read from.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace strims::media {

// Values that break one of these are refused.
inline constexpr int kAmf0MaxDepth = 8;              // containers inside each other
inline constexpr uint32_t kAmf0MaxProperties = 256;  // of one object or ECMA array
inline constexpr uint32_t kAmf0MaxItems = 1024;      // of one strict array

enum class Amf0Type : uint8_t {
  number = 0,
  boolean = 1,
  string = 2,
  object = 3,
  null = 5,
  undefined = 6,
  reference = 7,  // read, never followed
  ecma_array = 8,
  strict_array = 10,
  date = 11,
  long_string = 12,
  unsupported = 13,
  xml_document = 15,
  typed_object = 16,
};

struct Amf0Value {
  Amf0Type type = Amf0Type::undefined;
  double number = 0;  // of a number, a boolean (0 or 1) or a date (milliseconds since 1970, UTC)
  std::string_view text;  // of a string, long string or XML document; any bytes, not only UTF-8
  // What Amf0Reader reads again: pairs of key() and value() of an object, typed object or ECMA
  // array; values of a strict array.
  std::span<const uint8_t> contents;

  bool is_number() const { return type == Amf0Type::number; }
  bool is_string() const { return type == Amf0Type::string || type == Amf0Type::long_string; }
  bool has_properties() const {
    return type == Amf0Type::object || type == Amf0Type::typed_object ||
           type == Amf0Type::ecma_array;
  }
  // The first property of that name; nothing when there is none, or when this can have none.
  std::optional<Amf0Value> property(std::string_view name) const;
};

class Amf0Reader {
 public:
  explicit Amf0Reader(std::span<const uint8_t> bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }
  // The bytes that no call has read yet.
  std::span<const uint8_t> rest() const { return rest_; }

  // The next value, checked to its innermost part. Errors: "bad_amf", after which nothing more can
  // be read.
  Result<Amf0Value> value();
  // The name in front of a value in the contents of an object. Errors: "bad_amf".
  Result<std::string_view> key();

 private:
  // Each returns what is wrong, or null.
  const char* read(Amf0Value& out, int depth);
  const char* read_number(double& out);
  const char* read_boolean(double& out);
  const char* read_text(size_t length_size, std::string_view& out);
  const char* read_properties(Amf0Value& out, int depth);
  const char* read_items(Amf0Value& out, int depth);
  const char* skip(size_t n);
  std::unexpected<Error> broken(const char* why);

  std::span<const uint8_t> rest_;
};

// Appends values to a string.
class Amf0Writer {
 public:
  explicit Amf0Writer(std::string& out) : out_(out) {}

  Amf0Writer& number(double value);
  Amf0Writer& boolean(bool value);
  // As a long string when it has more than 65,535 bytes.
  Amf0Writer& string(std::string_view value);
  Amf0Writer& null();
  Amf0Writer& undefined();
  // key() and a value, as often as you like, then end().
  Amf0Writer& begin_object();
  Amf0Writer& begin_ecma_array(uint32_t count);
  // Cut to 65,535 bytes.
  Amf0Writer& key(std::string_view name);
  Amf0Writer& end();
  // `count` values follow; no end().
  Amf0Writer& begin_strict_array(uint32_t count);

 private:
  Amf0Writer& mark(Amf0Type type);
  std::string& out_;
};

}  // namespace strims::media
