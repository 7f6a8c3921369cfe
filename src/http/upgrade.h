// A connection that leaves HTTP: what the route's handler gets when the client asks for a
// WebSocket.
#pragma once

#include <any>
#include <functional>
#include <string>
#include <string_view>

#include "base/cidr.h"
#include "http/connection_table.h"
#include "http/context.h"
#include "net/reactor.h"
#include "net/socket.h"
#include "proto/http_message.h"

namespace strims::http {

// The socket is established, not watched by the reactor, and nothing has been answered yet: the
// receiver writes the 101 (or refuses with an HTTP response) and goes on. Dropping it closes the
// connection.
struct Upgrade {
  net::Socket socket;
  proto::Request request;
  std::string
      leftover;  // bytes that came after the request; belongs in front of what the socket gives
  IpAddress peer;
  uint16_t peer_port = 0;
  bool secure = false;
  std::string request_id;
  Params path_params;
  std::string_view route;  // pattern; lives as long as the router
  std::string_view access;
  size_t shard = 0;
  int listener = 0;
  net::Reactor* reactor = nullptr;
  // Keeps the connection counted. Hold it as long as the socket.
  ConnectionTable::Lease lease;
  std::any principal;
};

// Runs on the shard of the connection.
using UpgradeHandler = std::function<void(Upgrade)>;

}  // namespace strims::http
