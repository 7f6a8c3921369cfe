// A connection that has come in, and a source of them that is no descriptor.
#pragma once

#include <cstdint>

#include "base/cidr.h"
#include "net/socket.h"
#include "net/stream.h"

struct sockaddr;

namespace strims::net {

// A new connection: plain, non-blocking, close-on-exec, TCP_NODELAY.
struct Accepted {
  Socket socket;
  IpAddress peer;
  uint16_t peer_port = 0;
};

// `peer` is of AF_INET or AF_INET6.
Accepted describe(Socket socket, const sockaddr& peer);

// Accepts while it is watched; has an event (EPOLLIN) when next() would bring something.
class Acceptor : public Stream {
 public:
  // False: nothing now.
  virtual bool next(Accepted& accepted) = 0;
  // True, once, when accepting has come to a stop because the kernel ran out of something. It is
  // tried again when the acceptor is watched anew.
  virtual bool take_failure() = 0;

  IoResult read(std::span<uint8_t>) override { return {}; }
  IoResult writev(std::span<const iovec>) override { return {}; }
  void shutdown_write() override {}
  void reset_on_close() override {}

 protected:
  using Stream::Stream;
};

}  // namespace strims::net
