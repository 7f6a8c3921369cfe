// The Range request header (RFC 9110 section 14.2), as far as we serve it: one range of bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace strims::http {

struct ByteRange {
  enum class Kind : uint8_t {
    whole,          // no range, several, or one that is not well-formed: the header is ignored
    part,           // `length` bytes from `first`
    unsatisfiable,  // begins behind the end: 416
  };
  Kind kind = Kind::whole;
  uint64_t first = 0;
  uint64_t length = 0;
};

// `size` is that of the whole representation. `length` of a part is at least 1.
ByteRange parse_range(std::string_view header, uint64_t size);

// Whether the If-None-Match header names `etag` ("*" names all; weak comparison, RFC 9110
// section 13.1.2).
bool etag_matches(std::string_view if_none_match, std::string_view etag);

}  // namespace strims::http
