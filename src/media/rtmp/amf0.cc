#include "media/rtmp/amf0.h"

#include <bit>

#include "base/bytes.h"
#include "media/rtmp/wire.h"

namespace strims::media {
namespace {

constexpr uint8_t kObjectEnd = 9;
constexpr size_t kMaxShortText = 0xffff;
constexpr const char* kCut = "the value is cut";

}  // namespace

std::optional<Amf0Value> Amf0Value::property(std::string_view name) const {
  if (!has_properties()) return std::nullopt;
  Amf0Reader reader(contents);
  while (!reader.at_end()) {
    const auto key = reader.key();
    if (!key) break;
    const auto value = reader.value();
    if (!value) break;
    if (*key == name) return *value;
  }
  return std::nullopt;
}

Result<Amf0Value> Amf0Reader::value() {
  Amf0Value out;
  if (const char* why = read(out, 0)) return broken(why);
  return out;
}

Result<std::string_view> Amf0Reader::key() {
  std::string_view out;
  if (const char* why = read_text(2, out)) return broken(why);
  return out;
}

std::unexpected<Error> Amf0Reader::broken(const char* why) {
  rest_ = {};
  return fail(Errc::invalid, "bad_amf", why);
}

const char* Amf0Reader::read(Amf0Value& out, int depth) {
  if (rest_.empty()) return kCut;
  out.type = static_cast<Amf0Type>(rest_[0]);
  rest_ = rest_.subspan(1);
  switch (out.type) {
    case Amf0Type::number:
      return read_number(out.number);
    case Amf0Type::boolean:
      return read_boolean(out.number);
    case Amf0Type::string:
      return read_text(2, out.text);
    case Amf0Type::long_string:
    case Amf0Type::xml_document:
      return read_text(4, out.text);
    case Amf0Type::null:
    case Amf0Type::undefined:
    case Amf0Type::unsupported:
      return nullptr;
    case Amf0Type::reference:
      return skip(2);
    case Amf0Type::date:
      if (const char* why = read_number(out.number)) return why;
      return skip(2);  // the time zone, which the specification wants to be 0
    case Amf0Type::object:
      return read_properties(out, depth);
    case Amf0Type::typed_object:
      if (const char* why = read_text(2, out.text)) return why;  // its class
      return read_properties(out, depth);
    case Amf0Type::ecma_array:
      // The count is a hint; publishers write 0 or less than they send.
      if (const char* why = skip(4)) return why;
      return read_properties(out, depth);
    case Amf0Type::strict_array:
      return read_items(out, depth);
  }
  return "the type of a value is unknown";
}

const char* Amf0Reader::read_number(double& out) {
  if (rest_.size() < 8) return kCut;
  out = std::bit_cast<double>(load_be64(rest_.data()));
  return skip(8);
}

const char* Amf0Reader::read_boolean(double& out) {
  if (rest_.empty()) return kCut;
  out = rest_[0] != 0 ? 1 : 0;
  return skip(1);
}

const char* Amf0Reader::read_text(size_t length_size, std::string_view& out) {
  if (rest_.size() < length_size) return kCut;
  const size_t length = length_size == 2 ? load_be16(rest_.data()) : load_be32(rest_.data());
  rest_ = rest_.subspan(length_size);
  if (rest_.size() < length) return kCut;
  out = as_text(rest_.first(length));
  return skip(length);
}

const char* Amf0Reader::read_properties(Amf0Value& out, int depth) {
  if (depth == kAmf0MaxDepth) return "values are nested too deeply";
  const auto start = rest_;
  for (uint32_t count = 0;; ++count) {
    const size_t size = start.size() - rest_.size();
    std::string_view name;
    if (const char* why = read_text(2, name)) return why;
    if (name.empty() && !rest_.empty() && rest_[0] == kObjectEnd) {
      out.contents = start.first(size);
      return skip(1);
    }
    if (count == kAmf0MaxProperties) return "an object has too many properties";
    Amf0Value property;
    if (const char* why = read(property, depth + 1)) return why;
  }
}

const char* Amf0Reader::read_items(Amf0Value& out, int depth) {
  if (depth == kAmf0MaxDepth) return "values are nested too deeply";
  if (rest_.size() < 4) return kCut;
  const uint32_t count = load_be32(rest_.data());
  if (count > kAmf0MaxItems) return "an array has too many items";
  rest_ = rest_.subspan(4);
  const auto start = rest_;
  for (uint32_t i = 0; i < count; ++i) {
    Amf0Value item;
    if (const char* why = read(item, depth + 1)) return why;
  }
  out.contents = start.first(start.size() - rest_.size());
  return nullptr;
}

const char* Amf0Reader::skip(size_t n) {
  if (rest_.size() < n) return kCut;
  rest_ = rest_.subspan(n);
  return nullptr;
}

Amf0Writer& Amf0Writer::mark(Amf0Type type) {
  out_ += static_cast<char>(type);
  return *this;
}

Amf0Writer& Amf0Writer::number(double value) {
  mark(Amf0Type::number);
  append_be(out_, std::bit_cast<uint64_t>(value), 8);
  return *this;
}

Amf0Writer& Amf0Writer::boolean(bool value) {
  mark(Amf0Type::boolean);
  out_ += value ? '\1' : '\0';
  return *this;
}

Amf0Writer& Amf0Writer::string(std::string_view value) {
  const bool is_long = value.size() > kMaxShortText;
  mark(is_long ? Amf0Type::long_string : Amf0Type::string);
  append_be(out_, value.size(), is_long ? 4 : 2);
  out_ += value;
  return *this;
}

Amf0Writer& Amf0Writer::null() {
  return mark(Amf0Type::null);
}

Amf0Writer& Amf0Writer::undefined() {
  return mark(Amf0Type::undefined);
}

Amf0Writer& Amf0Writer::begin_object() {
  return mark(Amf0Type::object);
}

Amf0Writer& Amf0Writer::begin_ecma_array(uint32_t count) {
  mark(Amf0Type::ecma_array);
  append_be(out_, count, 4);
  return *this;
}

Amf0Writer& Amf0Writer::key(std::string_view name) {
  name = name.substr(0, kMaxShortText);
  append_be(out_, name.size(), 2);
  out_ += name;
  return *this;
}

Amf0Writer& Amf0Writer::end() {
  append_be(out_, kObjectEnd, 3);
  return *this;
}

Amf0Writer& Amf0Writer::begin_strict_array(uint32_t count) {
  mark(Amf0Type::strict_array);
  append_be(out_, count, 4);
  return *this;
}

}  // namespace strims::media
