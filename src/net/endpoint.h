// Where to listen: an address literal and a port.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace strims::net {

struct Endpoint {
  std::string host;   // "127.0.0.1", "::1", "0.0.0.0"; without brackets
  uint16_t port = 0;  // 0: the kernel chooses

  // "ADDR:PORT", IPv6 in brackets: "0.0.0.0:8080", "[::1]:8080"; "localhost" is 127.0.0.1. Other
  // names are not resolved. Errors: invalid/"bad_endpoint".
  static Result<Endpoint> parse(std::string_view text);
  std::string to_string() const;
  bool operator==(const Endpoint&) const = default;
};

}  // namespace strims::net
