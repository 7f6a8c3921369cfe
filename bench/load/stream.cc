#include "load/stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace strims::load {
namespace {

SSL_CTX* context() {
  static SSL_CTX* const kContext = [] {
    SSL_CTX* made = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(made, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                               SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return made;
  }();
  return kContext;
}

// -1 with errno, 0 at the end: what the socket calls say.
ssize_t outcome(SSL* tls, int result) {
  if (result > 0) return result;
  switch (SSL_get_error(tls, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      errno = ECONNRESET;
      return -1;
  }
}

}  // namespace

bool Stream::connect(uint16_t port, uint8_t source, bool tls, int receive_buffer) {
  close();
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return false;
  const int one = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (receive_buffer > 0)
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(0x7f000000u | source);
  if (bind(fd_, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0) return false;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)
    return false;
  if (tls) {
    tls_ = SSL_new(context());
    SSL_set_fd(tls_, fd_);
    SSL_set_connect_state(tls_);
  }
  return true;
}

bool Stream::connected() {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

int Stream::handshake() {
  if (!tls_) return 1;
  const int result = SSL_do_handshake(tls_);
  if (result == 1) return 1;
  return outcome(tls_, result) < 0 && errno == EAGAIN ? 0 : -1;
}

ssize_t Stream::read(char* to, size_t size) {
  return tls_ ? outcome(tls_, SSL_read(tls_, to, static_cast<int>(size))) : recv(fd_, to, size, 0);
}

ssize_t Stream::write(std::string_view bytes) {
  return tls_ ? outcome(tls_, SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())))
              : send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

ssize_t Stream::discard(size_t size) {
  if (!tls_) return recv(fd_, nullptr, size, MSG_TRUNC);
  static char nowhere[16 * 1024];
  return read(nowhere, sizeof nowhere);
}

void Stream::close() {
  if (tls_) SSL_free(tls_);
  if (fd_ >= 0) ::close(fd_);
  tls_ = nullptr;
  fd_ = -1;
}

void Stream::reset() {
  const linger hard{1, 0};
  if (fd_ >= 0) setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close();
}

}  // namespace strims::load
