// Connections that are only memory: for tests and simulation. One end is a Socket that the server
// uses like any other (read, write, close, events of its reactor); the other end is the test's.
// Nothing happens by itself and nothing takes time, so a run with one seed is every run with it.
// Both ends belong to the reactor's thread; the reactor outlives the sockets, not the peers.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "net/reactor.h"
#include "net/socket.h"

namespace strims::net {

// Bytes that lie in each direction before the writer is held up (would_block, a short write).
struct MemoryBounds {
  size_t to_server = 64 * 1024;
  size_t to_client = 64 * 1024;  // both kernels' buffers, if it were TCP
};

struct MemoryPipe;

// The client's end. Destroying it closes it.
class MemoryPeer {
 public:
  MemoryPeer() = default;
  explicit MemoryPeer(std::shared_ptr<MemoryPipe> pipe) : pipe_(std::move(pipe)) {}
  MemoryPeer(MemoryPeer&&) noexcept = default;
  MemoryPeer& operator=(MemoryPeer&& other) noexcept;
  ~MemoryPeer() { close(); }

  // Hands bytes to the server; how many it took. 0 when its side is full, and when the connection
  // is closed or reset.
  size_t send(std::string_view bytes);
  // Takes what has come, at most `most` bytes.
  std::string receive(size_t most = SIZE_MAX);
  // Bytes that have come and were not taken.
  size_t waiting() const;
  // A reader that gets slower or faster; what lies there already stays.
  void set_receive_bound(size_t bytes);
  // Half-closes: the server reads the end, and may go on sending.
  void shutdown_write();
  // In order, as a process that ends: a reset when something was not taken, and for a server that
  // goes on sending. Does nothing the second time.
  void close();
  // Cuts the connection: what is under way to the client is lost, the server sees an error.
  void reset();

  // The server's end of the stream has come, and everything before it was taken.
  bool ended() const;
  // The server has cut the connection (what was not taken is lost), or reset() was called.
  bool was_reset() const;
  // The server still holds its socket.
  bool server_is_open() const;

 private:
  std::shared_ptr<MemoryPipe> pipe_;
};

// A connection that is established. No descriptor, no system call.
std::pair<Socket, MemoryPeer> memory_pair(Reactor& reactor, MemoryBounds bounds = {});

}  // namespace strims::net
