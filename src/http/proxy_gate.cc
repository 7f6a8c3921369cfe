#include "http/proxy_gate.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

#include "obs/log.h"
#include "proto/proxy_protocol.h"

namespace strims::http {

ProxyGate::ProxyGate(ShardServer& server, net::Accepted accepted, const ListenerProfile& profile,
                     ConnectionTable::Lease lease)
    : server_(server),
      accepted_(std::move(accepted)),
      profile_(profile),
      lease_(std::move(lease)) {}

ProxyGate::~ProxyGate() {
  if (!dead_) {
    server_.reactor_.cancel(timer_);
    server_.reactor_.remove(accepted_.socket.fd());
  }
}

bool ProxyGate::start(ShardServer::Key key) {
  key_ = key;
  timer_ = server_.reactor_.after(server_.shared_.limits.head_timeout_ms, [this] { close(); });
  return timer_ != net::kNoTimer && server_.reactor_.add(accepted_.socket.fd(), EPOLLIN, this);
}

void ProxyGate::close() {
  if (dead_) return;
  dead_ = true;
  server_.reactor_.cancel(timer_);
  server_.reactor_.remove(accepted_.socket.fd());
  lease_.release();
  server_.remove(key_);
}

void ProxyGate::on_event(uint32_t) {
  if (read_header()) pass_on();
}

bool ProxyGate::read_header() {
  char buffer[proto::kMaxProxyHeader + 1];
  const ssize_t seen =
      ::recv(accepted_.socket.fd(), buffer, sizeof buffer - have_.size(), MSG_PEEK);
  if (seen <= 0) {
    if (seen == 0 || (errno != EAGAIN && errno != EINTR)) close();
    return false;
  }
  const size_t before = have_.size();
  have_.append(buffer, static_cast<size_t>(seen));
  const auto result = proto::parse_proxy_header(have_);
  if (result.state == proto::ProxyResult::State::error) {
    obs::log_warn("http.proxy_header",
                  {{"peer", accepted_.peer.to_string()}, {"reason", result.reason}});
    close();
    return false;
  }
  // While more is needed, all that has come belongs to the header.
  const bool complete = result.state == proto::ProxyResult::State::header;
  if (complete) have_.resize(result.consumed);
  const size_t take = have_.size() - before;
  if (::recv(accepted_.socket.fd(), buffer, take, 0) != static_cast<ssize_t>(take)) {
    close();
    return false;
  }
  return complete;
}

void ProxyGate::pass_on() {
  const auto result = proto::parse_proxy_header(have_);
  server_.reactor_.cancel(timer_);
  server_.reactor_.remove(accepted_.socket.fd());
  dead_ = true;
  net::Accepted real = std::move(accepted_);
  if (result.addresses) {
    real.peer = result.addresses->source;
    real.peer_port = result.addresses->source_port;
  }
  lease_.release();
  ShardServer& server = server_;
  const ListenerProfile& profile = profile_;
  server.remove(key_);
  server.admit(std::move(real), profile, result.addresses.has_value());
}

}  // namespace strims::http
