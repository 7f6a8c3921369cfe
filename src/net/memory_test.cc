#include "net/memory.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>

#include "base/bytes.h"

namespace strims::net {
namespace {

// Notes the events of one socket; reads when told to.
class Notes final : public EventHandler {
 public:
  void on_event(uint32_t events) override {
    seen |= events;
    ++calls;
    if (then) then();
  }
  uint32_t take() { return std::exchange(seen, 0); }
  uint32_t seen = 0;
  int calls = 0;
  std::function<void()> then;
};

class Memory : public testing::Test {
 protected:
  Memory() { std::tie(server, client) = memory_pair(reactor, {.to_server = 8, .to_client = 8}); }
  IoResult read(size_t most = 64) {
    into.resize(most);
    const IoResult got = server.read({reinterpret_cast<uint8_t*>(into.data()), most});
    into.resize(got.bytes);
    return got;
  }
  IoResult write(std::string_view text) { return server.write(as_bytes(text)); }

  ManualClock clock;
  Reactor reactor{clock};
  Socket server;
  MemoryPeer client;
  Notes notes;
  std::string into;
};

TEST_F(Memory, BytesGoBothWaysWithinTheBounds) {
  EXPECT_TRUE(server.valid());
  EXPECT_TRUE(server.is_established());
  EXPECT_FALSE(server.is_tls());
  EXPECT_EQ(read().status, IoStatus::would_block);
  EXPECT_EQ(client.send("0123456789"), 8u);
  EXPECT_EQ(client.send("x"), 0u);
  EXPECT_EQ(read(3).bytes, 3u);
  EXPECT_EQ(into, "012");
  EXPECT_EQ(client.send("89"), 2u);
  EXPECT_EQ(read().bytes, 7u);
  EXPECT_EQ(into, "3456789");

  const std::string parts[] = {"ab", "", "cdefghij"};
  std::vector<iovec> iov;
  for (const auto& p : parts) iov.push_back({const_cast<char*>(p.data()), p.size()});
  EXPECT_EQ(server.writev(iov).bytes, 8u);
  EXPECT_EQ(write("k").status, IoStatus::would_block);
  EXPECT_EQ(client.receive(3), "abc");
  EXPECT_EQ(write("ijkl").bytes, 3u);
  EXPECT_EQ(client.receive(), "defghijk" + std::string());
  EXPECT_EQ(client.waiting(), 0u);
}

TEST_F(Memory, EventsAreLevelTriggered) {
  ASSERT_TRUE(reactor.add(server.fd(), EPOLLIN, &notes));
  EXPECT_FALSE(reactor.add(server.fd(), EPOLLIN, &notes));
  reactor.run_once(0);
  EXPECT_EQ(notes.calls, 0);
  client.send("abc");
  reactor.run_once(-1);  // does not sleep
  reactor.run_once(-1);
  EXPECT_EQ(notes.calls, 2);
  EXPECT_EQ(notes.take(), uint32_t{EPOLLIN});
  read(2);
  reactor.run_once(0);
  EXPECT_EQ(notes.calls, 3);
  read();
  reactor.run_once(0);
  EXPECT_EQ(notes.calls, 3);

  ASSERT_TRUE(reactor.modify(server.fd(), EPOLLOUT, &notes));
  reactor.run_once(0);
  EXPECT_TRUE(notes.take() & EPOLLOUT);
  write("01234567");
  reactor.run_once(0);
  EXPECT_EQ(notes.take(), 0u);
  client.receive(1);
  reactor.run_once(0);
  EXPECT_EQ(notes.take(), uint32_t{EPOLLOUT});

  reactor.remove(server.fd());
  client.send("x");
  reactor.run_once(0);
  EXPECT_EQ(notes.take(), 0u);
  EXPECT_FALSE(reactor.modify(server.fd(), EPOLLIN, &notes));
}

TEST_F(Memory, HalfClosedAndThenClosed) {
  ASSERT_TRUE(reactor.add(server.fd(), 0, &notes));
  client.send("bye");
  client.shutdown_write();
  EXPECT_EQ(client.send("more"), 0u);
  reactor.run_once(0);
  EXPECT_EQ(notes.take(), uint32_t{EPOLLRDHUP});
  EXPECT_EQ(read().bytes, 3u);
  EXPECT_EQ(read().status, IoStatus::closed);
  EXPECT_EQ(write("answer").bytes, 6u);
  server.shutdown_write();
  EXPECT_FALSE(client.ended());
  EXPECT_EQ(client.receive(), "answer");
  EXPECT_TRUE(client.ended());
  reactor.run_once(0);
  EXPECT_TRUE(notes.take() & EPOLLHUP);
  EXPECT_TRUE(client.server_is_open());
  reactor.remove(server.fd());
  server.close();
  EXPECT_FALSE(client.server_is_open());
  EXPECT_FALSE(client.was_reset());
}

TEST_F(Memory, ClosingInOrderKeepsWhatWasSent) {
  write("last");
  server.close();
  EXPECT_FALSE(server.valid());
  EXPECT_FALSE(client.ended());
  EXPECT_EQ(client.receive(), "last");
  EXPECT_TRUE(client.ended());
  EXPECT_FALSE(client.was_reset());
  EXPECT_EQ(client.send("x"), 0u);
}

TEST_F(Memory, AResetLosesWhatIsUnderWay) {
  write("lost");
  server.reset_on_close();
  server.close();
  EXPECT_TRUE(client.was_reset());
  EXPECT_EQ(client.receive(), "");
}

TEST_F(Memory, ClosingWithUnreadInputIsAReset) {
  client.send("unread");
  server.close();
  EXPECT_TRUE(client.was_reset());
}

TEST_F(Memory, TheServerSeesACut) {
  ASSERT_TRUE(reactor.add(server.fd(), EPOLLIN, &notes));
  client.reset();
  reactor.run_once(0);
  EXPECT_TRUE(notes.take() & EPOLLERR);
  EXPECT_EQ(read().status, IoStatus::closed);
  EXPECT_EQ(write("x").status, IoStatus::closed);
  reactor.remove(server.fd());
}

TEST_F(Memory, WritingToAClientThatLeftEndsInAReset) {
  client.close();
  EXPECT_EQ(read().status, IoStatus::closed);
  EXPECT_EQ(write("a").status, IoStatus::ok);
  EXPECT_EQ(write("b").status, IoStatus::closed);
}

TEST_F(Memory, AReaderThatBecomesSlow) {
  client.set_receive_bound(2);
  EXPECT_EQ(write("abcd").bytes, 2u);
  ASSERT_TRUE(reactor.add(server.fd(), EPOLLOUT, &notes));
  reactor.run_once(0);
  EXPECT_EQ(notes.take(), 0u);
  client.set_receive_bound(3);
  reactor.run_once(0);
  EXPECT_TRUE(notes.take() & EPOLLOUT);
  reactor.remove(server.fd());
}

// One handler closes the other's connection and opens a new one, which may get its handle.
TEST_F(Memory, ANewConnectionDoesNotSeeTheEventsOfAnOldOne) {
  auto [second, second_client] = memory_pair(reactor);
  Notes other, fresh;
  Socket third;
  MemoryPeer third_client;
  notes.then = [&] {
    reactor.remove(second.fd());
    second.close();
    std::tie(third, third_client) = memory_pair(reactor);
    EXPECT_TRUE(reactor.add(third.fd(), EPOLLIN, &fresh));
    notes.then = nullptr;
  };
  ASSERT_TRUE(reactor.add(server.fd(), EPOLLIN, &notes));
  ASSERT_TRUE(reactor.add(second.fd(), EPOLLIN, &other));
  client.send("x");
  second_client.send("y");
  reactor.run_once(0);
  reactor.run_once(0);
  EXPECT_GE(notes.calls, 1);
  EXPECT_EQ(other.calls, 0);
  EXPECT_EQ(fresh.calls, 0);
  third_client.send("z");
  reactor.run_once(0);
  EXPECT_EQ(fresh.calls, 1);
  reactor.remove(server.fd());
  reactor.remove(third.fd());
}

TEST(MemoryMany, EachGetsItsTurn) {
  Reactor reactor;
  struct One {
    Socket server;
    MemoryPeer client;
    Notes notes;
  };
  std::vector<std::unique_ptr<One>> all;
  for (size_t i = 0; i < 3 * Reactor::kEventsPerTurn; ++i) {
    auto& one = *all.emplace_back(std::make_unique<One>());
    std::tie(one.server, one.client) = memory_pair(reactor);
    ASSERT_TRUE(reactor.add(one.server.fd(), EPOLLIN, &one.notes));
    one.client.send("x");
  }
  for (int turn = 0; turn < 6; ++turn) reactor.run_once(0);  // nobody reads
  for (const auto& one : all) EXPECT_EQ(one->notes.calls, 2);
  for (const auto& one : all) reactor.remove(one->server.fd());
}

TEST(MemoryClock, TimersGoByTheClockThatIsGiven) {
  ManualClock clock;
  Reactor reactor(clock);
  int fired = 0;
  const MonoMs start = reactor.now();
  reactor.after(60'000, [&] { ++fired; });
  clock.advance(59'999);
  reactor.run_once(0);
  EXPECT_EQ(fired, 0);
  EXPECT_EQ(reactor.now(), start + 59'999);
  clock.advance(1);
  reactor.run_once(0);
  EXPECT_EQ(fired, 1);
}

}  // namespace
}  // namespace strims::net
