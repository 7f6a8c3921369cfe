#include <fmt/core.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "net/poller.h"

namespace strims::net {
namespace {

constexpr size_t kMostEvents = 256;  // of one wait

int need(int fd, const char* what) {
  if (fd >= 0) return fd;
  fmt::print(stderr, "strims: {} failed: {}\n", what, std::strerror(errno));
  std::abort();
}

uint64_t tag(int fd, uint32_t generation) {
  return uint64_t{generation} << 32 | static_cast<uint32_t>(fd);
}

class EpollPoller final : public Poller {
 public:
  EpollPoller()
      : epoll_fd_(need(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
        wake_fd_(need(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = tag(wake_fd_, 0);
    need(epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event), "epoll_ctl");
  }
  ~EpollPoller() override {
    ::close(wake_fd_);
    ::close(epoll_fd_);
  }
  EpollPoller(const EpollPoller&) = delete;
  EpollPoller& operator=(const EpollPoller&) = delete;

  const char* name() const override { return "epoll"; }
  bool add(int fd, uint32_t events, uint32_t generation) override {
    return control(EPOLL_CTL_ADD, fd, events, generation);
  }
  bool modify(int fd, uint32_t events, uint32_t generation) override {
    return control(EPOLL_CTL_MOD, fd, events, generation);
  }
  void remove(int fd) override {
    epoll_event unused{};
    epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, &unused);
  }

  size_t wait(std::span<Ready> out, int timeout_ms) override {
    std::array<epoll_event, kMostEvents> events;
    const int most = static_cast<int>(std::min(out.size(), events.size()));
    // A signal (EINTR) is a wait that brought nothing.
    const int count = epoll_wait(epoll_fd_, events.data(), most, timeout_ms);
    size_t ready = 0;
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<size_t>(i)];
      const int fd = static_cast<int>(static_cast<uint32_t>(event.data.u64));
      if (fd == wake_fd_) {
        uint64_t ignored;
        // Reset before the mailbox is looked at: what is put later rings again.
        [[maybe_unused]] const ssize_t n = ::read(wake_fd_, &ignored, sizeof ignored);
      } else {
        out[ready++] = {fd, static_cast<uint32_t>(event.data.u64 >> 32), event.events};
      }
    }
    return ready;
  }

  void wake() override {
    const uint64_t one = 1;
    // Fails only when the counter is full, and then the loop is being woken anyway.
    [[maybe_unused]] const ssize_t n = ::write(wake_fd_, &one, sizeof one);
  }

 private:
  bool control(int operation, int fd, uint32_t events, uint32_t generation) {
    epoll_event event{};
    event.events = events | EPOLLRDHUP;
    event.data.u64 = tag(fd, generation);
    return epoll_ctl(epoll_fd_, operation, fd, &event) == 0;
  }

  const int epoll_fd_;
  const int wake_fd_;
};

}  // namespace

Poller::~Poller() = default;

std::unique_ptr<Poller> make_epoll_poller() {
  return std::make_unique<EpollPoller>();
}

}  // namespace strims::net
