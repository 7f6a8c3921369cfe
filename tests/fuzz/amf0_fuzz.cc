// deps: media
// Bytes as AMF0 values: no crash; what is read lies inside the bytes and keeps the bounds; the
// contents of a checked value can be read to the end; and what the writer makes of it reads the
// same.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "base/bytes.h"
#include "media/rtmp/amf0.h"

namespace {

using strims::media::Amf0Reader;
using strims::media::Amf0Type;
using strims::media::Amf0Value;
using strims::media::Amf0Writer;

void require(bool condition) {
  if (!condition) std::abort();
}

void require_inside(std::span<const uint8_t> part, std::span<const uint8_t> whole) {
  if (part.empty()) return;
  require(part.data() >= whole.data());
  require(part.data() + part.size() <= whole.data() + whole.size());
}

void rewrite(const Amf0Value& value, std::span<const uint8_t> whole, int depth, Amf0Writer& to);

void rewrite_properties(const Amf0Value& value, int depth, Amf0Writer& to) {
  if (value.type == Amf0Type::ecma_array) {
    to.begin_ecma_array(0);
  } else {
    to.begin_object();
  }
  Amf0Reader reader(value.contents);
  uint32_t count = 0;
  for (; !reader.at_end(); ++count) {
    const auto key = reader.key();
    require(key.has_value());
    const auto property = reader.value();
    require(property.has_value());
    require(value.property(*key).has_value());
    rewrite(*property, value.contents, depth + 1, to.key(*key));
  }
  require(count <= strims::media::kAmf0MaxProperties);
  to.end();
}

void rewrite_items(const Amf0Value& value, int depth, Amf0Writer& to) {
  uint32_t count = 0;
  for (Amf0Reader reader(value.contents); !reader.at_end(); ++count)
    require(reader.value().has_value());
  require(count <= strims::media::kAmf0MaxItems);
  to.begin_strict_array(count);
  for (Amf0Reader reader(value.contents); !reader.at_end();)
    rewrite(*reader.value(), value.contents, depth + 1, to);
}

// What the writer cannot write becomes null.
void rewrite(const Amf0Value& value, std::span<const uint8_t> whole, int depth, Amf0Writer& to) {
  require_inside(strims::as_bytes(value.text), whole);
  require_inside(value.contents, whole);
  require(depth < strims::media::kAmf0MaxDepth || value.contents.empty());
  if (value.has_properties()) {
    rewrite_properties(value, depth, to);
  } else if (value.type == Amf0Type::strict_array) {
    rewrite_items(value, depth, to);
  } else if (value.is_string()) {
    to.string(value.text);
  } else if (value.is_number()) {
    to.number(value.number);
  } else if (value.type == Amf0Type::boolean) {
    to.boolean(value.number != 0);
  } else if (value.type == Amf0Type::undefined) {
    to.undefined();
  } else {
    to.null();
  }
}

std::string rewrite_all(std::span<const uint8_t> bytes) {
  std::string out;
  Amf0Writer to(out);
  Amf0Reader reader(bytes);
  while (!reader.at_end()) {
    const auto value = reader.value();
    if (!value) {
      require(value.error().reason == "bad_amf" && reader.at_end());
      break;
    }
    rewrite(*value, bytes, 0, to);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string once = rewrite_all({data, size});
  require(rewrite_all(strims::as_bytes(once)) == once);
  return 0;
}
