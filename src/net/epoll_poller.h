// The epoll engine, level-triggered.
#pragma once

#include "net/poller.h"

namespace strims::net {

class EpollPoller final : public Poller {
 public:
  // Aborts when the kernel gives no descriptors.
  EpollPoller();
  ~EpollPoller() override;
  EpollPoller(const EpollPoller&) = delete;
  EpollPoller& operator=(const EpollPoller&) = delete;

  const char* name() const override { return "epoll"; }
  bool add(int fd, uint32_t events, uint32_t generation) override;
  bool modify(int fd, uint32_t events, uint32_t generation) override;
  void remove(int fd) override;
  size_t wait(std::span<Ready> out, int timeout_ms) override;
  void wake() override;
  // Readable while something is ready.
  int fd() const { return epoll_fd_; }

 private:
  bool control(int operation, int fd, uint32_t events, uint32_t generation);

  const int epoll_fd_;
  const int wake_fd_;
};

}  // namespace strims::net
