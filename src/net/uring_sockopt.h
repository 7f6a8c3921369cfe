// Socket options of a direct descriptor (Linux 6.7): what getsockopt and setsockopt are for others.
// liburing 2.3 does not know them yet.
#pragma once

#include <cstdint>

struct io_uring_sqe;

namespace strims::net {

inline constexpr uint32_t kUringGetSockopt = 2;  // SOCKET_URING_OP_GETSOCKOPT
inline constexpr uint32_t kUringSetSockopt = 3;  // SOCKET_URING_OP_SETSOCKOPT

// An option of SOL_SOCKET. `value` must last until the entry is submitted and done.
void prepare_sockopt(io_uring_sqe& sqe, uint32_t operation, uint32_t file, int option, void* value,
                     uint32_t size);

}  // namespace strims::net
