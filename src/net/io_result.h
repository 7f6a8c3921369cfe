// The outcome of a read or write that does not wait.
#pragma once

#include <cstddef>
#include <cstdint>

namespace strims::net {

enum class IoStatus : uint8_t {
  ok,           // `bytes` > 0 were moved
  would_block,  // nothing now: wait for EPOLLIN (read) or EPOLLOUT (write)
  want_write,   // a TLS read that must write first: wait for EPOLLOUT, then read again
  closed,       // the peer is gone: end of stream, reset or broken pipe
  error,        // TLS failure (including plain HTTP on a TLS port), misuse, or another system error
};

struct IoResult {
  IoStatus status = IoStatus::error;
  size_t bytes = 0;  // > 0 only with ok
};

}  // namespace strims::net
