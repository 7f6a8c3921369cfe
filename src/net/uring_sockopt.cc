#include "net/uring_sockopt.h"

#include <liburing.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstring>

namespace strims::net {
namespace {

// The names that newer headers have for parts of an entry.
constexpr size_t kOperation = offsetof(io_uring_sqe, off);                          // cmd_op
constexpr size_t kLevel = offsetof(io_uring_sqe, addr);                             // level
constexpr size_t kOption = kLevel + sizeof(uint32_t);                               // optname
constexpr size_t kSize = offsetof(io_uring_sqe, splice_fd_in);                      // optlen
constexpr size_t kValue = offsetof(io_uring_sqe, splice_fd_in) + sizeof(uint32_t);  // optval

template <class T>
void put(io_uring_sqe& sqe, size_t at, T value) {
  std::memcpy(reinterpret_cast<char*>(&sqe) + at, &value, sizeof value);
}

}  // namespace

void prepare_sockopt(io_uring_sqe& sqe, uint32_t operation, uint32_t file, int option, void* value,
                     uint32_t size) {
  static_assert(kValue == 48 && sizeof(io_uring_sqe) == 64);
  const uint64_t user_data = sqe.user_data;
  std::memset(&sqe, 0, sizeof sqe);
  sqe.opcode = IORING_OP_URING_CMD;
  sqe.flags = IOSQE_FIXED_FILE;
  sqe.fd = static_cast<int>(file);
  sqe.user_data = user_data;
  put(sqe, kOperation, operation);
  put(sqe, kLevel, uint32_t{SOL_SOCKET});
  put(sqe, kOption, static_cast<uint32_t>(option));
  put(sqe, kSize, size);
  put(sqe, kValue, reinterpret_cast<uintptr_t>(value));
}

}  // namespace strims::net
