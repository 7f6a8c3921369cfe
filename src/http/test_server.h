// For tests: one shard's server with its reactor on a thread, and a blocking client at the other
// end of a socket pair.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <string>
#include <thread>

#include "base/bytes.h"
#include "http/server.h"

namespace strims::http::testing {

struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  // "" when there is no such header.
  std::string header(std::string_view name) const {
    size_t at = head.find("\r\n");
    while (at != std::string::npos && at + 2 < head.size()) {
      const size_t end = head.find("\r\n", at + 2);
      const std::string_view line(head.data() + at + 2, end - at - 2);
      const size_t colon = line.find(':');
      if (colon != std::string_view::npos && ascii_iequals(line.substr(0, colon), name))
        return std::string(trim_ows(line.substr(colon + 1)));
      at = end;
    }
    return {};
  }
};

class Client {
 public:
  explicit Client(int fd) : fd_(fd) {
    const timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  Client(Client&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), have_(std::move(other.have_)) {}
  ~Client() { close(); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  int fd() const { return fd_; }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
  }
  void shutdown_write() { ::shutdown(fd_, SHUT_WR); }

  // The next answer; `head_only` for one to HEAD. Status 0 when the connection ends first.
  Answer read(bool head_only = false) {
    Answer a;
    size_t end = 0;
    while ((end = have_.find("\r\n\r\n")) == std::string::npos)
      if (!more()) return a;
    a.head = have_.substr(0, end + 2);
    have_.erase(0, end + 4);
    a.status = std::stoi(a.head.substr(9, 3));
    const auto length = parse_u64(a.header("Content-Length"));
    if (head_only || !length) return a;
    while (have_.size() < *length)
      if (!more()) break;
    a.body = have_.substr(0, *length);
    have_.erase(0, *length);
    return a;
  }
  Answer get(std::string_view path, std::string_view headers = {}) {
    send("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n");
    return read();
  }
  // Waits for the end of the stream; true when nothing came before it.
  bool closed() {
    while (more()) {
    }
    return ended_ && have_.empty();
  }

 private:
  bool more() {
    char buffer[16 * 1024];
    const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
    ended_ = n == 0 || (n < 0 && errno == ECONNRESET);
    if (n > 0) have_.append(buffer, static_cast<size_t>(n));
    return n > 0;
  }
  int fd_;
  std::string have_;
  bool ended_ = false;
};

class TestServer {
 public:
  TestServer() {
    shared.router = &router;
    shared.connections = std::make_shared<ConnectionTable>();
  }
  ~TestServer() { stop(); }

  // Call after the routes and limits are set.
  void start() {
    server_ = std::make_unique<ShardServer>(reactor, shared, 0);
    thread_ = std::thread([this] { reactor.run(); });
  }
  void stop() {
    if (!thread_.joinable()) return;
    on_shard([this] { server_->close_all(); });
    reactor.stop();
    thread_.join();
    server_.reset();
  }
  Client connect(std::string_view peer = "192.0.2.1") {
    int pair[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    ::fcntl(pair[0], F_SETFL, O_NONBLOCK);
    on_shard(
        [&] { server_->accept({net::Socket(pair[0]), *IpAddress::parse(peer), 4711}, profile); });
    return Client(pair[1]);
  }
  // Runs `f` on the shard and waits for it.
  template <class F>
  void on_shard(F f) {
    std::promise<void> done;
    ASSERT_TRUE(reactor.post([&] {
      f();
      done.set_value();
    }));
    done.get_future().wait();
  }
  size_t size() {
    size_t n = 0;
    on_shard([&] { n = server_->size(); });
    return n;
  }
  ShardServer& server() { return *server_; }

  void get(std::string pattern, Handler handler, RunOn run_on = RunOn::shard) {
    Route route;
    route.method = "GET";
    route.pattern = std::move(pattern);
    route.run_on = run_on;
    route.handler = std::move(handler);
    router.add(std::move(route));
  }
  void post(std::string pattern, Handler handler, size_t body_limit = 64 * 1024) {
    Route route;
    route.method = "POST";
    route.pattern = std::move(pattern);
    route.handler = std::move(handler);
    route.body_limit = body_limit;
    router.add(std::move(route));
  }

  net::Reactor reactor;
  Router router;
  ServerShared shared;
  ListenerProfile profile;

 private:
  std::unique_ptr<ShardServer> server_;
  std::thread thread_;
};

// Answers with the path.
inline void say_path(RequestContext& context, Responder respond) {
  respond(proto::Response::text(200, context.request.path));
}

}  // namespace strims::http::testing
