// The sockets of the tool's only thread.
#pragma once

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cstddef>

namespace strims::stream_load {

class EpollSet {
 public:
  EpollSet() : fd_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~EpollSet() { close(fd_); }
  EpollSet(const EpollSet&) = delete;
  EpollSet& operator=(const EpollSet&) = delete;

  // Edge-triggered, both ways. `token` is handed to wait()'s callback. A closed socket leaves by
  // itself.
  bool add(int fd, size_t token) {
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u64 = token}};
    return epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) == 0;
  }
  // on_event(size_t token) for all that is ready.
  template <class OnEvent>
  void wait(int wait_ms, OnEvent&& on_event) {
    std::array<epoll_event, 256> events;
    const int count = epoll_wait(fd_, events.data(), static_cast<int>(events.size()), wait_ms);
    for (int i = 0; i < count; ++i)
      on_event(static_cast<size_t>(events[static_cast<size_t>(i)].data.u64));
  }

 private:
  int fd_;
};

}  // namespace strims::stream_load
