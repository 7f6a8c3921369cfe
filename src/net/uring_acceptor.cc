#include "net/uring_acceptor.h"

#include <liburing.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/uring_poller.h"
#include "net/uring_sockopt.h"
#include "net/uring_stream.h"

namespace strims::net {

namespace {

// SO_PEERNAME wants the exact size.
uint32_t address_size(int fd) {
  int family = AF_INET;
  socklen_t length = sizeof family;
  ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length);
  return family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

}  // namespace

UringAcceptor::UringAcceptor(StreamSet& set, UringPoller& poller, int fd)
    : Acceptor(set), poller_(poller), fd_(fd), peer_size_(address_size(fd)) {}

bool UringAcceptor::next(Accepted& accepted) {
  if (ready_.empty()) return false;
  accepted = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

void UringAcceptor::close() {
  closed_ = true;
  ready_.clear();
  stop();
}

void UringAcceptor::start() {
  if (closed_ || failed_ || !is_watched()) return;
  if (ring_ != nullptr) {
    if (!poller_.has_room(*ring_)) stop();  // on to the next, once this one has ended
    return;
  }
  UringRing* ring = poller_.ring_with_room();
  io_uring_sqe* sqe = ring == nullptr ? nullptr : ring->prepare(UringOp::accept, this);
  if (sqe == nullptr) return;  // full: tried again when connections have gone
  io_uring_prep_multishot_accept_direct(sqe, fd_, nullptr, nullptr, 0);
  ring_ = ring;
  stopping_ = false;
}

void UringAcceptor::stop() {
  if (ring_ == nullptr || stopping_) return;
  io_uring_sqe* sqe = ring_->prepare(UringOp::ignored, uint64_t{0});
  if (sqe == nullptr) return;
  io_uring_prep_cancel64(sqe, UringRing::user_data(UringOp::accept, this), 0);
  stopping_ = true;
}

void UringAcceptor::on_interest() {
  if (!is_watched()) stop();
}

void UringAcceptor::on_accept(UringRing& ring, int result, uint32_t flags) {
  if ((flags & IORING_CQE_F_MORE) == 0) ring_ = nullptr;
  if (result < 0) {
    const bool passing = result == -ECANCELED || result == -EAGAIN || result == -EINTR ||
                         result == -ECONNABORTED || result == -ENFILE;
    failed_ = !passing;
    if (failed_) changed();
    return;
  }
  ring.took_place();
  auto made = std::make_unique<UringStream>(set(), ring, static_cast<uint32_t>(result));
  UringStream& stream = *made;
  ring.adopt(std::move(made));
  if (free_.empty()) {
    lookups_.push_back(std::make_unique<PeerLookup>(*this));
    free_.push_back(lookups_.back().get());
  }
  PeerLookup* lookup = free_.back();
  io_uring_sqe* sqe = closed_ ? nullptr : ring.prepare(UringOp::peer, lookup);
  if (sqe == nullptr) return stream.close();
  free_.pop_back();
  lookup->stream = &stream;
  lookup->peer = {};
  prepare_sockopt(*sqe, kUringGetSockopt, stream.file(), SO_PEERNAME, &lookup->peer, peer_size_);
  ++asking_;
}

void UringAcceptor::on_peer(PeerLookup& lookup, int result) {
  --asking_;
  free_.push_back(&lookup);
  Socket socket(*lookup.stream);
  if (closed_ || result < 0) return;  // it has gone already: the socket closes
  ready_.push_back(describe(std::move(socket), lookup.peer.any));
  changed();
}

uint32_t UringAcceptor::ready() const {
  return ready_.empty() && !failed_ ? 0u : uint32_t{EPOLLIN};
}

}  // namespace strims::net
