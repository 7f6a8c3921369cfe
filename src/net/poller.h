// What a Reactor waits with: an engine of the kernel behind a small interface. Belongs to the
// thread of its reactor, except where marked "any thread".
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/error.h"
#include "net/io_result.h"

namespace strims::net {

class Acceptor;
class Stream;
class StreamSet;

class Poller {
 public:
  // A descriptor with something to tell. `generation` is that of its registration, so that an event
  // of a closed descriptor is not taken for one of the next owner of its number.
  struct Ready {
    int fd;
    uint32_t generation;
    uint32_t events;  // EPOLLIN, EPOLLOUT, ...
  };

  // A write that is prepared now and done together with others. `parts` is not empty.
  struct Send {
    Stream* stream = nullptr;
    std::span<const iovec> parts;
    IoResult result;
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

  // Takes connections of the listening socket `fd` into `streams`, as streams. Null when the engine
  // knows only descriptors: accept them yourself. The poller owns it, until close().
  virtual Acceptor* accept_on(int fd, StreamSet& streams);
  // Does the writes of streams that send in batches, with as few system calls as it can.
  virtual void send_all(std::span<Send> sends);
};

// Aborts when the kernel gives no epoll or eventfd descriptor: nothing works without them.
std::unique_ptr<Poller> make_epoll_poller();
// io_uring with direct descriptors, for about `connections` connections. Descriptors (add, modify,
// remove) are watched by an epoll inside it. The thread of the first wait() is its thread. Errors:
// unavailable/"io_uring" with the reason, when the kernel or a sandbox refuses.
Result<std::unique_ptr<Poller>> make_uring_poller(size_t connections);

}  // namespace strims::net
