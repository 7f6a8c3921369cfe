// Accepts connections into the tables of io_urings: one multishot accept on one ring at a time, the
// first that has room. A multishot accept does not say who has come, so each connection is asked
// for its peer (SO_PEERNAME) before it is handed out.
#pragma once

#include <netinet/in.h>

#include <deque>
#include <memory>
#include <vector>

#include "net/accepted.h"
#include "net/uring_ring.h"

namespace strims::net {

class UringAcceptor;
class UringPoller;
class UringStream;

// One question under way.
struct PeerLookup {
  explicit PeerLookup(UringAcceptor& asked_by) : acceptor(asked_by) {}
  UringAcceptor& acceptor;
  UringStream* stream = nullptr;
  union {
    sockaddr any;
    sockaddr_in6 v6;
  } peer{};
};

class UringAcceptor final : public Acceptor {
 public:
  UringAcceptor(StreamSet& set, UringPoller& poller, int fd);

  bool next(Accepted& accepted) override;
  bool take_failure() override { return std::exchange(failed_, false); }
  // Connections that were not handed out are closed.
  void close() override;

  // From the poller, before it waits: accepts when it should and does not.
  void start();
  // True when it is closed and the kernel is done with it.
  bool is_over() const { return closed_ && ring_ == nullptr && asking_ == 0; }
  // From a ring.
  void on_accept(UringRing& ring, int result, uint32_t flags);
  void on_peer(PeerLookup& lookup, int result);

 protected:
  uint32_t ready() const override;
  void on_interest() override;

 private:
  void stop();

  UringPoller& poller_;
  const int fd_;
  const uint32_t peer_size_;   // of a socket address of this family
  UringRing* ring_ = nullptr;  // where it accepts
  bool stopping_ = false;
  bool failed_ = false;
  bool closed_ = false;
  size_t asking_ = 0;
  std::vector<std::unique_ptr<PeerLookup>> lookups_;
  std::vector<PeerLookup*> free_;
  std::deque<Accepted> ready_;  // bounded by the tables
};

}  // namespace strims::net
