#include "net/socket.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/bytes.h"
#include "net/listener.h"
#include "net/test_client.h"
#include "net/test_engines.h"

namespace strims::net {
namespace {

class SocketTest : public OverEngines {};
INSTANTIATE_TEST_SUITE_P(Engines, SocketTest, OverEngines::all(), OverEngines::name);

// One connection over loopback: the server's end is the Socket under test.
struct Connection {
  explicit Connection(std::unique_ptr<Poller> poller, int send_buffer = 0,
                      int client_receive_buffer = 0)
      : reactor(system_clock(), std::move(poller)) {
    auto opened =
        Listener::open(reactor, {"127.0.0.1", 0}, {.send_buffer = send_buffer},
                       [this](Accepted accepted) { server = std::move(accepted.socket); });
    listener = std::move(*opened);
    client = std::make_unique<TestClient>(listener->port(), client_receive_buffer);
    while (!server.valid()) reactor.run_once(1'000);
  }
  Reactor reactor;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<TestClient> client;
  Socket server;
};

std::string pattern(size_t size) {
  std::string s(size, '\0');
  for (size_t i = 0; i < size; ++i) s[i] = static_cast<char>((i * 31 + i / 251) & 0xff);
  return s;
}

TEST_P(SocketTest, IsSmall) {
  EXPECT_LE(sizeof(Socket), 24u);
}

TEST_P(SocketTest, ReadsWritesAndSeesTheEnd) {
  Connection c(poller());
  uint8_t buffer[64];
  EXPECT_EQ(c.server.read(buffer).status, IoStatus::would_block);
  ASSERT_TRUE(c.client->send("ping"));
  IoResult got;
  do got = c.server.read(buffer);
  while (got.status == IoStatus::would_block);
  EXPECT_EQ(as_text({buffer, got.bytes}), "ping");
  EXPECT_EQ(c.server.write(as_bytes("pong")).bytes, 4u);
  EXPECT_EQ(c.server.write({}).status, IoStatus::ok);
  EXPECT_EQ(c.client->receive(4), "pong");
  c.client->shutdown_write();
  do got = c.server.read(buffer);
  while (got.status == IoStatus::would_block);
  EXPECT_EQ(got.status, IoStatus::closed);
  // The other direction still works.
  const std::string parts[] = {"ab", "", "cde"};
  std::vector<iovec> iov;
  for (const auto& p : parts) iov.push_back({const_cast<char*>(p.data()), p.size()});
  EXPECT_EQ(c.server.writev(iov).bytes, 5u);
  c.server.shutdown_write();
  c.reactor.run_once(0);
  EXPECT_EQ(c.client->receive(100), "abcde");
}

TEST_P(SocketTest, PartialWritesLoseNothing) {
  Connection c(poller(), 4'096, 4'096);
  const std::string all = pattern(2'000'000);
  std::string received;
  std::span<const uint8_t> rest = as_bytes(all);
  bool blocked = false;
  bool partial = false;
  while (!rest.empty()) {  // nobody reads yet: it must come to a stop
    const IoResult result = c.server.write(rest);
    if (result.status == IoStatus::would_block) {
      blocked = true;
      break;
    }
    ASSERT_EQ(result.status, IoStatus::ok);
    partial |= result.bytes < rest.size();
    rest = rest.subspan(result.bytes);
  }
  EXPECT_TRUE(blocked);
  EXPECT_TRUE(partial);
  EXPECT_EQ(c.server.owed(), 0u);
  std::thread reader([&] { received = c.client->receive(all.size()); });
  while (!rest.empty()) {
    const IoResult result = c.server.write(rest);
    if (result.status == IoStatus::ok) {
      rest = rest.subspan(result.bytes);
    } else {
      ASSERT_EQ(result.status, IoStatus::would_block);
      std::this_thread::yield();
    }
  }
  reader.join();
  EXPECT_TRUE(received == all);
}

TEST_P(SocketTest, WritevTakesMorePartsThanTheKernelDoes) {
  Connection c(poller());
  char letter = 'x';
  const std::vector<iovec> parts(5'000, iovec{&letter, 1});
  const IoResult result = c.server.writev(parts);
  EXPECT_EQ(result.status, IoStatus::ok);
  EXPECT_GT(result.bytes, 0u);
  EXPECT_LE(result.bytes, 1'024u);
  EXPECT_EQ(c.client->receive(result.bytes), std::string(result.bytes, 'x'));
}

TEST_P(SocketTest, CloseEndsTheStreamInOrder) {
  Connection c(poller());
  EXPECT_EQ(c.server.write(as_bytes("bye")).bytes, 3u);
  c.server.close();
  c.reactor.run_once(0);
  EXPECT_FALSE(c.server.valid());
  EXPECT_EQ(c.client->receive(3), "bye");
  EXPECT_EQ(c.client->next(), 0);
  uint8_t byte = 0;
  EXPECT_EQ(c.server.read({&byte, 1}).status, IoStatus::error);
  EXPECT_EQ(c.server.write({&byte, 1}).status, IoStatus::error);
  c.server.close();
}

TEST_P(SocketTest, ResetOnCloseSendsRst) {
  Connection c(poller());
  c.server.reset_on_close();
  c.server.close();
  c.reactor.run_once(0);
  EXPECT_EQ(c.client->next(), -ECONNRESET);
}

TEST_P(SocketTest, WritingToAResetPeerIsClosedNotADeath) {
  Connection c(poller());
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(c.client->fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  c.client->close();
  IoResult result;
  do result = c.server.write(as_bytes("x"));
  while (result.status == IoStatus::ok);
  EXPECT_EQ(result.status, IoStatus::closed);
}

TEST_P(SocketTest, MovesItsDescriptor) {
  Connection c(poller());
  const int fd = c.server.fd();
  Socket other = std::move(c.server);
  EXPECT_EQ(other.fd(), fd);
  EXPECT_FALSE(c.server.valid());
  Socket third;
  third = std::move(other);
  EXPECT_EQ(third.fd(), fd);
  EXPECT_FALSE(third.is_tls());
  EXPECT_TRUE(third.is_established());
  EXPECT_FALSE(third.has_buffered_input());
}

}  // namespace
}  // namespace strims::net
