// For tests only: a hub with one shard over a fresh database, driven by the test's own thread, and
// the far end of a connection.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "chat/room_testing.h"
#include "hub/hub.h"
#include "journal/journal_case.h"
#include "proto/ws_encoder.h"
#include "proto/ws_testing.h"
#include "proto/ws_window_testing.h"

namespace strims::hub {

// The client's end of a socket. Non-blocking.
class Peer {
 public:
  Peer() = default;
  explicit Peer(int fd) : fd_(fd) {}
  Peer(Peer&& other) noexcept { *this = std::move(other); }
  Peer& operator=(Peer&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(raw, other.raw);
    std::swap(ended, other.ended);
    std::swap(error, other.error);
    std::swap(packed_frames, other.packed_frames);
    std::swap(window, other.window);
    return *this;
  }
  ~Peer() { close(); }

  bool send_raw(std::string_view bytes) {
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  bool send(std::string_view text) { return send_frame(proto::WsOpcode::text, text); }
  bool send_frame(proto::WsOpcode opcode, std::string_view payload) {
    return send_raw(proto::ws_testing::client_frame(opcode, payload));
  }
  bool send_close(uint16_t code) {
    const char payload[] = {static_cast<char>(code >> 8), static_cast<char>(code)};
    return send_frame(proto::WsOpcode::close, {payload, 2});
  }
  void shutdown_write() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

  // Reads what is there, at most `most` bytes.
  void read(size_t most = SIZE_MAX) {
    char buffer[16 * 1024];
    while (fd_ >= 0 && !ended && most > 0) {
      const ssize_t n = ::recv(fd_, buffer, std::min(most, sizeof buffer), 0);
      if (n > 0) {
        raw.append(buffer, static_cast<size_t>(n));
        most -= static_cast<size_t>(n);
        continue;
      }
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      ended = true;
      error = n < 0 ? errno : 0;
    }
  }
  // The whole frames in `raw`, which they leave: "ping(3)", "close(1001,restart)", or a text as it
  // is.
  std::vector<std::string> take() {
    std::vector<std::string> out;
    for (;;) {
      const size_t length = proto::frame_length_at(as_bytes(raw));
      if (length == 0 || length > raw.size()) return out;
      std::string payload(proto::frame_payload(std::string_view(raw).substr(0, length)));
      const bool packed = (raw[0] & 0x40) != 0;
      packed_frames += packed;
      if (packed) payload = window->read(payload);
      switch (raw[0] & 15) {
        case 1:
          out.push_back(payload);
          break;
        case 2:
          out.push_back("binary(" + payload + ")");
          break;
        case 8:
          out.push_back(
              "close(" +
              (payload.size() < 2 ? "" : std::to_string(load_be16(as_bytes(payload).data()))) +
              "," + (payload.size() < 2 ? "" : payload.substr(2)) + ")");
          break;
        case 9:
          out.push_back("ping(" + payload + ")");
          break;
        case 10:
          out.push_back("pong(" + payload + ")");
          break;
        default:
          out.push_back("?");
          break;
      }
      raw.erase(0, length);
    }
  }

  std::string raw;
  bool ended = false;
  int error = 0;             // errno with which it ended; 0: in order
  size_t packed_frames = 0;  // compressed ones that were taken
  std::unique_ptr<proto::ws_testing::WindowReader> window =
      std::make_unique<proto::ws_testing::WindowReader>();

 private:
  int fd_ = -1;
};

struct PeerOptions {
  Flavour flavour = Flavour::dgg;
  Connection::Mode mode = Connection::Mode::chat;
  bool deflate = false;
  bool shared_window = false;
  bool gaps = false;
  bool tcp = false;     // else a socket pair
  int send_buffer = 0;  // of the server's end; 0: the kernel's choice
  std::string leftover;
  std::string address = "192.0.2.1";
  std::string access_id;
  std::optional<Seq> since;
};

class HubCase {
 public:
  static constexpr std::string_view kHead = "HEAD";  // in the place of the 101

  explicit HubCase(HubSettings settings = {}, chat::RoomLimits limits = {}) {
    storage.open();
    db = std::make_unique<DbLane>("db", 1, 64, [this] { return storage.database().connect(); });
    hub = std::make_unique<Hub>(HubParts{shards, *storage.journal, *db, clock, ids, 2000, {}},
                                settings, limits, std::vector<std::string>{"Wow"});
  }
  ~HubCase() {
    storage.journal->stop();
    db->stop();
    shards.reactor(0).close();
    hub.reset();
  }

  ShardHub& shard() { return hub->shard(0); }
  net::Reactor& reactor() { return shards.reactor(0); }

  Peer connect(const UserPtr& user = nullptr, PeerOptions options = {}) {
    const auto [server, client] = options.tcp ? tcp_pair() : pair();
    if (options.send_buffer > 0)
      ::setsockopt(server, SOL_SOCKET, SO_SNDBUF, &options.send_buffer, sizeof options.send_buffer);
    std::unique_ptr<Identity> identity;
    if (user) identity = std::make_unique<Identity>(Identity{user, options.access_id});
    last = shard().adopt({.socket = net::Socket(server),
                          .flavour = options.flavour,
                          .mode = options.mode,
                          .deflate = options.deflate,
                          .shared_window = options.shared_window,
                          .gaps = options.gaps,
                          .identity = std::move(identity),
                          .address = *IpAddress::parse(options.address),
                          .head = std::string(kHead),
                          .leftover = std::move(options.leftover),
                          .since = options.since});
    return Peer(client);
  }
  // Connects and reads the welcome, which is thrown away.
  Peer enter(const UserPtr& user = nullptr, PeerOptions options = {}) {
    Peer peer = connect(user, std::move(options));
    settle();
    peer.read();
    if (!peer.raw.starts_with(kHead)) throw std::runtime_error("no head");
    peer.raw.erase(0, kHead.size());
    peer.take();
    return peer;
  }

  // A frame for all, as the home shard would send it.
  void publish(std::string_view text, Seq seq = 0) {
    FeedBatch batch;
    for (size_t i = 0; i < kFlavours; ++i)
      encoders[i].add(batch.parts[i], text, seq,
                      hub->deflate_demand(static_cast<Flavour>(i)).readers());
    shard().apply(batch);
  }
  // A frame for one.
  void tell(chat::ConnId conn, std::string_view text) {
    shard().send_as(conn, [&](const Dialect&) { return std::string(text); });
  }

  // Runs the shard until nothing is left to do at once.
  void settle() {
    for (int quiet = 0; quiet < 3;) {
      const uint64_t before = reactor().stats().events + reactor().stats().tasks;
      reactor().run_once(0);
      quiet = reactor().stats().events + reactor().stats().tasks == before && !shard().has_work()
                  ? quiet + 1
                  : 0;
    }
  }
  // Runs the shard until `done` or 10 s have passed; what `done` gave last.
  bool until(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      reactor().run_once(5);
    }
    return true;
  }
  // What `peer` gets until a frame begins with `prefix`, that one included.
  std::vector<std::string> heard(Peer& peer, std::string_view prefix) {
    std::vector<std::string> all;
    until([&] {
      peer.read();
      for (auto& frame : peer.take()) all.push_back(std::move(frame));
      return peer.ended || (!all.empty() && all.back().starts_with(prefix));
    });
    return all;
  }
  // What `peer` gets without waiting.
  std::vector<std::string> heard(Peer& peer) {
    settle();
    peer.read();
    return peer.take();
  }

  ManualClock clock;
  IdSource ids{clock};
  journal::JournalCase storage;
  net::Shards shards{1};
  std::unique_ptr<DbLane> db;
  std::unique_ptr<Hub> hub;
  chat::ConnId last;  // of the newest connection
  // Of publish() alone, which is not to be mixed with what the room says: a deflated feed has one
  // encoder.
  FeedEncoder encoders[kFlavours] = {{5, 8}, {5, 8}, {5, 8}};

 private:
  static void unblock(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }
  static std::pair<int, int> pair() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
      throw std::runtime_error("socketpair");
    return {fds[0], fds[1]};
  }
  // Small receive buffer at the client's end, so that the server's writes do not vanish in it.
  static std::pair<int, int> tcp_pair() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&at), size) != 0 ||
        ::listen(listener, 1) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size) != 0)
      throw std::runtime_error("listen");
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int room = 4096;
    ::setsockopt(client, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (::connect(client, reinterpret_cast<sockaddr*>(&at), size) != 0)
      throw std::runtime_error("connect");
    const int server = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    ::close(listener);
    unblock(client);
    return {server, client};
  }
};

}  // namespace strims::hub
