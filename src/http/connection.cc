#include "http/connection.h"

#include <sys/epoll.h>

#include <algorithm>

#include "http/problem.h"

// A connection's life, its events and its clock.

namespace strims::http {
namespace {

// Idle connections are many: what they cost beside the socket is this and nothing else.
static_assert(sizeof(Connection) <= 256);

// A blocked answer to a half-closed client is tried again after 10 ms, then 20, ... 320 ms, from
// the beginning after each progress.
constexpr int64_t kRetryMs = 10;
constexpr uint8_t kMostDoublings = 5;
constexpr int64_t kRetryAfterMs = 1000;

}  // namespace

Connection::Connection(ShardServer& server, net::Socket socket, const IpAddress& peer,
                       uint16_t peer_port, const ListenerProfile& profile,
                       ConnectionTable::Lease lease)
    : server_(server),
      socket_(std::move(socket)),
      peer_(peer),
      lease_(std::move(lease)),
      profile_(profile),
      peer_port_(peer_port) {}

Connection::~Connection() {
  if (phase_ == Phase::dead) return;  // buried: the server may be gone
  server_.reactor_.cancel(timer_);
  unwatch();
}

const ConnectionLimits& Connection::limits() const {
  return server_.shared_.limits;
}

bool Connection::start(ShardServer::Key key) {
  key_ = key;
  want(EPOLLIN);
  set_deadline(limits().head_timeout_ms);
  return watched_ && timer_ != net::kNoTimer;
}

void Connection::want(uint32_t events) {
  if (phase_ == Phase::dead) return;
  if (!watched_) {
    watched_ = server_.reactor_.add(socket_.fd(), events, this);
  } else if (interest_ != events) {
    server_.reactor_.modify(socket_.fd(), events, this);
  }
  interest_ = events;
}

void Connection::unwatch() {
  if (watched_) server_.reactor_.remove(socket_.fd());
  watched_ = false;
}

void Connection::on_event(uint32_t epoll_events) {
  if (epoll_events & (EPOLLERR | EPOLLHUP)) return close();
  if (!waits()) run();
  // The client has sent its last byte (a half-closed connection still takes the answer). The event
  // would come again in every turn, so until there is something to do we do not listen.
  if ((epoll_events & EPOLLRDHUP) == 0 || phase_ == Phase::dead) return;
  if (waits()) unwatch();
  if (phase_ == Phase::writing && (epoll_events & EPOLLOUT) == 0) {
    unwatch();
    doublings_ = 0;
    arm(kRetryMs);
  }
}

// One timer serves all deadlines. It is moved only when the new deadline is earlier; a timer that
// goes off too early is set again, so that a busy connection does not touch the heap for each
// request.
void Connection::set_deadline(int64_t ms) {
  deadline_ = server_.reactor_.now() + ms;
  if (timer_ == net::kNoTimer || deadline_ < armed_for_) arm(ms);
}

void Connection::arm(int64_t ms) {
  server_.reactor_.cancel(timer_);
  armed_for_ = server_.reactor_.now() + ms;
  timer_ = server_.reactor_.after(ms, [this] { on_timer(); });
}

void Connection::on_timer() {
  timer_ = net::kNoTimer;
  const MonoMs now = server_.reactor_.now();
  if (now >= deadline_) return on_timeout();
  if (phase_ == Phase::writing && !watched_) {
    const size_t before = work_->written;
    run();
    if (phase_ != Phase::writing) return;
    unwatch();
    const bool progress = work_->written != before;
    doublings_ = progress ? 0 : std::min<uint8_t>(doublings_ + 1, kMostDoublings);
    arm(std::min(kRetryMs << doublings_, deadline_ - now));
  } else {
    arm(deadline_ - now);
  }
  if (timer_ == net::kNoTimer) close();  // no timers left: nothing would ever end this connection
}

void Connection::on_timeout() {
  switch (phase_) {
    case Phase::reading:
      if (!in_message_) return close();
      return refuse({408, "request_timeout"});
    case Phase::handling:
      // It may still happen: the one who asked with a nonce asks again and is told.
      return answer(serial_, problem(Error{Errc::unavailable, "unavailable",
                                           "The answer took too long. Try again.", kRetryAfterMs},
                                     exchange().request_id));
    case Phase::writing:
    case Phase::fetching:
      socket_.reset_on_close();
      return close();
    case Phase::lingering:
    case Phase::dead:
      return close();
  }
}

void Connection::drain() {
  if (phase_ == Phase::reading && !in_message_) close();
}

void Connection::close() {
  if (phase_ == Phase::dead) return;
  phase_ = Phase::dead;
  server_.reactor_.cancel(timer_);
  timer_ = net::kNoTimer;
  unwatch();
  socket_.close();
  lease_.release();
  server_.remove(key_);  // destroys this object, but not before the turn ends
}

Upgrade Connection::take_over(RequestContext context) {
  unwatch();
  Upgrade upgrade;
  upgrade.socket = std::move(socket_);
  upgrade.leftover = work_->pending_input();
  upgrade.peer = context.peer;
  upgrade.peer_port = context.peer_port;
  upgrade.secure = context.secure;
  upgrade.request_id = std::move(context.request_id);
  upgrade.path_params = std::move(context.path_params);
  upgrade.route = context.route;
  upgrade.access = context.access;
  upgrade.shard = context.shard;
  upgrade.listener = context.listener;
  upgrade.reactor = &server_.reactor_;
  upgrade.lease = std::move(lease_);
  upgrade.principal = std::move(context.principal);
  upgrade.request = std::move(context.request);
  close();
  return upgrade;
}

}  // namespace strims::http
