#include "net/memory.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cstring>

namespace strims::net {

// What the two ends share.
struct MemoryPipe {
  MemoryBounds bounds;
  std::unique_ptr<Stream> server;  // null: the socket is closed
  std::string to_server;
  std::string to_client;
  bool client_ended = false;  // nothing more comes from the client
  bool client_closed = false;
  bool server_ended = false;
  bool reset = false;

  // Both ends lose what is under way to the client. What the server has received may still be read,
  // as with TCP.
  void cut() {
    reset = true;
    to_client.clear();
  }
  size_t room_to_client() const {
    return bounds.to_client - std::min(bounds.to_client, to_client.size());
  }
  void tell_server() const {
    if (server) server->changed();
  }
};

namespace {

class MemoryStream final : public Stream {
 public:
  MemoryStream(StreamSet& set, std::shared_ptr<MemoryPipe> pipe)
      : Stream(set), pipe_(std::move(pipe)) {}

  IoResult read(std::span<uint8_t> into) override {
    std::string& from = pipe_->to_server;
    if (from.empty()) {
      const bool over = pipe_->client_ended || pipe_->reset;
      return {over ? IoStatus::closed : IoStatus::would_block, 0};
    }
    const size_t n = std::min(into.size(), from.size());
    std::memcpy(into.data(), from.data(), n);
    from.erase(0, n);
    return {IoStatus::ok, n};
  }

  IoResult writev(std::span<const iovec> parts) override {
    if (pipe_->reset || pipe_->server_ended) return {IoStatus::closed, 0};
    size_t wanted = 0;
    size_t taken = 0;
    for (const iovec& part : parts) {
      const size_t n = std::min(part.iov_len, pipe_->room_to_client());
      pipe_->to_client.append(static_cast<const char*>(part.iov_base), n);
      wanted += part.iov_len;
      taken += n;
    }
    if (wanted > 0 && taken == 0) return {IoStatus::would_block, 0};
    // There is nobody to take it, which the server learns by its next call.
    if (pipe_->client_closed && taken > 0) pipe_->cut();
    return {IoStatus::ok, taken};
  }

  void shutdown_write() override { pipe_->server_ended = true; }
  void reset_on_close() override { reset_on_close_ = true; }
  void close() override {
    pipe_->server_ended = true;
    if (reset_on_close_ || !pipe_->to_server.empty()) pipe_->cut();
    const auto kept = pipe_;  // outlives this stream
    kept->server.reset();
  }

 protected:
  uint32_t ready() const override {
    uint32_t events = 0;
    const bool ended = pipe_->client_ended || pipe_->reset;
    if (!pipe_->to_server.empty() || ended) events |= EPOLLIN;
    if (ended) events |= EPOLLRDHUP;
    if (pipe_->room_to_client() > 0 || pipe_->reset) events |= EPOLLOUT;
    if (pipe_->reset) events |= EPOLLERR;
    if (pipe_->reset || (ended && pipe_->server_ended)) events |= EPOLLHUP;
    return events;
  }

 private:
  std::shared_ptr<MemoryPipe> pipe_;
  bool reset_on_close_ = false;
};

}  // namespace

MemoryPeer& MemoryPeer::operator=(MemoryPeer&& other) noexcept {
  if (this == &other) return *this;
  close();
  pipe_ = std::move(other.pipe_);
  return *this;
}

size_t MemoryPeer::send(std::string_view bytes) {
  if (!pipe_ || pipe_->client_ended || pipe_->reset || !pipe_->server) return 0;
  const size_t room =
      pipe_->bounds.to_server - std::min(pipe_->bounds.to_server, pipe_->to_server.size());
  const size_t n = std::min(bytes.size(), room);
  pipe_->to_server.append(bytes.substr(0, n));
  pipe_->tell_server();
  return n;
}

std::string MemoryPeer::receive(size_t most) {
  if (!pipe_) return {};
  const size_t n = std::min(most, pipe_->to_client.size());
  std::string got = pipe_->to_client.substr(0, n);
  pipe_->to_client.erase(0, n);
  pipe_->tell_server();
  return got;
}

size_t MemoryPeer::waiting() const {
  return pipe_ ? pipe_->to_client.size() : 0;
}

void MemoryPeer::set_receive_bound(size_t bytes) {
  if (!pipe_) return;
  pipe_->bounds.to_client = bytes;
  pipe_->tell_server();
}

void MemoryPeer::shutdown_write() {
  if (!pipe_) return;
  pipe_->client_ended = true;
  pipe_->tell_server();
}

void MemoryPeer::close() {
  if (!pipe_ || pipe_->client_closed) return;
  pipe_->client_ended = true;
  pipe_->client_closed = true;
  if (!pipe_->to_client.empty()) pipe_->cut();
  pipe_->tell_server();
}

void MemoryPeer::reset() {
  if (!pipe_) return;
  pipe_->client_ended = true;
  pipe_->client_closed = true;
  pipe_->cut();
  pipe_->tell_server();
}

bool MemoryPeer::ended() const {
  return pipe_ && pipe_->server_ended && pipe_->to_client.empty();
}

bool MemoryPeer::was_reset() const {
  return pipe_ && pipe_->reset;
}

bool MemoryPeer::server_is_open() const {
  return pipe_ && pipe_->server != nullptr;
}

std::pair<Socket, MemoryPeer> memory_pair(Reactor& reactor, MemoryBounds bounds) {
  auto pipe = std::make_shared<MemoryPipe>();
  pipe->bounds = bounds;
  pipe->server = std::make_unique<MemoryStream>(reactor.streams(), pipe);
  return {Socket(*pipe->server), MemoryPeer(std::move(pipe))};
}

}  // namespace strims::net
