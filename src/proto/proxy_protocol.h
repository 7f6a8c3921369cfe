// The PROXY protocol, versions 1 and 2: the line or block with which a load balancer tells the real
// client's address before the first byte of the connection. Sans-I/O, bounded; any thread.
//
// Only read it from peers that are trusted and known to send it: whoever may send it chooses its
// own address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/cidr.h"

namespace strims::proto {

// The longest header that we take: version 1 has 107 bytes at most; version 2 is cut here (its TLVs
// included).
inline constexpr size_t kMaxProxyHeader = 1024;

struct ProxyAddresses {
  IpAddress source;
  IpAddress destination;
  uint16_t source_port = 0;
  uint16_t destination_port = 0;
};

struct ProxyResult {
  enum class State {
    need_more,  // the bytes are a beginning of a header
    header,     // `consumed` bytes were the header
    error,      // not a header, or a broken or too long one: close the connection
  };
  State state = State::need_more;
  size_t consumed = 0;
  // Absent when the proxy speaks for itself (LOCAL, UNKNOWN, AF_UNSPEC, AF_UNIX): keep the socket's
  // address.
  std::optional<ProxyAddresses> addresses;
  std::string_view reason;  // stable word when state is error
};

// Looks at everything received so far, from the first byte of the connection.
ProxyResult parse_proxy_header(std::string_view bytes);

}  // namespace strims::proto
