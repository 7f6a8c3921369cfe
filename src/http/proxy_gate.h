// A connection of which the PROXY header has not come yet. It reads exactly that header, so that
// the rest (which may be TLS) stays in the kernel for whoever comes next.
#pragma once

#include <string>

#include "http/server.h"
#include "net/reactor.h"

namespace strims::http {

class ProxyGate final : public net::EventHandler {
 public:
  ProxyGate(ShardServer& server, net::Accepted accepted, const ListenerProfile& profile,
            ConnectionTable::Lease lease);
  ~ProxyGate() override;

  // False when the kernel refuses to watch the socket.
  bool start(ShardServer::Key key);
  void on_event(uint32_t epoll_events) override;

 private:
  // True when the header is complete and `have_` holds it all.
  bool read_header();
  void pass_on();
  void close();

  ShardServer& server_;
  net::Accepted accepted_;
  const ListenerProfile& profile_;
  ConnectionTable::Lease lease_;
  ShardServer::Key key_{};
  net::TimerId timer_ = net::kNoTimer;
  std::string have_;
  bool dead_ = false;
};

}  // namespace strims::http
