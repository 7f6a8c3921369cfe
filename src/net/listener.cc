#include "net/listener.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace strims::net {
namespace {

union Address {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

void set_int(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

socklen_t to_sockaddr(const IpAddress& ip, uint16_t port, Address& out) {
  std::memset(&out, 0, sizeof out);
  if (ip.is_v4()) {
    out.v4.sin_family = AF_INET;
    out.v4.sin_port = htons(port);
    std::memcpy(&out.v4.sin_addr, ip.bytes().data() + 12, 4);
    return sizeof out.v4;
  }
  out.v6.sin6_family = AF_INET6;
  out.v6.sin6_port = htons(port);
  std::memcpy(&out.v6.sin6_addr, ip.bytes().data(), 16);
  return sizeof out.v6;
}

std::unexpected<Error> system_failure(const Endpoint& endpoint, int error) {
  const std::string detail =
      fmt::format("cannot listen on {}: {}", endpoint.to_string(), std::strerror(error));
  if (error == EADDRINUSE) return fail(Errc::conflict, "address_in_use", detail);
  if (error == EACCES) return fail(Errc::forbidden, "port_forbidden", detail);
  return fail(Errc::unavailable, "listen_failed", detail);
}

// A bound socket, or -1 with errno.
int bind_socket(const Address& address, socklen_t length, const ListenerOptions& options) {
  const int fd = ::socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (options.reuse_port) set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  // "[::]" takes IPv4 too, so that one endpoint can mean "everywhere".
  if (address.any.sa_family == AF_INET6) set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  // Accepted sockets inherit all this; the receive buffer must be known before the window is
  // offered.
  set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (options.send_buffer > 0) set_int(fd, SOL_SOCKET, SO_SNDBUF, options.send_buffer);
  if (options.receive_buffer > 0) set_int(fd, SOL_SOCKET, SO_RCVBUF, options.receive_buffer);
  if (::bind(fd, &address.any, length) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

// The same, listening.
int open_socket(const Address& address, socklen_t length, const ListenerOptions& options) {
  const int fd = bind_socket(address, length, options);
  if (fd < 0 || ::listen(fd, options.backlog) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

int open_spare() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool out_of_resources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(Reactor& reactor, const Endpoint& endpoint,
                                                 Options options, OnAccept on_accept) {
  const auto ip = IpAddress::parse(endpoint.host);
  if (!ip) return fail(Errc::invalid, "bad_endpoint", "no address: " + endpoint.host);
  Address address;
  const socklen_t length = to_sockaddr(*ip, endpoint.port, address);
  const int fd = open_socket(address, length, options);
  if (fd < 0) return system_failure(endpoint, errno);
  std::unique_ptr<Listener> made(new Listener(reactor, fd, options, std::move(on_accept)));
  Address bound;
  socklen_t bound_length = sizeof bound;
  ::getsockname(fd, &bound.any, &bound_length);
  made->port_ = ntohs(bound.any.sa_family == AF_INET ? bound.v4.sin_port : bound.v6.sin6_port);
  if (options.streams) made->acceptor_ = reactor.poller().accept_on(fd, reactor.streams());
  if (!made->watch()) return system_failure(endpoint, errno);
  return made;
}

Result<void> Listener::check_unused(const Endpoint& endpoint) {
  const auto ip = IpAddress::parse(endpoint.host);
  if (!ip) return fail(Errc::invalid, "bad_endpoint", "no address: " + endpoint.host);
  if (endpoint.port == 0) return {};
  Address address;
  const socklen_t length = to_sockaddr(*ip, endpoint.port, address);
  const int fd = bind_socket(address, length, {.reuse_port = false});
  if (fd < 0) return system_failure(endpoint, errno);
  ::close(fd);
  return {};
}

Listener::Listener(Reactor& reactor, int fd, Options options, OnAccept on_accept)
    : reactor_(reactor),
      fd_(fd),
      spare_fd_(open_spare()),
      options_(options),
      on_accept_(std::move(on_accept)) {}

Listener::~Listener() {
  stop();
}

void Listener::stop() {
  if (fd_ < 0) return;
  reactor_.cancel(resume_);
  reactor_.remove(watched());
  if (acceptor_ != nullptr) std::exchange(acceptor_, nullptr)->close();
  ::close(fd_);
  fd_ = -1;
  if (spare_fd_ >= 0) ::close(spare_fd_);
  spare_fd_ = -1;
}

void Listener::on_event(uint32_t /*epoll_events*/) {
  for (size_t i = 0; i < options_.accepts_per_turn && fd_ >= 0; ++i) {
    if (!accept_one()) break;
  }
}

bool Listener::watch() {
  return reactor_.add(watched(), EPOLLIN, this);
}

bool Listener::accept_one() {
  if (acceptor_ != nullptr) {
    Accepted accepted;
    if (acceptor_->next(accepted)) {
      ++accepted_;
      on_accept_(std::move(accepted));
      return true;
    }
    if (acceptor_->take_failure()) pause();
    return false;
  }
  Address peer;
  socklen_t length = sizeof peer;
  const int fd = ::accept4(fd_, &peer.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    ++accepted_;
    on_accept_(describe(Socket(fd), peer.any));
    return true;
  }
  const int error = errno;
  if (error == EAGAIN) return false;
  if (!out_of_resources(error)) return true;  // that connection died while it waited: the next one
  if (shed_one()) return true;
  // The event would come again at once, so look away for a while instead of spinning.
  pause();
  return false;
}

bool Listener::shed_one() {
  if (spare_fd_ < 0) spare_fd_ = open_spare();
  if (spare_fd_ < 0) return false;
  ::close(spare_fd_);
  const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  const bool shed = fd >= 0;
  if (shed) {
    ::close(fd);
    ++shed_;
  }
  spare_fd_ = open_spare();
  return shed;
}

void Listener::pause() {
  reactor_.remove(watched());
  resume_ = reactor_.after(options_.pause_ms, [this] {
    resume_ = kNoTimer;
    if (!watch()) pause();
  });
}

}  // namespace strims::net
