#include "http/server.h"

#include "base/bytes.h"
#include "http/connection.h"
#include "http/proxy_gate.h"
#include "obs/log.h"
#include "obs/metric.h"

// Connections: taking them in, finding them again, letting them go.

namespace strims::http {
namespace {

obs::Gauge& connections_gauge() {
  static obs::Gauge& gauge = obs::gauge("http_connections", "Open HTTP connections");
  return gauge;
}

obs::Counter& refused_counter(ConnectionTable::Refusal refusal) {
  static obs::Counter& total =
      obs::counter("http_connections_refused_total", "Connections refused", {{"reason", "total"}});
  static obs::Counter& address = obs::counter("http_connections_refused_total",
                                              "Connections refused", {{"reason", "per_address"}});
  return refusal == ConnectionTable::Refusal::total ? total : address;
}

// Best effort: the client may not have sent its request yet, and we do not wait for it.
void refuse(net::Socket socket, bool tls) {
  static constexpr std::string_view kAnswer =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
      "Retry-After: 5\r\nContent-Length: 95\r\nConnection: close\r\n\r\n"
      "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,\"code\":"
      "\"too_many_connections\"}";
  if (tls) return;
  if (socket.write(as_bytes(kAnswer)).status == net::IoStatus::ok) socket.shutdown_write();
  // What has come already would turn the close into a reset, which could overtake the answer.
  uint8_t sink[2048];
  for (int i = 0; i < 8; ++i)
    if (socket.read(sink).status != net::IoStatus::ok) break;
}

}  // namespace

ShardServer::ShardServer(net::Reactor& reactor, const ServerShared& shared, size_t shard)
    : reactor_(reactor), shared_(shared), shard_(shard), link_(std::make_shared<Link>()) {
  link_->reactor = &reactor;
  link_->server = this;
}

ShardServer::~ShardServer() {
  link_->server = nullptr;
  on_empty_ = nullptr;
  // Destroyed here and not at the end of a turn: there may be none any more.
  for (Slot& slot : slots_) {
    if (!slot.handler) continue;
    slot.handler.reset();
    connections_gauge().sub(1);
  }
}

void ShardServer::accept(net::Accepted accepted, const ListenerProfile& profile) {
  const bool trusted = shared_.trusted_proxies.contains(accepted.peer);
  if (!profile.proxy_protocol || !trusted) return admit(std::move(accepted), profile, !trusted);
  auto refusal = ConnectionTable::Refusal::none;
  auto lease = shared_.connections->admit(accepted.peer, false, refusal);
  if (!lease) {
    refused_counter(refusal).inc();
    return refuse(std::move(accepted.socket), true);  // the proxy reads a 503 as the client's
  }
  auto gate = std::make_unique<ProxyGate>(*this, std::move(accepted), profile, std::move(lease));
  ProxyGate& started = *gate;
  const Key key = insert(std::move(gate), false);
  if (!started.start(key)) remove(key);
}

void ShardServer::admit(net::Accepted accepted, const ListenerProfile& profile,
                        bool count_address) {
  auto refusal = ConnectionTable::Refusal::none;
  auto lease = shared_.connections->admit(accepted.peer, count_address, refusal);
  if (!lease) {
    refused_counter(refusal).inc();
    return refuse(std::move(accepted.socket), profile.tls != nullptr);
  }
  net::Socket socket = std::move(accepted.socket);
  if (profile.tls) socket = profile.tls->accept(std::move(socket));
  if (!socket.valid()) return;
  auto connection = std::make_unique<Connection>(*this, std::move(socket), accepted.peer,
                                                 accepted.peer_port, profile, std::move(lease));
  Connection& started = *connection;
  const Key key = insert(std::move(connection), true);
  if (!started.start(key)) started.close();
}

ShardServer::Key ShardServer::insert(std::unique_ptr<net::EventHandler> handler,
                                     bool is_connection) {
  uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Slot& slot = slots_[index];
  slot.handler = std::move(handler);
  slot.is_connection = is_connection;
  ++open_;
  connections_gauge().add(1);
  return {index, slot.generation};
}

void ShardServer::remove(Key key) {
  Slot& slot = slots_[key.slot];
  if (slot.generation != key.generation || !slot.handler) return;
  ++slot.generation;
  reactor_.bury(std::move(slot.handler));
  free_.push_back(key.slot);
  --open_;
  connections_gauge().sub(1);
  announce_empty();
}

Connection* ShardServer::find(Key key) {
  if (key.slot >= slots_.size()) return nullptr;
  const Slot& slot = slots_[key.slot];
  if (slot.generation != key.generation || !slot.handler || !slot.is_connection) return nullptr;
  return static_cast<Connection*>(slot.handler.get());
}

void ShardServer::drain(std::function<void()> on_empty) {
  draining_ = true;
  on_empty_ = std::move(on_empty);
  for (size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].handler && slots_[i].is_connection)
      static_cast<Connection*>(slots_[i].handler.get())->drain();
  if (open_ == 0) announce_empty();
}

void ShardServer::close_all() {
  for (size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (!slot.handler) continue;
    if (slot.is_connection) {
      static_cast<Connection*>(slot.handler.get())->close();
    } else {
      remove({static_cast<uint32_t>(i), slot.generation});
    }
  }
}

// Not at once: we may be deep inside a connection, and the listener may destroy this server.
void ShardServer::announce_empty() {
  if (!draining_ || open_ > 0 || !on_empty_) return;
  const bool posted = reactor_.post([link = link_] {
    if (link->server == nullptr || link->server->open_ > 0) return;
    const auto callback = std::exchange(link->server->on_empty_, nullptr);
    if (callback) callback();
  });
  if (!posted) obs::log_warn("http.drain", {{"reason", "mailbox_full"}});
}

}  // namespace strims::http
