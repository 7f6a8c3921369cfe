// For tests only: a small blocking TCP client on loopback. Waits are bounded (5 s), so that a fault
// ends a test instead of hanging it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace strims::net {

class TestClient {
 public:
  // Connects to 127.0.0.1. `receive_buffer` > 0 sets SO_RCVBUF before, for tests with slow readers.
  explicit TestClient(uint16_t port, int receive_buffer = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{5, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (receive_buffer > 0) {
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) return;
    // Interrupted (see take()), it goes on by itself.
    pollfd watched{fd_, POLLOUT, 0};
    int error = errno;
    while (error == EINTR && ::poll(&watched, 1, 5'000) < 0 && errno == EINTR) {
    }
    socklen_t size = sizeof error;
    if (error == EINTR) ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) close();
  }
  TestClient(TestClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  TestClient& operator=(TestClient&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~TestClient() { close(); }

  bool connected() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }
  // What arrives until `size` bytes are there, the stream ends or the time is up.
  std::string receive(size_t size) {
    std::string got(size, '\0');
    size_t have = 0;
    while (have < size) {
      const ssize_t n = take(got.data() + have, size - have);
      if (n <= 0) break;
      have += static_cast<size_t>(n);
    }
    got.resize(have);
    return got;
  }
  // What arrives up to and including `end`; less when the stream ends or the time is up.
  std::string receive_until(std::string_view end) {
    std::string got;
    char c;
    while (!got.ends_with(end) && take(&c, 1) == 1) got.push_back(c);
    return got;
  }
  // What happens next, taking one byte at most: 1 a byte came, 0 the stream ended, else -errno
  // (-ECONNRESET: reset).
  int next() {
    char c;
    const ssize_t n = take(&c, 1);
    return n >= 0 ? static_cast<int>(n) : -errno;
  }
  void shutdown_write() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  // A receive with a time limit is not begun again by the kernel when a signal comes, and the end
  // of another test's io_uring is told to this thread like a signal.
  ssize_t take(char* into, size_t most) {
    ssize_t n;
    do n = ::recv(fd_, into, most, 0);
    while (n < 0 && errno == EINTR);
    return n;
  }

  int fd_;
};

}  // namespace strims::net
