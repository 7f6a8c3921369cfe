#include "net/signals.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace strims::net {
namespace {

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

void ignore_sigpipe() {
  signal(SIGPIPE, SIG_IGN);
}

void block_handled_signals() {
  const sigset_t set = handled_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Result<std::unique_ptr<SignalWatch>> SignalWatch::open(
    Reactor& reactor, std::move_only_function<void(int)> on_signal) {
  block_handled_signals();
  const sigset_t set = handled_signals();
  const int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) return fail(Errc::unavailable, "signalfd_failed", "the kernel gives no signalfd");
  std::unique_ptr<SignalWatch> watch(new SignalWatch(reactor, fd, std::move(on_signal)));
  if (!reactor.add(fd, EPOLLIN, watch.get())) {
    return fail(Errc::unavailable, "signalfd_failed", "the signalfd cannot be watched");
  }
  return watch;
}

SignalWatch::~SignalWatch() {
  reactor_.remove(fd_);
  ::close(fd_);
}

void SignalWatch::on_event(uint32_t /*epoll_events*/) {
  // One at a time: level-triggered, the next one comes with the next turn.
  signalfd_siginfo info{};
  if (::read(fd_, &info, sizeof info) == sizeof info) on_signal_(static_cast<int>(info.ssi_signo));
}

}  // namespace strims::net
