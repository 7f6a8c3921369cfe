#pragma once

#include <cstdint>

namespace strims::net {

// Receives the events of the descriptors and streams it was added for. Must outlive its
// registration.
class EventHandler {
 public:
  virtual ~EventHandler();
  // `epoll_events`: EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP, EPOLLERR. The handler may remove any
  // descriptor, also its own, and may bury() itself.
  virtual void on_event(uint32_t epoll_events) = 0;
};

}  // namespace strims::net
