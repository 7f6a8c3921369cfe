// Looks into MP4 boxes, for tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "media/moof_reader.h"

namespace strims::media::testing {

// The bodies of the boxes of one type that stand in a row.
inline std::vector<std::string_view> boxes(std::string_view in, std::string_view type) {
  std::vector<std::string_view> found;
  while (const auto head = parse_box_head(as_bytes(in))) {
    if (head->size > in.size()) break;
    const auto size = static_cast<size_t>(head->size);
    if (head->type == type) found.push_back(in.substr(head->length, size - head->length));
    in.remove_prefix(size);
  }
  return found;
}

// The body of the first box at a path such as "moov.trak.mdia"; empty when it is not there.
inline std::string_view box(std::string_view in, std::string_view path) {
  while (!path.empty()) {
    const auto found = boxes(in, path.substr(0, 4));
    if (found.empty()) return {};
    in = found.front();
    path.remove_prefix(path.size() > 4 ? 5 : 4);
  }
  return in;
}

// The types of the boxes that stand in a row, with spaces between.
inline std::string types(std::string_view in) {
  std::string out;
  while (const auto head = parse_box_head(as_bytes(in))) {
    if (head->size > in.size()) return out + " cut";
    if (!out.empty()) out += ' ';
    out += head->type;
    in.remove_prefix(static_cast<size_t>(head->size));
  }
  return in.empty() ? out : out + " rest";
}

inline uint32_t u32(std::string_view body, size_t at) {
  return load_be32(as_bytes(body).data() + at);
}
inline uint64_t u64(std::string_view body, size_t at) {
  return load_be64(as_bytes(body).data() + at);
}
inline uint32_t u16(std::string_view body, size_t at) {
  return load_be16(as_bytes(body).data() + at);
}

}  // namespace strims::media::testing
