#include "net/reactor.h"

#include <fmt/core.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace strims::net {
namespace {

// The generation keeps an event of a closed descriptor from reaching the next owner of its number.
uint64_t tag(int fd, uint32_t generation) {
  return uint64_t{generation} << 32 | static_cast<uint32_t>(fd);
}

// The calling thread owns the loop while this lives.
class Ownership {
 public:
  explicit Ownership(std::atomic<std::thread::id>& owner) : owner_(owner) {
    assert(owner_.load() == std::thread::id());
    owner_.store(std::this_thread::get_id());
  }
  ~Ownership() { owner_.store(std::thread::id()); }
  Ownership(const Ownership&) = delete;
  Ownership& operator=(const Ownership&) = delete;

 private:
  std::atomic<std::thread::id>& owner_;
};

int need(int fd, const char* what) {
  if (fd >= 0) return fd;
  fmt::print(stderr, "strims: {} failed: {}\n", what, std::strerror(errno));
  std::abort();
}

}  // namespace

EventHandler::~EventHandler() = default;

Reactor::Reactor()
    : epoll_fd_(need(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_fd_(need(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      now_(system_clock().mono_ms()),
      scratch_(std::make_unique_for_overwrite<uint8_t[]>(kScratchBytes)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag(wake_fd_, 0);
  need(epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event), "epoll_ctl");
}

Reactor::~Reactor() {
  assert(on_thread());
  mailbox_.close();
  // Destructors of tasks and handlers may still call remove() and cancel(), so these go while all
  // is intact.
  mailbox_.drop();
  timers_.clear();
  idle_hook_ = nullptr;
  run_buried();
  ::close(wake_fd_);
  ::close(epoll_fd_);
}

bool Reactor::control(int operation, int fd, uint32_t events) {
  epoll_event event{};
  event.events = events | EPOLLRDHUP;
  event.data.u64 = tag(fd, watches_[static_cast<size_t>(fd)].generation);
  return epoll_ctl(epoll_fd_, operation, fd, &event) == 0;
}

bool Reactor::add(int fd, uint32_t events, EventHandler* handler) {
  assert(on_thread());
  assert(handler != nullptr);
  if (fd < 0) return false;
  const auto index = static_cast<size_t>(fd);
  if (index >= watches_.size()) watches_.resize(std::max(index + 1, watches_.size() * 2));
  Watch& watch = watches_[index];
  if (watch.handler != nullptr) return false;
  ++watch.generation;
  if (!control(EPOLL_CTL_ADD, fd, events)) return false;
  watch.handler = handler;
  watch.events = events;
  return true;
}

bool Reactor::modify(int fd, uint32_t events, EventHandler* handler) {
  assert(on_thread());
  assert(handler != nullptr);
  if (fd < 0 || static_cast<size_t>(fd) >= watches_.size()) return false;
  Watch& watch = watches_[static_cast<size_t>(fd)];
  if (watch.handler == nullptr) return false;
  if (watch.events != events && !control(EPOLL_CTL_MOD, fd, events)) return false;
  watch.handler = handler;
  watch.events = events;
  return true;
}

void Reactor::remove(int fd) {
  assert(on_thread());
  if (fd < 0 || static_cast<size_t>(fd) >= watches_.size()) return;
  Watch& watch = watches_[static_cast<size_t>(fd)];
  if (watch.handler == nullptr) return;
  watch.handler = nullptr;
  epoll_event unused{};
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, &unused);
}

bool Reactor::post(Task task) {
  switch (mailbox_.put(std::move(task))) {
    case Mailbox::Put::queued_wake:
      wake();
      return true;
    case Mailbox::Put::queued:
      return true;
    case Mailbox::Put::refused:
      break;
  }
  refused_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

TimerId Reactor::after(int64_t ms, Task task) {
  assert(on_thread());
  return timers_.add(now_ + std::max<int64_t>(ms, 0), std::move(task));
}

void Reactor::cancel(TimerId id) {
  assert(on_thread());
  timers_.cancel(id);
}

void Reactor::set_idle_hook(std::move_only_function<bool()> hook) {
  assert(on_thread());
  idle_hook_ = std::move(hook);
  more_ = true;  // the new hook gets its first look soon, not after the next event
}

void Reactor::bury(std::unique_ptr<EventHandler> handler) {
  assert(on_thread());
  buried_.push_back(std::move(handler));
}

void Reactor::run_buried() {
  while (!buried_.empty()) {
    auto dead = std::exchange(buried_, {});
    dead.clear();
  }
}

bool Reactor::on_thread() const {
  const std::thread::id owner = thread_.load(std::memory_order_relaxed);
  return owner == std::thread::id() || owner == std::this_thread::get_id();
}

ReactorStats Reactor::stats() const {
  return ReactorStats{.turns = turns_.get(),
                      .events = events_.get(),
                      .tasks = tasks_.get(),
                      .timers = fired_.get(),
                      .refused = refused_.load(std::memory_order_relaxed),
                      .busy_ns = busy_ns_.get()};
}

void Reactor::run() {
  const Ownership ownership(thread_);
  do {
    turn_once(-1);
  } while (!stopping_.exchange(false, std::memory_order_acquire));
}

void Reactor::run_once(int64_t max_wait_ms) {
  const Ownership ownership(thread_);
  turn_once(max_wait_ms);
}

void Reactor::stop() {
  stopping_.store(true, std::memory_order_release);
  wake();
}

void Reactor::close() {
  const Ownership ownership(thread_);
  mailbox_.close();
  while (!mailbox_.empty()) tasks_.add(mailbox_.run(kTasksPerTurn));
  timers_.clear();
  run_buried();
}

int Reactor::wait_ms(int64_t max_wait_ms) const {
  if (more_ || !mailbox_.empty()) return 0;
  int64_t wait = max_wait_ms < 0 ? INT_MAX : max_wait_ms;
  if (const auto next = timers_.next()) {
    // A fresh look at the clock: the turn that is ending may have been long.
    wait = std::min(wait, std::max<int64_t>(*next - system_clock().mono_ms(), 0));
  } else if (max_wait_ms < 0) {
    return -1;
  }
  return static_cast<int>(std::min<int64_t>(wait, INT_MAX));
}

void Reactor::turn_once(int64_t max_wait_ms) {
  std::array<epoll_event, kEventsPerTurn> events;
  const int count = epoll_wait(epoll_fd_, events.data(), static_cast<int>(events.size()),
                               wait_ms(max_wait_ms));  // a signal (EINTR) is a turn without events
  const int64_t began_ns = mono_ns();
  now_ = system_clock().mono_ms();
  ++turn_;
  turns_.add(1);
  if (count > 0) dispatch({events.data(), static_cast<size_t>(count)});
  tasks_.add(mailbox_.run(kTasksPerTurn));
  fired_.add(timers_.run_due(now_, kTimersPerTurn));
  more_ = false;
  if (idle_hook_ && idle_hook_()) more_ = true;
  run_buried();
  busy_ns_.add(static_cast<uint64_t>(mono_ns() - began_ns));
}

void Reactor::dispatch(std::span<const epoll_event> events) {
  uint64_t delivered = 0;
  for (const epoll_event& event : events) {
    const auto fd = static_cast<uint32_t>(event.data.u64);
    if (static_cast<int>(fd) == wake_fd_) {
      uint64_t ignored;
      // Reset before the mailbox is looked at: what is put later rings again.
      [[maybe_unused]] const ssize_t n = ::read(wake_fd_, &ignored, sizeof ignored);
      continue;
    }
    const Watch watch = watches_[fd];
    if (watch.handler == nullptr || watch.generation != event.data.u64 >> 32) continue;
    ++delivered;
    watch.handler->on_event(event.events);
  }
  events_.add(delivered);
}

void Reactor::wake() {
  const uint64_t one = 1;
  // Fails only when the counter is full, and then the loop is being woken anyway.
  [[maybe_unused]] const ssize_t n = ::write(wake_fd_, &one, sizeof one);
}

}  // namespace strims::net
