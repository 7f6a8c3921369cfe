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

#include "net/accepted.h"
#include "net/epoll_poller.h"

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

}  // namespace

EpollPoller::EpollPoller()
    : epoll_fd_(need(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_fd_(need(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag(wake_fd_, 0);
  need(epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event), "epoll_ctl");
}

EpollPoller::~EpollPoller() {
  ::close(wake_fd_);
  ::close(epoll_fd_);
}

bool EpollPoller::add(int fd, uint32_t events, uint32_t generation) {
  return control(EPOLL_CTL_ADD, fd, events, generation);
}

bool EpollPoller::modify(int fd, uint32_t events, uint32_t generation) {
  return control(EPOLL_CTL_MOD, fd, events, generation);
}

void EpollPoller::remove(int fd) {
  epoll_event unused{};
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, &unused);
}

size_t EpollPoller::wait(std::span<Ready> out, int timeout_ms) {
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

void EpollPoller::wake() {
  const uint64_t one = 1;
  // Fails only when the counter is full, and then the loop is being woken anyway.
  [[maybe_unused]] const ssize_t n = ::write(wake_fd_, &one, sizeof one);
}

bool EpollPoller::control(int operation, int fd, uint32_t events, uint32_t generation) {
  epoll_event event{};
  event.events = events | EPOLLRDHUP;
  event.data.u64 = tag(fd, generation);
  return epoll_ctl(epoll_fd_, operation, fd, &event) == 0;
}

Poller::~Poller() = default;

Acceptor* Poller::accept_on(int, StreamSet&) {
  return nullptr;
}

void Poller::send_all(std::span<Send> sends) {
  for (Send& send : sends) send.result = send.stream->writev(send.parts);
}

std::unique_ptr<Poller> make_epoll_poller() {
  return std::make_unique<EpollPoller>();
}

}  // namespace strims::net
