// Signals as events of a reactor, by signalfd. Signal handlers proper are not used anywhere.
#pragma once

#include <functional>
#include <memory>

#include "base/error.h"
#include "net/reactor.h"

namespace strims::net {

// Ignores SIGPIPE in the whole process: a broken connection is an error of write, not a death.
void ignore_sigpipe();
// Blocks SIGTERM, SIGINT and SIGHUP in the calling thread and in those it starts from then on. Call
// it first in main, before any thread exists; otherwise such a signal may kill the process instead
// of reaching SignalWatch.
void block_handled_signals();

class SignalWatch final : public EventHandler {
 public:
  // `on_signal` gets SIGTERM, SIGINT or SIGHUP on the reactor's thread. Blocks these signals in the
  // calling thread. Errors: unavailable/"signalfd_failed".
  static Result<std::unique_ptr<SignalWatch>> open(Reactor& reactor,
                                                   std::move_only_function<void(int)> on_signal);
  ~SignalWatch() override;
  void on_event(uint32_t epoll_events) override;

 private:
  SignalWatch(Reactor& reactor, int fd, std::move_only_function<void(int)> on_signal)
      : reactor_(reactor), fd_(fd), on_signal_(std::move(on_signal)) {}

  Reactor& reactor_;
  int fd_;
  std::move_only_function<void(int)> on_signal_;
};

}  // namespace strims::net
