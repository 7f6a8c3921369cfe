// What a Reactor waits with: an engine of the kernel behind a small interface. Belongs to the
// thread of its reactor, except where marked "any thread".
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace strims::net {

class Poller {
 public:
  // A descriptor with something to tell. `generation` is that of its registration, so that an event
  // of a closed descriptor is not taken for one of the next owner of its number.
  struct Ready {
    int fd;
    uint32_t generation;
    uint32_t events;  // EPOLLIN, EPOLLOUT, ...
  };

  virtual ~Poller();
  virtual const char* name() const = 0;
  // Watches `fd` for `events`, level-triggered; EPOLLRDHUP, EPOLLHUP and EPOLLERR always come too.
  // False when the kernel refuses.
  virtual bool add(int fd, uint32_t events, uint32_t generation) = 0;
  virtual bool modify(int fd, uint32_t events, uint32_t generation) = 0;
  virtual void remove(int fd) = 0;
  // Waits until something is ready, wake() was called, or `timeout_ms` are over (-1: for ever). The
  // number of entries written to `out`.
  virtual size_t wait(std::span<Ready> out, int timeout_ms) = 0;
  // Any thread: ends the wait that is under way, or the next one.
  virtual void wake() = 0;
};

// Aborts when the kernel gives no epoll or eventfd descriptor: nothing works without them.
std::unique_ptr<Poller> make_epoll_poller();

}  // namespace strims::net
