// The io_uring engine: waits on one ring for everything. One ring's table is as large as the limit
// on open files at most, so further connections get further rings, which the first one watches.
// Descriptors are left to an epoll, which the first ring watches likewise.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "net/poller.h"
#include "net/uring_acceptor.h"
#include "net/uring_ring.h"

namespace strims::net {

class EpollPoller;

class UringPoller final : public Poller {
 public:
  UringPoller(size_t connections, unsigned files, std::unique_ptr<UringRing> first);
  ~UringPoller() override;
  UringPoller(const UringPoller&) = delete;
  UringPoller& operator=(const UringPoller&) = delete;

  const char* name() const override { return "io_uring"; }
  bool add(int fd, uint32_t events, uint32_t generation) override;
  bool modify(int fd, uint32_t events, uint32_t generation) override;
  void remove(int fd) override;
  size_t wait(std::span<Ready> out, int timeout_ms) override;
  void wake() override;
  Acceptor* accept_on(int fd, StreamSet& streams) override;
  void send_all(std::span<Send> sends) override;

  // For acceptors. A ring is left before it is full, since a connection that finds no place is
  // lost.
  bool has_room(const UringRing& ring) const;
  // Makes one when it must; null at the bound.
  UringRing* ring_with_room();

 private:
  enum Signal : uint64_t {
    kWake,
    kDescriptors,
    kFirstRing
  };  // kFirstRing + n: ring n has something
  void watch_signals(bool rings);
  void poll_descriptor(int fd, uint64_t signal);
  bool turn_others();

  const size_t most_rings_;
  const unsigned files_;
  const int wake_fd_;
  uint64_t wakes_ = 0;
  std::unique_ptr<EpollPoller> epoll_;
  std::vector<std::unique_ptr<UringRing>> rings_;
  std::vector<std::unique_ptr<UringAcceptor>> acceptors_;
  std::vector<bool> watched_;  // by signal
};

}  // namespace strims::net
