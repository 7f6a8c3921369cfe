// A listening TCP socket on one reactor. With SO_REUSEPORT every shard opens its own for the same
// endpoint, and the kernel spreads the connections. Belongs to the reactor's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/error.h"
#include "net/accepted.h"
#include "net/endpoint.h"
#include "net/reactor.h"

namespace strims::net {

struct ListenerOptions {
  int backlog = 4'096;  // connections that wait for accept; the kernel caps it with somaxconn
  int send_buffer =
      0;  // SO_SNDBUF of accepted sockets in bytes (the kernel doubles it); 0: the kernel's choice
  int receive_buffer = 0;  // SO_RCVBUF likewise
  size_t accepts_per_turn = 64;
  int64_t pause_ms = 100;  // rest after the descriptors ran out
  bool reuse_port = true;
  bool streams = true;  // the engine may hand out streams; false: descriptors only (TLS needs them)
};

class Listener final : public EventHandler {
 public:
  using Options = ListenerOptions;
  using OnAccept = std::move_only_function<void(Accepted)>;

  // Binds, listens and watches. `on_accept` runs on the reactor's thread, at most accepts_per_turn
  // times per turn; it may stop() the listener, but not destroy it (bury it instead). Errors:
  // invalid/"bad_endpoint"; conflict/"address_in_use"; forbidden/"port_forbidden" (a privileged
  // port); unavailable/"listen_failed".
  static Result<std::unique_ptr<Listener>> open(Reactor& reactor, const Endpoint& endpoint,
                                                Options options, OnAccept on_accept);
  // Whether anybody listens there already: with SO_REUSEPORT a second server of the same user would
  // share the port without a word and take half of the connections. Errors as open().
  static Result<void> check_unused(const Endpoint& endpoint);
  ~Listener() override;

  // Closes the socket; connections that wait for accept are reset by the kernel. Does nothing the
  // second time.
  void stop();
  // The port that is bound (the kernel's choice when the endpoint said 0).
  uint16_t port() const { return port_; }
  uint64_t accepted() const { return accepted_; }
  // Connections closed at once because the process was out of descriptors or memory.
  uint64_t shed() const { return shed_; }

  void on_event(uint32_t epoll_events) override;

 private:
  Listener(Reactor& reactor, int fd, Options options, OnAccept on_accept);
  bool accept_one();  // false: nothing more in this turn
  bool shed_one();
  void pause();
  bool watch();
  int watched() const { return acceptor_ == nullptr ? fd_ : acceptor_->handle(); }

  Reactor& reactor_;
  int fd_;
  Acceptor* acceptor_ = nullptr;  // the engine's, which accepts for us
  int spare_fd_ = -1;  // given up for a moment when descriptors run out, to accept and close
  uint16_t port_ = 0;
  Options options_;
  OnAccept on_accept_;
  TimerId resume_ = kNoTimer;
  uint64_t accepted_ = 0;
  uint64_t shed_ = 0;
};

}  // namespace strims::net
