#include "net/uring_poller.h"

#include <liburing.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "net/epoll_poller.h"
#include "net/rlimit.h"
#include "net/uring_stream.h"
#include "obs/log.h"

namespace strims::net {
namespace {

// Connections that may come before an accept is stopped.
constexpr unsigned kMargin = 1'024;

}  // namespace

Result<std::unique_ptr<Poller>> make_uring_poller(size_t connections) {
  STRIMS_CHECK_OK(UringRing::test_kernel());
  const size_t most = std::min<size_t>(connections + 2 * kMargin, open_file_limit());
  const auto files = static_cast<unsigned>(most);
  STRIMS_TRY(auto first, UringRing::open(files));
  return std::make_unique<UringPoller>(connections, files, std::move(first));
}

UringPoller::UringPoller(size_t connections, unsigned files, std::unique_ptr<UringRing> first)
    : most_rings_(1 + connections / (files - std::min(files / 2, kMargin))),
      files_(files),
      wake_fd_(eventfd(0, EFD_CLOEXEC)),
      epoll_(std::make_unique<EpollPoller>()) {
  rings_.push_back(std::move(first));
}

UringPoller::~UringPoller() {
  acceptors_.clear();  // what they have not handed out goes back to the rings
  rings_.clear();
  ::close(wake_fd_);
}

bool UringPoller::add(int fd, uint32_t events, uint32_t generation) {
  return epoll_->add(fd, events, generation);
}

bool UringPoller::modify(int fd, uint32_t events, uint32_t generation) {
  return epoll_->modify(fd, events, generation);
}

void UringPoller::remove(int fd) {
  epoll_->remove(fd);
}

void UringPoller::wake() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(wake_fd_, &one, sizeof one);
}

bool UringPoller::has_room(const UringRing& ring) const {
  return ring.room() > std::min(files_ / 2, kMargin);
}

UringRing* UringPoller::ring_with_room() {
  for (const auto& ring : rings_)
    if (has_room(*ring)) return ring.get();
  if (rings_.size() >= most_rings_) return nullptr;
  auto made = UringRing::open(files_);
  if (!made) {
    obs::log_error("net.io_uring", {{"error", made.error().detail}});
    return nullptr;
  }
  (*made)->enable();
  rings_.push_back(std::move(*made));
  return rings_.back().get();
}

Acceptor* UringPoller::accept_on(int fd, StreamSet& streams) {
  acceptors_.push_back(std::make_unique<UringAcceptor>(streams, *this, fd));
  return acceptors_.back().get();
}

void UringPoller::poll_descriptor(int fd, uint64_t signal) {
  if (watched_[signal]) return;
  io_uring_sqe* sqe = rings_[0]->prepare(UringOp::signal, signal);
  if (sqe == nullptr) return;
  io_uring_prep_poll_add(sqe, fd, POLLIN);
  watched_[signal] = true;
}

void UringPoller::watch_signals(bool rings) {
  watched_.resize(kFirstRing + rings_.size());
  if (!watched_[kWake]) {
    if (io_uring_sqe* sqe = rings_[0]->prepare(UringOp::signal, uint64_t{kWake})) {
      io_uring_prep_read(sqe, wake_fd_, &wakes_, sizeof wakes_, 0);
      watched_[kWake] = true;
    }
  }
  poll_descriptor(epoll_->fd(), kDescriptors);
  for (size_t i = 1; rings && i < rings_.size(); ++i)
    poll_descriptor(rings_[i]->fd(), kFirstRing + i);
}

bool UringPoller::turn_others() {
  bool any = false;
  for (size_t i = 1; i < rings_.size(); ++i) {
    if (!rings_[i]->has_unsubmitted() && !rings_[i]->has_completions()) continue;
    rings_[i]->turn(0);
    any = true;
  }
  return any;
}

size_t UringPoller::wait(std::span<Ready> out, int timeout_ms) {
  UringRing& first = *rings_[0];
  first.enable();
  for (const auto& ring : rings_) ring->end_turn();
  std::erase_if(acceptors_, [](const auto& acceptor) { return acceptor->is_over(); });
  for (const auto& acceptor : acceptors_) acceptor->start();
  // What the others bring now is for this turn: then there is no sleep.
  if (turn_others()) timeout_ms = 0;
  watch_signals(timeout_ms != 0);
  first.turn(timeout_ms);
  turn_others();

  size_t ready = 0;
  for (const uint64_t signal : first.take_signals()) {
    watched_[signal] = false;
    if (signal == kDescriptors) ready = epoll_->wait(out, 0);
  }
  // Newcomers are asked who they are.
  for (const auto& ring : rings_)
    if (ring->has_unsubmitted()) ring->submit();
  return ready;
}

void UringPoller::send_all(std::span<Send> sends) {
  std::vector<Send*> of_ring;
  std::vector<bool> done(sends.size());
  for (size_t i = 0; i < sends.size(); ++i) {
    if (done[i]) continue;
    UringRing& ring = static_cast<UringStream*>(sends[i].stream)->ring();
    of_ring.clear();
    for (size_t j = i; j < sends.size(); ++j) {
      if (done[j] || &static_cast<UringStream*>(sends[j].stream)->ring() != &ring) continue;
      done[j] = true;
      of_ring.push_back(&sends[j]);
    }
    for (std::span<Send* const> rest = of_ring; !rest.empty();) {
      const size_t n = std::min(rest.size(), UringRing::kBatch);
      ring.send_all(rest.first(n));
      rest = rest.subspan(n);
    }
  }
}

}  // namespace strims::net
