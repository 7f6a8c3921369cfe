// One shard's HTTP server: owns its connections and brings requests to handlers and answers back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/cidr.h"
#include "base/clock.h"
#include "http/connection_limits.h"
#include "http/connection_table.h"
#include "http/router.h"
#include "http/step.h"
#include "net/lane.h"
#include "net/listener.h"
#include "net/reactor.h"
#include "net/tls.h"

namespace strims::http {

// What all shards share. Everything in it is immutable or thread-safe and outlives the servers.
struct ServerShared {
  const Router* router = nullptr;
  Steps steps;  // outermost first
  ConnectionLimits limits;
  std::shared_ptr<ConnectionTable> connections;
  PrefixSet trusted_proxies;  // whose forwarding headers and PROXY lines are believed
  // How a lane takes a job; false when it is full. Null: every route of that lane gets 503.
  std::function<bool(net::Lane::Job)> run_db;
  std::function<bool(net::Lane::Job)> run_auth;
  const Clock* clock = &system_clock();
};

// Belongs to a listener; lives as long as the servers.
struct ListenerProfile {
  std::shared_ptr<net::TlsContext> tls;  // null: plain
  bool proxy_protocol = false;           // trusted peers begin with a PROXY header
  int tag = 0;                           // told to handlers: RequestContext::listener
};

class Connection;

// All calls on the shard's thread, or before it runs and after it has ended.
class ShardServer {
 public:
  // `shared` and `reactor` must outlive the server, and `reactor` every Responder: stop the lanes
  // first.
  ShardServer(net::Reactor& reactor, const ServerShared& shared, size_t shard);
  // Closes all connections at once.
  ~ShardServer();
  ShardServer(const ShardServer&) = delete;
  ShardServer& operator=(const ShardServer&) = delete;

  // Takes the socket. Past a limit of the ConnectionTable the client gets a 503 (TLS: nothing)
  // and is closed.
  void accept(net::Accepted accepted, const ListenerProfile& profile);

  // Graceful end: idle connections are closed, others after the answer that they wait for
  // ("Connection: close"). New ones are still served, one request each. `on_empty` runs once when
  // no connection is left (at once when there is none). Follow up with close_all() after the grace
  // period.
  void drain(std::function<void()> on_empty = {});
  // Closes what is left.
  void close_all();
  bool draining() const { return draining_; }
  // HTTP connections of this shard, those waiting for a PROXY header included; upgraded ones are
  // gone from it.
  size_t size() const { return open_; }

 private:
  friend class Connection;
  friend class ProxyGate;
  struct Slot {
    std::unique_ptr<net::EventHandler> handler;  // a Connection or a ProxyGate
    uint32_t generation = 0;                     // tells this tenant from earlier ones
    bool is_connection = false;
  };
  struct Key {
    uint32_t slot = 0;
    uint32_t generation = 0;
  };
  // What a Responder holds on to; `server` is used on the shard's thread only and null once the
  // server is gone.
  struct Link {
    net::Reactor* reactor = nullptr;
    ShardServer* server = nullptr;
  };

  // server.cc
  void admit(net::Accepted accepted, const ListenerProfile& profile, bool count_address);
  Key insert(std::unique_ptr<net::EventHandler> handler, bool is_connection);
  void remove(Key key);  // destroys the handler at the end of the turn
  Connection* find(Key key);
  void announce_empty();

  // server_dispatch.cc: a complete request; the answer reaches the connection now or later. `allow`
  // is the router's, for paths without a route for this method.
  void handle(Connection& connection, Key key, RequestContext context, const std::string& allow);
  void dispatch(Key key, uint32_t serial, RequestContext context, const Route& route);
  Responder responder(Key key, uint32_t serial);
  void deliver(Key key, uint32_t serial, proto::Response response);
  // Has the db lane read the next piece of a body; it reaches the connection later. While the lane
  // is full it is asked again, until the connection's deadline.
  void read_rest(Key key, uint32_t serial, std::shared_ptr<const proto::BodyRest> rest,
                 uint64_t at);

  net::Reactor& reactor_;
  const ServerShared& shared_;
  const size_t shard_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  size_t open_ = 0;
  bool draining_ = false;
  std::function<void()> on_empty_;
  std::shared_ptr<Link> link_;
};

}  // namespace strims::http
