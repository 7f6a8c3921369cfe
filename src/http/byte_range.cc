#include "http/byte_range.h"

#include <algorithm>

#include "base/bytes.h"

namespace strims::http {

ByteRange parse_range(std::string_view header, uint64_t size) {
  const ByteRange whole{ByteRange::Kind::whole, 0, size};
  const ByteRange none{ByteRange::Kind::unsatisfiable, 0, 0};
  const size_t equals = header.find('=');
  if (equals == std::string_view::npos || !ascii_iequals(header.substr(0, equals), "bytes"))
    return whole;
  const std::string_view spec = trim_ows(header.substr(equals + 1));
  const size_t dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return whole;
  const std::string_view from = spec.substr(0, dash);
  const std::string_view to = spec.substr(dash + 1);
  if (from.empty()) {  // the last bytes
    const auto count = parse_u64(to);
    if (!count) return whole;
    if (*count == 0 || size == 0) return none;
    const uint64_t length = std::min(*count, size);
    return {ByteRange::Kind::part, size - length, length};
  }
  const auto first = parse_u64(from);
  if (!first) return whole;
  uint64_t last = size == 0 ? 0 : size - 1;
  if (!to.empty()) {
    const auto wanted = parse_u64(to);
    if (!wanted || *wanted < *first) return whole;
    last = std::min(last, *wanted);
  }
  if (*first >= size) return none;
  return {ByteRange::Kind::part, *first, last - *first + 1};
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  std::string_view left = if_none_match;
  while (!left.empty()) {
    const size_t comma = left.find(',');
    std::string_view one = trim_ows(left.substr(0, comma));
    left.remove_prefix(comma == std::string_view::npos ? left.size() : comma + 1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || (one == etag && !one.empty())) return true;
  }
  return false;
}

}  // namespace strims::http
