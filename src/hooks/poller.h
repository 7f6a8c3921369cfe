// Asks one media server again and again what is published there, and throws sessions out.
//
// A thread of its own, so that a server that hangs holds up nobody. Bounds: one list at a time, at
// most kMaxKicks waiting.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "hooks/dialect.h"

namespace strims::hooks {

class Poller {
 public:
  static constexpr size_t kMaxKicks = 1'000;
  // On the poller's thread; `asked_at`: when the list was asked for.
  using Listener = std::function<void(Result<Snapshot> list, MonoMs asked_at)>;

  Poller(const config::HookServer& server, const Clock& clock, Listener listener);
  ~Poller();
  void start();
  void stop();  // returns when the thread has ended

  // Any thread. The list is asked for again not later than that.
  void look_in(int64_t ms);
  void kick(Kick kick);

 private:
  void run();

  const Dialect& dialect_;
  const std::string name_;
  const std::string api_;
  const Clock& clock_;
  const Listener listener_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Kick> kicks_;
  MonoMs due_ = 0;
  std::thread thread_;
};

}  // namespace strims::hooks
