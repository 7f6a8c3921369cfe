#include "net/reactor.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <climits>
#include <utility>

namespace strims::net {
namespace {

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

}  // namespace

EventHandler::~EventHandler() = default;

Reactor::Reactor(const Clock& clock, std::unique_ptr<Poller> poller)
    : clock_(clock),
      poller_(std::move(poller)),
      now_(clock.mono_ms()),
      scratch_(std::make_unique_for_overwrite<uint8_t[]>(kScratchBytes)) {}

Reactor::~Reactor() {
  assert(on_thread());
  mailbox_.close();
  // Destructors of tasks and handlers may still call remove() and cancel(), so these go while all
  // is intact.
  mailbox_.drop();
  timers_.clear();
  idle_hook_ = nullptr;
  run_buried();
}

bool Reactor::add(int fd, uint32_t events, EventHandler* handler) {
  assert(on_thread());
  assert(handler != nullptr);
  if (fd < 0) return false;
  if (fd >= Stream::kFirstStream) return streams_.add(fd, events, handler);
  const auto index = static_cast<size_t>(fd);
  if (index >= watches_.size()) watches_.resize(std::max(index + 1, watches_.size() * 2));
  Watch& watch = watches_[index];
  if (watch.handler != nullptr) return false;
  ++watch.generation;
  if (!poller_->add(fd, events, watch.generation)) return false;
  watch.handler = handler;
  watch.events = events;
  return true;
}

bool Reactor::modify(int fd, uint32_t events, EventHandler* handler) {
  assert(on_thread());
  assert(handler != nullptr);
  if (fd >= Stream::kFirstStream) return streams_.modify(fd, events, handler);
  if (fd < 0 || static_cast<size_t>(fd) >= watches_.size()) return false;
  Watch& watch = watches_[static_cast<size_t>(fd)];
  if (watch.handler == nullptr) return false;
  if (watch.events != events && !poller_->modify(fd, events, watch.generation)) return false;
  watch.handler = handler;
  watch.events = events;
  return true;
}

void Reactor::remove(int fd) {
  assert(on_thread());
  if (fd >= Stream::kFirstStream) return streams_.remove(fd);
  if (fd < 0 || static_cast<size_t>(fd) >= watches_.size()) return;
  Watch& watch = watches_[static_cast<size_t>(fd)];
  if (watch.handler == nullptr) return;
  watch.handler = nullptr;
  poller_->remove(fd);
}

bool Reactor::post(Task task) {
  switch (mailbox_.put(std::move(task))) {
    case Mailbox::Put::queued_wake:
      poller_->wake();
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

TimerId Reactor::at_next(int64_t period_ms, Task task) {
  return after(period_ms - now_ % period_ms, std::move(task));
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
  poller_->wake();
}

void Reactor::close() {
  const Ownership ownership(thread_);
  mailbox_.close();
  while (!mailbox_.empty()) tasks_.add(mailbox_.run(kTasksPerTurn));
  timers_.clear();
  run_buried();
}

int Reactor::wait_ms(int64_t max_wait_ms) {
  if (more_ || !mailbox_.empty() || streams_.any_ready()) return 0;
  int64_t wait = max_wait_ms < 0 ? INT_MAX : max_wait_ms;
  if (const auto next = timers_.next()) {
    // A fresh look at the clock: the turn that is ending may have been long.
    wait = std::min(wait, std::max<int64_t>(*next - clock_.mono_ms(), 0));
  } else if (max_wait_ms < 0) {
    return -1;
  }
  return static_cast<int>(std::min<int64_t>(wait, INT_MAX));
}

void Reactor::turn_once(int64_t max_wait_ms) {
  std::array<Poller::Ready, kEventsPerTurn> events;
  const size_t count = poller_->wait(events, wait_ms(max_wait_ms));
  const int64_t began_ns = mono_ns();
  now_ = clock_.mono_ms();
  ++turn_;
  turns_.add(1);
  dispatch({events.data(), count});
  events_.add(streams_.dispatch(kEventsPerTurn));
  tasks_.add(mailbox_.run(kTasksPerTurn));
  fired_.add(timers_.run_due(now_, kTimersPerTurn));
  more_ = false;
  if (idle_hook_ && idle_hook_()) more_ = true;
  run_buried();
  busy_ns_.add(static_cast<uint64_t>(mono_ns() - began_ns));
}

void Reactor::dispatch(std::span<const Poller::Ready> events) {
  uint64_t delivered = 0;
  for (const Poller::Ready& event : events) {
    const Watch watch = watches_[static_cast<size_t>(event.fd)];
    if (watch.handler == nullptr || watch.generation != event.generation) continue;
    ++delivered;
    watch.handler->on_event(event.events);
  }
  events_.add(delivered);
}

}  // namespace strims::net
