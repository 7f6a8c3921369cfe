#include "net/socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace strims::net {
namespace {

IoResult from_errno() {
  switch (errno) {
    case EAGAIN:
      return {IoStatus::would_block, 0};
    case EPIPE:
    case ECONNRESET:
      return {IoStatus::closed, 0};
    default:
      return {IoStatus::error, 0};
  }
}

// Repeats a system call that a signal interrupted.
template <class F>
ssize_t uninterrupted(F&& call) {
  ssize_t n;
  do {
    n = call();
  } while (n < 0 && errno == EINTR);
  return n;
}

}  // namespace

IoResult Socket::read(std::span<uint8_t> into) {
  if (fd_ < 0 || into.empty()) return {IoStatus::error, 0};
  if (ssl_ != nullptr) return tls_read(into);
  const ssize_t n = uninterrupted([&] { return ::recv(fd_, into.data(), into.size(), 0); });
  if (n < 0) return from_errno();
  if (n == 0) return {IoStatus::closed, 0};
  return {IoStatus::ok, static_cast<size_t>(n)};
}

IoResult Socket::write(std::span<const uint8_t> bytes) {
  if (fd_ < 0) return {IoStatus::error, 0};
  if (bytes.empty()) return {IoStatus::ok, 0};
  // With kTLS the kernel makes the records, so the plain call is right there too. It is even
  // needed: OpenSSL 3.0 retries a kTLS write from the address of the first try, which a moving
  // buffer has left long ago.
  if (ssl_ != nullptr && !uses_ktls_send()) return tls_write(bytes);
  const ssize_t n =
      uninterrupted([&] { return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
  if (n < 0) return from_errno();
  return {IoStatus::ok, static_cast<size_t>(n)};
}

IoResult Socket::writev(std::span<const iovec> parts) {
  if (fd_ < 0) return {IoStatus::error, 0};
  if (ssl_ != nullptr && !uses_ktls_send()) return tls_writev(parts);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());  // sendmsg only reads it
  message.msg_iovlen = std::min<size_t>(parts.size(), IOV_MAX);
  const ssize_t n = uninterrupted([&] { return ::sendmsg(fd_, &message, MSG_NOSIGNAL); });
  if (n < 0) return from_errno();
  return {IoStatus::ok, static_cast<size_t>(n)};
}

void Socket::shutdown_write() {
  if (fd_ < 0) return;
  if (ssl_ != nullptr) tls_notify();
  ::shutdown(fd_, SHUT_WR);
}

void Socket::reset_on_close() {
  if (fd_ < 0) return;
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  flags_ |= kReset;
}

void Socket::close() {
  if (fd_ < 0) return;
  if (ssl_ != nullptr) {
    if ((flags_ & kReset) == 0) tls_notify();
    tls_free();
  }
  ::close(fd_);
  fd_ = -1;
  owed_ = 0;
  flags_ = 0;
}

}  // namespace strims::net
