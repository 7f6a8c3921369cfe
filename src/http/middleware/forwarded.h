// Who the client really is, when trusted proxies stand in between.
#pragma once

#include "base/cidr.h"
#include "proto/http_message.h"

namespace strims::http {

struct ClientOrigin {
  IpAddress address;
  bool secure = false;
};

// When `socket_peer` is trusted: the rightmost address of X-Forwarded-For that is not trusted
// itself (all trusted: the leftmost), or X-Real-IP when there is no X-Forwarded-For; and whether
// X-Forwarded-Proto says "https". A list that is broken is believed only up to the break, seen from
// the right. Otherwise: the socket's own.
ClientOrigin client_origin(const proto::Request& request, const IpAddress& socket_peer,
                           bool socket_secure, const PrefixSet& trusted);

}  // namespace strims::http
