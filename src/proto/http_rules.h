// What a syntactically clean request head must also satisfy (RFC 9110, RFC 9112). Part of
// http_parser.
#pragma once

#include <cstdint>
#include <optional>

#include "proto/http_parser.h"

namespace strims::proto {

struct Framing {
  bool chunked = false;
  uint64_t content_length = 0;
};

// Fills path, query, keep_alive and expect_continue of `request` from its target and headers and
// says how the body is framed. An error when the head breaks a rule.
std::optional<HttpError> apply_rules(Request& request, Framing& framing);

}  // namespace strims::proto
