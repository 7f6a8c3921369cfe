#include <gtest/gtest.h>
#include <sys/epoll.h>

#include <filesystem>

#include "base/bytes.h"
#include "net/listener.h"
#include "net/send_batch.h"
#include "net/test_client.h"
#include "net/uring_poller.h"

namespace strims::net {
namespace {

std::string pattern(size_t size) {
  std::string s(size, '\0');
  for (size_t i = 0; i < size; ++i) s[i] = static_cast<char>((i * 31 + i / 251) & 0xff);
  return s;
}

// The server's end of one connection; keeps what it reads, at most `most` bytes.
class Reader final : public EventHandler {
 public:
  Reader(Reactor& reactor, Accepted accepted)
      : reactor_(reactor), peer(accepted.peer), socket(std::move(accepted.socket)) {
    EXPECT_TRUE(reactor_.add(socket.fd(), EPOLLIN, this));
  }
  ~Reader() override { reactor_.remove(socket.fd()); }
  void on_event(uint32_t events) override {
    seen |= events;
    if ((events & EPOLLIN) == 0 || got.size() >= most) return;
    const IoResult result =
        socket.read(reactor_.scratch().first(std::min(most - got.size(), size_t{5'000})));
    if (result.status == IoStatus::ok) got += as_text(reactor_.scratch().first(result.bytes));
    over = result.status == IoStatus::closed;
    if (over) reactor_.modify(socket.fd(), 0, this);
  }
  void want(uint32_t events) { EXPECT_TRUE(reactor_.modify(socket.fd(), events, this)); }

 private:
  Reactor& reactor_;

 public:
  IpAddress peer;
  Socket socket;
  std::string got;
  size_t most = SIZE_MAX;
  uint32_t seen = 0;
  bool over = false;
};

class Uring : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto works = UringRing::test_kernel(); !works) GTEST_SKIP() << works.error().detail;
    open(1'000);
  }
  void open(unsigned files) {
    listener.reset();
    reactor = std::make_unique<Reactor>(
        system_clock(), std::make_unique<UringPoller>(1'000, files, *UringRing::open(files)));
    auto opened = Listener::open(
        *reactor, {"127.0.0.1", 0}, {.send_buffer = 8'192}, [this](Accepted accepted) {
          readers.push_back(std::make_unique<Reader>(*reactor, std::move(accepted)));
        });
    ASSERT_TRUE(opened);
    listener = std::move(*opened);
  }
  void TearDown() override {
    readers.clear();
    listener.reset();
  }
  // Runs the loop until `done`, at most 10 s.
  template <class F>
  bool until(F done) {
    const MonoMs end = system_clock().mono_ms() + 10'000;
    while (!done()) {
      if (system_clock().mono_ms() > end) return false;
      reactor->run_once(10);
    }
    return true;
  }
  Reader& accepted(size_t index) {
    EXPECT_TRUE(until([&] { return readers.size() > index; }));
    return *readers.at(index);
  }

  std::unique_ptr<Reactor> reactor;
  std::unique_ptr<Listener> listener;
  std::vector<std::unique_ptr<Reader>> readers;
};

TEST_F(Uring, ConnectionsAreNoOpenFilesAndTellTheirPeers) {
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  reactor->run_once(0);
  const auto before = open_files();
  std::vector<TestClient> clients;
  for (int i = 0; i < 50; ++i) clients.emplace_back(listener->port());
  accepted(49);
  EXPECT_LE(open_files(), before + 50);  // the clients' ends
  for (const auto& reader : readers) EXPECT_EQ(reader->peer.to_string(), "127.0.0.1");
}

TEST_F(Uring, UnreadInputIsBoundedAndComesWhole) {
  TestClient client(listener->port());
  Reader& reader = accepted(0);
  reader.want(0);
  const std::string all = pattern(3'000'000);
  std::thread sender([&] {
    EXPECT_TRUE(client.send(all));
    client.shutdown_write();
  });
  for (int i = 0; i < 200; ++i) reactor->run_once(1);
  EXPECT_EQ(reader.got, "");
  reader.want(EPOLLIN);
  EXPECT_TRUE(until([&] { return reader.over; }));
  sender.join();
  EXPECT_TRUE(reader.got == all);
  EXPECT_TRUE(reader.seen & EPOLLRDHUP);
}

TEST_F(Uring, ReadersWhoDoNotReadLeaveTheBuffersToOthers) {
  std::vector<TestClient> clients;
  const std::string text = pattern(3 * UringRing::kBufferBytes);
  for (size_t i = 0; i < UringRing::kBuffers / 2; ++i) clients.emplace_back(listener->port());
  accepted(clients.size() - 1);
  for (const auto& reader : readers) reader->most = 10;
  for (auto& client : clients) EXPECT_TRUE(client.send(text));
  EXPECT_TRUE(until([&] {
    return std::all_of(readers.begin(), readers.end(), [](auto& r) { return r->got.size() == 10; });
  }));
  TestClient last(listener->port());
  Reader& reader = accepted(clients.size());
  EXPECT_TRUE(last.send("through"));
  EXPECT_TRUE(until([&] { return reader.got == "through"; }));
  for (const auto& r : readers) r->most = SIZE_MAX;
  EXPECT_TRUE(until([&] {
    return std::all_of(readers.begin(), readers.end() - 1, [&](auto& r) { return r->got == text; });
  }));
}

TEST_F(Uring, ABlockedWriteIsToldWhenThereIsRoom) {
  TestClient client(listener->port(), 4'096);
  Reader& reader = accepted(0);
  const std::string all = pattern(2'000'000);
  size_t sent = 0;
  const auto write = [&] {
    for (;;) {
      const IoResult result = reader.socket.write(as_bytes(all).subspan(sent));
      if (sent == all.size() || result.status == IoStatus::would_block) return;
      ASSERT_EQ(result.status, IoStatus::ok);
      sent += result.bytes;
    }
  };
  write();
  EXPECT_LT(sent, all.size());
  reader.seen = 0;
  reader.want(EPOLLIN | EPOLLOUT);
  reactor->run_once(5);
  EXPECT_EQ(reader.seen & EPOLLOUT, 0u);
  std::string received;
  std::thread taker([&] { received = client.receive(all.size()); });
  while (sent < all.size()) {
    reader.seen = 0;
    ASSERT_TRUE(until([&] { return (reader.seen & EPOLLOUT) != 0; }));
    write();
  }
  taker.join();
  EXPECT_TRUE(received == all);
}

TEST_F(Uring, MoreConnectionsThanATableTakes) {
  open(16);
  for (int round = 0; round < 3; ++round) {
    std::vector<TestClient> clients;
    for (int i = 0; i < 50; ++i) {
      clients.emplace_back(listener->port());
      accepted(readers.size());  // one by one: so small a table has little room for a burst
      EXPECT_TRUE(clients.back().send(std::to_string(i)));
    }
    for (size_t i = 0; i < readers.size(); ++i)
      EXPECT_TRUE(until([&] { return readers[i]->got == std::to_string(i); }));
    for (const auto& reader : readers) reader->socket.write(as_bytes("y"));
    for (auto& client : clients) EXPECT_EQ(client.next(), 1);
    readers.clear();
    reactor->run_once(0);
    for (auto& client : clients) EXPECT_EQ(client.next(), 0);
  }
}

TEST_F(Uring, ABatchTellsEachOutcome) {
  open(16);
  std::vector<TestClient> clients;
  for (int i = 0; i < 20; ++i) {  // over several rings
    clients.emplace_back(listener->port(), 4'096);
    accepted(readers.size());
  }
  const std::string big = pattern(1'000'000);
  while (readers[3]->socket.write(as_bytes(big)).status == IoStatus::ok) {
  }
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(clients[4].fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  clients[4].close();
  ASSERT_TRUE(until([&] { return readers[4]->over; }));
  SendBatch<Reader> batch;
  for (const auto& reader : readers) {
    EXPECT_TRUE(reader->socket.sends_in_batches());
    batch.room()[0] = {const_cast<char*>("ab"), 2};
    batch.room()[1] = {const_cast<char*>("cde"), 3};
    batch.add(reader->socket, 2, *reader);
  }
  size_t told = 0;
  batch.run(reactor->poller(), [&](Reader& reader, auto parts, const IoResult& result) {
    EXPECT_EQ(&reader, readers[told].get());
    EXPECT_EQ(parts.size(), 2u);
    if (told == 3) {
      EXPECT_EQ(result.status, IoStatus::would_block);
    } else if (told == 4) {
      EXPECT_EQ(result.status, IoStatus::closed);
    } else {
      EXPECT_EQ(result.status, IoStatus::ok);
      EXPECT_EQ(result.bytes, 5u);
      EXPECT_EQ(clients[told].receive(5), "abcde");
    }
    ++told;
  });
  EXPECT_EQ(told, 20u);
  EXPECT_FALSE(batch.full());
}

// A half-close that the kernel does late must not hit the next connection in the same place.
TEST_F(Uring, AHalfCloseIsOverBeforeItsPlaceIsTaken) {
  for (size_t i = 0; i < 300; ++i) {
    TestClient client(listener->port());
    Reader& reader = accepted(i);
    EXPECT_TRUE(client.send("?"));
    ASSERT_TRUE(until([&] { return reader.got == "?"; })) << i;
    EXPECT_EQ(reader.socket.write(as_bytes("!")).bytes, 1u);
    reactor->remove(reader.socket.fd());
    reader.socket.shutdown_write();
    reader.socket.close();
    ASSERT_EQ(client.next(), 1) << i;
    reactor->run_once(0);
  }
}

TEST_F(Uring, ClosingTheListenerLeavesTheConnections) {
  TestClient client(listener->port());
  Reader& reader = accepted(0);
  const uint16_t port = listener->port();
  listener->stop();
  reactor->run_once(0);
  reactor->run_once(0);
  EXPECT_FALSE(TestClient(port).connected());
  EXPECT_TRUE(client.send("still"));
  EXPECT_TRUE(until([&] { return reader.got == "still"; }));
}

}  // namespace
}  // namespace strims::net
