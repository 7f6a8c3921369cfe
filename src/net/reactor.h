// The event loop of one thread: descriptors and streams (level-triggered), a bounded mailbox,
// timers and a hook for long work.
//
// A turn is: wait for events - handle them - tasks of the mailbox - due timers - idle hook -
// destroy the buried. Each step is bounded, so none starves the others. All calls belong to the
// thread that runs the loop (or to the only thread there is, before and after), except where marked
// "any thread".
//
// Level-triggered, because a handler may then stop reading in the middle (a bound on input per
// turn, a full output) without losing the event; the price is one epoll_ctl when a handler stops or
// starts wanting EPOLLOUT.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "net/event_handler.h"
#include "net/mailbox.h"
#include "net/poller.h"
#include "net/stream.h"
#include "net/timers.h"

namespace strims::net {

// Totals since the start. A copy; each number is exact, together they may be of different turns.
struct ReactorStats {
  uint64_t turns = 0;
  uint64_t events = 0;   // on_event calls
  uint64_t tasks = 0;    // from the mailbox
  uint64_t timers = 0;   // that went off
  uint64_t refused = 0;  // posts while the mailbox was full or closed
  uint64_t busy_ns = 0;  // time spent outside of waiting
};

class Reactor {
 public:
  using Task = std::move_only_function<void()>;
  static constexpr size_t kMailboxBound = 65'536;
  static constexpr size_t kEventsPerTurn = 256;
  static constexpr size_t kTasksPerTurn = 1'024;
  static constexpr size_t kTimersPerTurn = 1'024;
  static constexpr size_t kScratchBytes = 64 * 1024;

  // now() and the timers go by the monotonic time of `clock`, which outlives the reactor. With a
  // clock that stands still until it is told otherwise (a simulation), turns come from run_once(0).
  // Aborts when the kernel gives no epoll or eventfd descriptor: nothing works without them.
  explicit Reactor(const Clock& clock = system_clock(),
                   std::unique_ptr<Poller> poller = make_epoll_poller());
  // Drops waiting tasks and timers without running them, destroys the buried. Registered handlers
  // are not touched.
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Watches `fd`, a descriptor or the handle of a Stream, for `events`; EPOLLRDHUP, EPOLLHUP and
  // EPOLLERR always come too, and in every turn while they last: a handler that wants nothing more
  // from such a descriptor removes it. One handler per descriptor. False when the kernel refuses
  // (out of memory or watches, bad descriptor) or the descriptor is watched already.
  bool add(int fd, uint32_t events, EventHandler* handler);
  // Changes what is waited for. False when `fd` is not watched.
  bool modify(int fd, uint32_t events, EventHandler* handler);
  // Stops watching; call it before closing the descriptor. Events of this turn that have not been
  // delivered yet are dropped. Ignores unknown descriptors.
  void remove(int fd);

  // Any thread. Runs `task` on the loop's thread, in order per poster. False when kMailboxBound
  // tasks wait or the loop is closed: the task is destroyed on the caller's thread. A task must not
  // throw.
  [[nodiscard]] bool post(Task task);
  // Once, `ms` milliseconds after now() (negative counts as 0), never from inside this call; set by
  // another timer's task, not before the next turn. kNoTimer (task dropped) when
  // Timers::kMaxTimers are pending.
  TimerId after(int64_t ms, Task task);
  // The same at the next multiple of `period_ms` (above 0) on the clock. What goes on for ever is
  // set this way: then all of it wakes the loop together and not each by itself.
  TimerId at_next(int64_t period_ms, Task task);
  // Ignores ids that went off or were cancelled, and kNoTimer.
  void cancel(TimerId id);

  // Called once in each turn, after events, tasks and timers. While it returns true the loop does
  // not sleep: it polls and calls again. Long work (a fan-out over many sockets) is cut into slices
  // of some 64 sends this way, so that input is seen between them. There is one hook; an empty
  // function removes it. Not from inside the hook.
  void set_idle_hook(std::move_only_function<bool()> hook);
  // Destroys the handler at the end of the turn: for one that dies inside its own event. remove()
  // its descriptor before. Destructors may bury more.
  void bury(std::unique_ptr<EventHandler> handler);

  // Where the reactor's streams are opened.
  StreamSet& streams() { return streams_; }
  Poller& poller() { return *poller_; }

  // Monotonic milliseconds at the beginning of this turn. Outside of a turn: of the last one.
  MonoMs now() const { return now_; }
  // Buffer for reading, shared by all handlers of the loop; its contents are worthless after
  // on_event returns.
  std::span<uint8_t> scratch() { return {scratch_.get(), kScratchBytes}; }
  // Number of the current turn, from 1. Lets a handler bound its work per turn.
  uint64_t turn() const { return turn_; }
  // Any thread.
  ReactorStats stats() const;
  // Any thread: tasks waiting in the mailbox, roughly.
  size_t mailbox_size() const { return mailbox_.size(); }
  // True on the loop's thread, and on every thread while the loop is not running.
  bool on_thread() const;

  // Runs turns on the calling thread until stop(). May be called again afterwards.
  void run();
  // One turn, waiting for at most `max_wait_ms` (-1: for ever). For tests and for loops that have
  // another owner.
  void run_once(int64_t max_wait_ms);
  // Any thread, also inside a handler: run() returns at the end of the turn. A stop before
  // run() makes the next run() return after one turn.
  void stop();
  // Refuses further posts, runs the tasks that were accepted, drops the timers, destroys the
  // buried.
  void close();

 private:
  struct Watch {
    EventHandler* handler = nullptr;
    uint32_t generation = 0;  // tells this registration from earlier ones of the same number
    uint32_t events = 0;
  };
  // Counters have one writer; atomics only so that other threads may look.
  struct Counter {
    std::atomic<uint64_t> value{0};
    uint64_t get() const { return value.load(std::memory_order_relaxed); }
    void add(uint64_t n) {
      value.store(value.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
  };
  int wait_ms(int64_t max_wait_ms);
  void turn_once(int64_t max_wait_ms);
  void dispatch(std::span<const Poller::Ready> events);
  void run_buried();

  const Clock& clock_;
  StreamSet streams_;
  std::unique_ptr<Poller> poller_;  // may own streams
  MonoMs now_;
  uint64_t turn_ = 0;
  bool more_ = false;           // the idle hook has more to do
  std::vector<Watch> watches_;  // by descriptor
  Timers timers_;
  std::move_only_function<bool()> idle_hook_;
  std::vector<std::unique_ptr<EventHandler>> buried_;
  std::unique_ptr<uint8_t[]> scratch_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::thread::id> thread_{};
  Counter turns_, events_, tasks_, fired_, busy_ns_;
  std::atomic<uint64_t> refused_{0};
  Mailbox mailbox_{kMailboxBound};
};

}  // namespace strims::net
