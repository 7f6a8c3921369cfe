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
  if (held_ != nullptr) return held_read(into);
  const ssize_t n = uninterrupted([&] { return ::recv(fd_, into.data(), into.size(), 0); });
  if (n < 0) return from_errno();
  if (n == 0) return {IoStatus::closed, 0};
  return {IoStatus::ok, static_cast<size_t>(n)};
}

IoResult Socket::write(std::span<const uint8_t> bytes) {
  if (fd_ < 0) return {IoStatus::error, 0};
  if (bytes.empty()) return {IoStatus::ok, 0};
  if (held_ != nullptr) {
    const iovec part{const_cast<uint8_t*>(bytes.data()), bytes.size()};
    return held_writev({&part, 1});
  }
  const ssize_t n =
      uninterrupted([&] { return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
  if (n < 0) return from_errno();
  return {IoStatus::ok, static_cast<size_t>(n)};
}

IoResult Socket::writev(std::span<const iovec> parts) {
  if (fd_ < 0) return {IoStatus::error, 0};
  return held_ != nullptr ? held_writev(parts) : send_parts(parts);
}

IoResult Socket::held_read(std::span<uint8_t> into) {
  return is_stream() ? stream().read(into) : tls_read(into);
}

IoResult Socket::held_writev(std::span<const iovec> parts) {
  if (is_stream()) return stream().writev(parts);
  // With kTLS the kernel makes the records, so the plain call is right there too. It is even
  // needed: OpenSSL 3.0 retries a kTLS write from the address of the first try, which a moving
  // buffer has left long ago.
  return uses_ktls_send() ? send_parts(parts) : tls_writev(parts);
}

IoResult Socket::send_parts(std::span<const iovec> parts) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());  // sendmsg only reads it
  message.msg_iovlen = std::min<size_t>(parts.size(), IOV_MAX);
  const ssize_t n = uninterrupted([&] { return ::sendmsg(fd_, &message, MSG_NOSIGNAL); });
  if (n < 0) return from_errno();
  return {IoStatus::ok, static_cast<size_t>(n)};
}

int Socket::release() {
  return held_ == nullptr ? std::exchange(fd_, -1) : -1;
}

void Socket::shutdown_write() {
  if (fd_ < 0) return;
  if (is_stream()) return stream().shutdown_write();
  if (is_tls()) tls_notify();
  ::shutdown(fd_, SHUT_WR);
}

void Socket::set_receive_low_water(int bytes) {
  if (fd_ >= 0 && !is_stream()) ::setsockopt(fd_, SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes);
}

void Socket::reset_on_close() {
  if (fd_ < 0) return;
  flags_ |= kReset;
  if (is_stream()) return stream().reset_on_close();
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void Socket::close() {
  if (fd_ < 0) return;
  if (is_stream()) {
    stream().close();
  } else {
    if (is_tls()) {
      if ((flags_ & kReset) == 0) tls_notify();
      tls_free();
    }
    ::close(fd_);
  }
  held_ = nullptr;
  fd_ = -1;
  owed_ = 0;
  flags_ = 0;
}

}  // namespace strims::net
