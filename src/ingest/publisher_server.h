// One shard's publishers: takes their connections in, looks after their time-outs, and finds the
// one that is to be closed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "ingest/gate.h"
#include "ingest/limits.h"
#include "ingest/strangers.h"
#include "ingest/wrong_keys.h"
#include "net/listener.h"
#include "net/reactor.h"
#include "net/tls.h"

namespace strims::ingest {

class Publisher;

// What the shards share; outlives the servers.
struct IngestShared {
  explicit IngestShared(const IngestLimits& bounds)
      : limits(bounds),
        wrong_keys(bounds.wrong_keys_per_minute),
        strangers(bounds.strangers_per_address()) {}
  IngestLimits limits;
  Gate gate;
  const Clock* clock = &system_clock();
  WrongKeys wrong_keys;
  Strangers strangers;
  std::atomic<size_t> connections = 0;
};

// All calls on the shard's thread, or before it runs and after it has ended.
class PublisherServer {
 public:
  PublisherServer(net::Reactor& reactor, IngestShared& shared);
  ~PublisherServer();  // closes all connections
  PublisherServer(const PublisherServer&) = delete;
  PublisherServer& operator=(const PublisherServer&) = delete;

  // `tls` null: RTMP, else RTMPS. Past a bound the connection is closed at once.
  void accept(net::Accepted accepted, const std::shared_ptr<net::TlsContext>& tls);
  // The publisher of this session is told why and closed; ignored when it is not here.
  void close_session(SessionId session, EndReason reason);
  // The end: every publisher's last part is given out, and the owner is told that it was lost.
  void close_all();
  size_t size() const { return publishers_.size(); }

 private:
  friend class Publisher;
  Publisher* find(uint64_t id);
  void tick();
  void remove(uint64_t id);
  void asked(uint64_t id, stream::PublishAsk ask);
  // Reads what has come from all who publish, kPaceMs apart, while there is one.
  void start_pace();
  void pace();
  template <class F>
  void for_each(F&& f);  // f(Publisher&) may remove it

  // What an answer from elsewhere holds on to; `server` is null once the server is gone.
  struct Link {
    PublisherServer* server = nullptr;
  };

  net::Reactor& reactor_;
  IngestShared& shared_;
  std::unordered_map<uint64_t, std::unique_ptr<Publisher>> publishers_;
  // What publishers read into. Not the reactor's: a tag may bring the answers that viewers wait
  // for, and their connections read there while the rest of this is still to be parsed.
  static constexpr size_t kInputBytes = 64 * 1024;
  std::unique_ptr<uint8_t[]> input_ = std::make_unique_for_overwrite<uint8_t[]>(kInputBytes);
  std::vector<Publisher*> round_;  // those of a for_each()
  uint64_t last_id_ = 0;
  bool paces_ = false;
  std::shared_ptr<Link> link_;
};

}  // namespace strims::ingest
