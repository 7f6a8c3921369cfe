// Whether bytes are what they should be: the boxes of an MP4 (ISO 14496-12), to the last byte.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace strims::stream_load {

// The types of the outermost boxes, "moof mdat"; empty when these do not fill `bytes`.
inline std::string box_types(std::string_view bytes) {
  std::string types;
  while (!bytes.empty()) {
    if (bytes.size() < 8) return {};
    const size_t size = load_be32(as_bytes(bytes).data());
    if (size < 8 || size > bytes.size()) return {};
    if (!types.empty()) types += ' ';
    types += bytes.substr(4, 4);
    bytes.remove_prefix(size);
  }
  return types;
}

inline bool is_init(std::string_view bytes) {
  return box_types(bytes) == "ftyp moov";
}

// A part: one fragment or more.
inline bool is_fragment(std::string_view bytes) {
  const std::string types = box_types(bytes);
  return types.contains("moof") && types.ends_with("mdat");
}

}  // namespace strims::stream_load
