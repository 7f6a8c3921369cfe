#include "net/listener.h"

#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <future>
#include <map>

#include "net/shard.h"
#include "net/socket.h"
#include "net/test_client.h"
#include "net/test_engines.h"

namespace strims::net {
namespace {

class ListenerTest : public OverEngines {};
INSTANTIATE_TEST_SUITE_P(Engines, ListenerTest, OverEngines::all(), OverEngines::name);

const Endpoint kAnyPort{"127.0.0.1", 0};

int int_option(int fd, int level, int option) {
  int value = -1;
  socklen_t length = sizeof value;
  ::getsockopt(fd, level, option, &value, &length);
  return value;
}

// Sends back what it gets until the peer is gone.
class Echo final : public EventHandler {
 public:
  Echo(Reactor& reactor, Socket socket) : reactor_(reactor), socket_(std::move(socket)) {}
  void on_event(uint32_t) override {
    const IoResult got = socket_.read(reactor_.scratch());
    if (got.status == IoStatus::ok) {
      socket_.write(reactor_.scratch().first(got.bytes));
    } else if (got.status != IoStatus::would_block) {
      reactor_.remove(socket_.fd());
      reactor_.bury(std::move(self));
    }
  }
  int fd() const { return socket_.fd(); }
  std::unique_ptr<Echo> self;

 private:
  Reactor& reactor_;
  Socket socket_;
};

TEST(Listener, SeesThatAPortIsTaken) {
  Reactor reactor;
  auto first = Listener::open(reactor, kAnyPort, {}, [](Accepted) {});
  ASSERT_TRUE(first);
  const Endpoint taken{"127.0.0.1", (*first)->port()};
  EXPECT_TRUE(Listener::open(reactor, taken, {}, [](Accepted) {})) << "shards share a port";
  const auto used = Listener::check_unused(taken);
  ASSERT_FALSE(used);
  EXPECT_EQ(used.error().reason, "address_in_use");
  EXPECT_FALSE(Listener::check_unused({"0.0.0.0", taken.port})) << "everywhere is there, too";
  EXPECT_TRUE(Listener::check_unused(kAnyPort));
  (*first)->stop();
  EXPECT_TRUE(Listener::check_unused(taken));
}

TEST_P(ListenerTest, EchoOverTwoShardsOnOnePort) {
  Shards shards(2, system_clock(), [this] { return poller(); });
  std::atomic<int> alive = 0;
  std::vector<std::unique_ptr<Listener>> listeners;
  Endpoint endpoint = kAnyPort;
  for (size_t i = 0; i < 2; ++i) {
    Reactor& reactor = shards.reactor(i);
    auto listener = Listener::open(reactor, endpoint, {}, [&](Accepted accepted) {
      EXPECT_TRUE(accepted.peer.is_loopback());
      EXPECT_NE(accepted.peer_port, 0);
      EXPECT_TRUE(reactor.on_thread());
      ++alive;
      auto echo = std::make_unique<Echo>(reactor, std::move(accepted.socket));
      Echo* raw = echo.get();
      EXPECT_TRUE(reactor.add(raw->fd(), EPOLLIN, raw));
      raw->self = std::move(echo);
    });
    ASSERT_TRUE(listener) << listener.error().detail;
    endpoint.port = (*listener)->port();
    listeners.push_back(std::move(*listener));
  }
  ASSERT_NE(endpoint.port, 0);
  shards.start();
  for (int i = 0; i < 20; ++i) {
    TestClient client(endpoint.port);
    ASSERT_TRUE(client.connected());
    ASSERT_TRUE(client.send("hello"));
    EXPECT_EQ(client.receive(5), "hello");
    client.shutdown_write();
    EXPECT_EQ(client.next(), 0);
  }
  EXPECT_EQ(alive, 20);
  shards.stop_and_join();
  EXPECT_EQ(listeners[0]->accepted() + listeners[1]->accepted(), 20u);
}

TEST_P(ListenerTest, SetsTheOptionsOfAcceptedSockets) {
  Reactor reactor(system_clock(), poller());
  Socket server;
  auto listener = Listener::open(reactor, kAnyPort, {.send_buffer = 64 * 1024},
                                 [&](Accepted accepted) { server = std::move(accepted.socket); });
  ASSERT_TRUE(listener);
  TestClient client((*listener)->port());
  while (!server.valid()) reactor.run_once(1'000);
  EXPECT_EQ(server.is_stream(), is_uring());
  if (!is_uring()) {  // a stream has no descriptor to ask
    EXPECT_EQ(int_option(server.fd(), IPPROTO_TCP, TCP_NODELAY), 1);
    EXPECT_EQ(int_option(server.fd(), SOL_SOCKET, SO_SNDBUF), 2 * 64 * 1024);
  }
  uint8_t byte;
  EXPECT_EQ(server.read({&byte, 1}).status, IoStatus::would_block);
}

TEST_P(ListenerTest, AcceptsInBoundedBatchesAndMayBeStoppedInTheMiddle) {
  Reactor reactor(system_clock(), poller());
  std::vector<Socket> accepted;
  Listener* raw = nullptr;
  auto listener = Listener::open(reactor, kAnyPort, {.accepts_per_turn = 3}, [&](Accepted one) {
    accepted.push_back(std::move(one.socket));
    if (accepted.size() == 5) raw->stop();
  });
  ASSERT_TRUE(listener);
  raw = listener->get();
  std::vector<TestClient> clients;
  for (int i = 0; i < 8; ++i) clients.emplace_back(raw->port());
  reactor.run_once(1'000);
  EXPECT_EQ(accepted.size(), 3u);
  reactor.run_once(1'000);
  EXPECT_EQ(accepted.size(), 5u);
  reactor.run_once(0);
  EXPECT_EQ(accepted.size(), 5u);
}

TEST_P(ListenerTest, TellsWhyItCannotListen) {
  Reactor reactor(system_clock(), poller());
  auto first = Listener::open(reactor, kAnyPort, {.reuse_port = false}, [](Accepted) {});
  ASSERT_TRUE(first);
  const Endpoint taken{"127.0.0.1", (*first)->port()};
  auto second = Listener::open(reactor, taken, {.reuse_port = false}, [](Accepted) {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_EQ(second.error().reason, "address_in_use");
  auto nowhere = Listener::open(reactor, {"203.0.113.1", 0}, {}, [](Accepted) {});
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().reason, "listen_failed");
  EXPECT_EQ(Listener::open(reactor, {"name", 0}, {}, [](Accepted) {}).error().reason,
            "bad_endpoint");
}

TEST_P(ListenerTest, Ipv6WhenTheMachineHasIt) {
  Reactor reactor(system_clock(), poller());
  Accepted seen;
  auto listener = Listener::open(reactor, {"::", 0}, {},
                                 [&](Accepted accepted) { seen = std::move(accepted); });
  if (!listener) GTEST_SKIP() << listener.error().detail;
  TestClient client((*listener)->port());  // by IPv4: "[::]" takes both
  ASSERT_TRUE(client.connected());
  while (!seen.socket.valid()) reactor.run_once(1'000);
  EXPECT_TRUE(seen.peer.is_v4());
  EXPECT_EQ(seen.peer.to_string(), "127.0.0.1");
}

// The child of the next test: a server that may have `room` more descriptors. It holds what it
// accepts; a byte in `orders` makes it drop all. Exit code 0 when it did not spin.
int run_starved_server(int orders, int port_pipe, int room) {
  Reactor reactor;
  std::vector<Socket> held;
  auto listener = Listener::open(reactor, kAnyPort, {.pause_ms = 20}, [&](Accepted accepted) {
    Socket socket = std::move(accepted.socket);
    const uint8_t hello = 'h';
    socket.write({&hello, 1});
    held.push_back(std::move(socket));
  });
  if (!listener) return 2;
  struct Orders final : EventHandler {
    std::function<void()> f;
    void on_event(uint32_t) override { f(); }
  } watch;
  watch.f = [&] {
    char order = 0;
    if (::read(orders, &order, 1) != 1 || order == 'q') reactor.stop();
    if (order == 'd') held.clear();
  };
  if (!reactor.add(orders, EPOLLIN, &watch)) return 3;
  reactor.run_once(
      5'000);  // a first, empty order: the undefined-behaviour sanitizer needs descriptors for it
  const int next_fd = ::dup(orders);
  ::close(next_fd);
  const rlimit limit{static_cast<rlim_t>(next_fd + room), static_cast<rlim_t>(next_fd + room)};
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return 4;
  const uint16_t port = (*listener)->port();
  if (::write(port_pipe, &port, sizeof port) != sizeof port) return 5;
  reactor.run();
  if ((*listener)->shed() == 0) return 6;
  return reactor.stats().turns < 500 ? 0 : 7;
}

TEST(Listener, OutOfDescriptorsShedsWithoutSpinningAndRecovers) {
  int orders[2], ports[2];
  ASSERT_EQ(::pipe(orders), 0);
  ASSERT_EQ(::pipe(ports), 0);
  ASSERT_EQ(::write(orders[1], "n", 1), 1);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::close(orders[1]);
    ::_exit(run_starved_server(orders[0], ports[1], 3));
  }
  ::close(orders[0]);
  uint16_t port = 0;
  ASSERT_EQ(::read(ports[0], &port, sizeof port), static_cast<ssize_t>(sizeof port));
  int served = 0;
  int refused = 0;
  std::vector<TestClient> clients;
  for (int i = 0; i < 10; ++i) {
    clients.emplace_back(port);
    ASSERT_TRUE(clients.back().connected());
    clients.back().next() == 1 ? ++served : ++refused;  // each is answered or closed, none hangs
  }
  EXPECT_EQ(served, 3);
  EXPECT_EQ(refused, 7);
  ASSERT_EQ(::write(orders[1], "d", 1), 1);
  for (int i = 0; i < served; ++i) EXPECT_LE(clients[static_cast<size_t>(i)].next(), 0);
  TestClient later(port);
  EXPECT_EQ(later.next(), 1);
  ASSERT_EQ(::write(orders[1], "q", 1), 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  for (const int fd : {orders[1], ports[0], ports[1]}) ::close(fd);
}

}  // namespace
}  // namespace strims::net
