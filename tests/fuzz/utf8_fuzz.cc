// deps: proto
// The incremental validator against the one for whole texts and against a decoder written the long
// way. The first byte is the size of the pieces.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/utf8.h"
#include "proto/utf8.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// RFC 3629 section 3, by decoding each code point and asking whether this was its shortest form.
bool decodes(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<uint8_t>(text[i++]);
    if (lead < 0x80) continue;
    const size_t tails = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc0 || lead > 0xf7) return false;
    uint32_t code = lead & (0x3fu >> tails);
    for (size_t t = 0; t < tails; ++t, ++i) {
      if (i >= text.size() || (static_cast<uint8_t>(text[i]) & 0xc0) != 0x80) return false;
      code = code << 6 | (static_cast<uint8_t>(text[i]) & 0x3fu);
    }
    const uint32_t least = tails == 1 ? 0x80 : tails == 2 ? 0x800 : 0x10000;
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
  }
  return true;
}

bool in_pieces(std::string_view text, size_t piece) {
  strims::proto::Utf8Validator validator;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, piece);
    text.remove_prefix(part.size());
    if (!validator.feed(part)) {
      require(!validator.feed(text) && !validator.complete());
      return false;
    }
  }
  return validator.complete();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const size_t piece = size_t{data[0]} + 1;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool valid = decodes(text);
  require(strims::valid_utf8(text) == valid);
  require(in_pieces(text, size) == valid);
  require(in_pieces(text, piece) == valid);
  require(in_pieces(text, 1) == valid);
  return 0;
}
