#include "net/tls.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <filesystem>
#include <thread>

#include "base/bytes.h"
#include "net/listener.h"
#include "net/test_client.h"
#include "net/tls_test_client.h"

namespace strims::net {
namespace {

namespace fs = std::filesystem;

class Tls : public testing::Test {
 protected:
  void SetUp() override {
    files_.issue("one.test");
    auto loaded = TlsContext::load(files_.certificate(), files_.key());
    ASSERT_TRUE(loaded) << loaded.error().detail;
    tls_ = *loaded;
    auto opened =
        Listener::open(reactor_, {"127.0.0.1", 0}, {.send_buffer = 8'192},
                       [this](Accepted accepted) { accepted_ = std::move(accepted.socket); });
    ASSERT_TRUE(opened);
    listener_ = std::move(*opened);
  }
  uint16_t port() const { return listener_->port(); }
  Socket accept() {
    while (!accepted_.valid()) reactor_.run_once(5'000);
    return tls_->accept(std::move(accepted_));
  }
  // Waits for the kernel as a reactor would, at most 5 s.
  static bool wait(const Socket& socket, short events) {
    pollfd p{socket.fd(), events, 0};
    return ::poll(&p, 1, 5'000) == 1;
  }
  // Reads once, waiting for the kernel only when the session holds nothing back.
  static IoResult read_some(Socket& socket, std::span<uint8_t> into) {
    for (;;) {
      const IoResult result = socket.read(into);
      if (result.status == IoStatus::would_block) {
        EXPECT_FALSE(socket.has_buffered_input());
        if (!wait(socket, POLLIN)) return {IoStatus::error, 0};
      } else if (result.status == IoStatus::want_write) {
        if (!wait(socket, POLLOUT)) return {IoStatus::error, 0};
      } else {
        return result;
      }
    }
  }
  static void write_all(Socket& socket, std::string_view text) {
    auto rest = as_bytes(text);
    while (!rest.empty()) {
      const IoResult result = socket.write(rest);
      if (result.status == IoStatus::ok) {
        rest = rest.subspan(result.bytes);
      } else {
        ASSERT_EQ(result.status, IoStatus::would_block);
        ASSERT_TRUE(wait(socket, POLLOUT));
      }
    }
  }
  // A connection that has said "hi", with the client on its own thread.
  template <class F>
  void with_client(F client, std::function<void(Socket&)> server,
                   TlsTestClient::Options options = {}) {
    std::thread thread([&] {
      TlsTestClient c(port(), options);
      EXPECT_TRUE(c.connect());
      EXPECT_TRUE(c.send("hi"));
      client(c);
      c.receive(
          1);  // until the server ends it: leaving with unread bytes (tickets) would be a reset
    });
    Socket socket = accept();
    uint8_t hi[2];
    EXPECT_EQ(read_some(socket, hi).status, IoStatus::ok);
    EXPECT_EQ(as_text(hi), "hi");
    server(socket);
    socket.close();
    thread.join();
  }

  TestCertificate files_;
  std::shared_ptr<TlsContext> tls_;
  Reactor reactor_;
  std::unique_ptr<Listener> listener_;
  Socket accepted_;
};

TEST_F(Tls, EchoInBothVersions) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    with_client(
        [&](TlsTestClient& c) {
          EXPECT_EQ(c.version(), version);
          EXPECT_EQ(c.server_name(), "one.test");
          EXPECT_EQ(c.receive(5), "hello");
          EXPECT_TRUE(c.ended_properly());
        },
        [&](Socket& socket) {
          EXPECT_TRUE(socket.is_tls());
          EXPECT_TRUE(socket.is_established());
          write_all(socket, "hello");
        },
        {.version = version});
  }
}

TEST_F(Tls, OldVersionsAreRefused) {
  std::thread thread([&] {
    TlsTestClient c(port(), {.version = TLS1_1_VERSION});
    EXPECT_FALSE(c.connect());
  });
  Socket socket = accept();
  uint8_t buffer[16];
  EXPECT_EQ(read_some(socket, buffer).status, IoStatus::error);
  socket.close();
  thread.join();
}

TEST_F(Tls, AlpnSpeaksHttp11Only) {
  with_client([](TlsTestClient& c) { EXPECT_EQ(c.alpn(), "http/1.1"); }, [](Socket&) {},
              {.alpn = "\x02h2\x08http/1.1"});
  std::thread thread([&] {
    TlsTestClient c(port(), {.alpn = "\x02h2"});
    EXPECT_FALSE(c.connect());
  });
  Socket socket = accept();
  uint8_t buffer[16];
  EXPECT_EQ(read_some(socket, buffer).status, IoStatus::error);
  socket.close();
  thread.join();
}

TEST_F(Tls, PlainHttpEndsAsAnError) {
  TestClient client(port());
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  Socket socket = accept();
  uint8_t buffer[16];
  EXPECT_EQ(read_some(socket, buffer).status, IoStatus::error);
  EXPECT_EQ(socket.read(buffer).status, IoStatus::error);
  socket.close();
  while (client.next() == 1) {
  }
}

TEST_F(Tls, APeerThatLeavesDuringTheHandshakeIsClosed) {
  {
    TestClient client(port());
    ASSERT_TRUE(client.send("\x16\x03\x01"));
  }
  Socket socket = accept();
  uint8_t buffer[16];
  EXPECT_EQ(read_some(socket, buffer).status, IoStatus::closed);
  EXPECT_EQ(socket.write(as_bytes("x")).status, IoStatus::error);
}

TEST_F(Tls, WritingBeforeTheHandshakeIsAnError) {
  TestClient client(port());
  Socket socket = accept();
  EXPECT_FALSE(socket.is_established());
  EXPECT_EQ(socket.write(as_bytes("x")).status, IoStatus::error);
  uint8_t buffer[16];
  EXPECT_EQ(socket.read(buffer).status, IoStatus::would_block);
}

TEST_F(Tls, BufferedInputIsAnnouncedWithoutTheKernel) {
  with_client([](TlsTestClient& c) { EXPECT_TRUE(c.send(std::string(1'000, 'a'))); },
              [](Socket& socket) {
                uint8_t buffer[100];
                size_t total = read_some(socket, buffer).bytes;
                EXPECT_EQ(total, 100u);
                while (total < 1'000) {
                  ASSERT_TRUE(socket.has_buffered_input());
                  const IoResult result = socket.read(buffer);
                  ASSERT_EQ(result.status, IoStatus::ok);
                  total += result.bytes;
                }
                EXPECT_FALSE(socket.has_buffered_input());
              });
}

TEST_F(Tls, ALargeBufferTakesSeveralRecordsAndThenTheEnd) {
  with_client(
      [](TlsTestClient& c) {
        for (int i = 0; i < 10; ++i) EXPECT_TRUE(c.send("0123456789"));
        c.end();
        EXPECT_TRUE(c.ended_properly());
      },
      [](Socket& socket) {
        uint8_t buffer[1'000];
        size_t total = 0;
        IoResult result;
        while ((result = read_some(socket, buffer)).status == IoStatus::ok) total += result.bytes;
        EXPECT_EQ(total, 100u);
        EXPECT_EQ(result.status, IoStatus::closed);
      });
}

std::string pattern(size_t size) {
  std::string s(size, '\0');
  for (size_t i = 0; i < size; ++i) s[i] = static_cast<char>((i * 31 + i / 251) & 0xff);
  return s;
}

// The buffer moves and grows between tries, as a caller with a growing output would do it.
TEST_F(Tls, PartialWritesFromAMovingBufferLoseNothing) {
  const std::string all = pattern(1'000'000);
  bool owed = false;
  std::string received;
  with_client([&](TlsTestClient& c) { received = c.receive(all.size()); },
              [&](Socket& socket) {
                size_t sent = 0;
                size_t offered = 10'000;
                while (sent < all.size()) {
                  const size_t n = std::min(offered, all.size() - sent);
                  const std::string copy = all.substr(sent, n);
                  const std::string head = copy.substr(0, n / 3);
                  const std::string tail = copy.substr(n / 3);
                  const iovec parts[] = {{const_cast<char*>(head.data()), head.size()},
                                         {nullptr, 0},
                                         {const_cast<char*>(tail.data()), tail.size()}};
                  const IoResult result = socket.writev(parts);
                  if (result.status == IoStatus::ok) {
                    sent += result.bytes;
                    offered = std::max(10'000 + sent % 9'000, socket.owed());
                  } else {
                    ASSERT_EQ(result.status, IoStatus::would_block);
                    owed |= socket.owed() > 0;
                    offered += 5'000;
                    ASSERT_TRUE(wait(socket, POLLOUT));
                  }
                }
              },
              {.receive_buffer = 4'096});
  EXPECT_TRUE(received == all);
  EXPECT_TRUE(owed);
}

TEST_F(Tls, AnotherBeginningAfterABlockedWriteIsRefusedNotSent) {
  std::string received;
  with_client([&](TlsTestClient& c) { received = c.receive(10'000'000); },
              [&](Socket& socket) {
                if (socket.uses_ktls_send()) return;
                const std::string a(64 * 1024, 'a');
                IoResult result;
                // The client reads all the while, so blocking takes a race; the buffers are small.
                for (int i = 0; i < 2'000 && socket.owed() == 0; ++i) {
                  result = socket.write(as_bytes(a));
                }
                ASSERT_GT(socket.owed(), 0u);
                const std::string b(64 * 1024, 'b');
                EXPECT_EQ(socket.write(as_bytes(b)).status, IoStatus::error);
                EXPECT_EQ(socket.write(as_bytes(a)).status, IoStatus::error);
                EXPECT_TRUE(socket.has_buffered_input());  // a read will tell
              },
              {.receive_buffer = 4'096});
  EXPECT_EQ(received.find('b'), std::string::npos);
}

TEST_F(Tls, ResetOnCloseSendsRstAndNoNotify) {
  with_client([](TlsTestClient& c) { EXPECT_FALSE(c.ended_properly()); },
              [](Socket& socket) { socket.reset_on_close(); });
}

TEST_F(Tls, ReloadChangesNewConnectionsOnly) {
  with_client(
      [&](TlsTestClient& c) {
        EXPECT_EQ(c.server_name(), "one.test");
        EXPECT_EQ(c.receive(3), "old");
      },
      [&](Socket& socket) {
        files_.issue("two.test");
        EXPECT_TRUE(tls_->reload());
        write_all(socket, "old");
      });
  with_client([&](TlsTestClient& c) { EXPECT_EQ(c.server_name(), "two.test"); }, [](Socket&) {});
  fs::remove(files_.key());
  const auto failed = tls_->reload();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().reason, "bad_certificate");
  with_client([&](TlsTestClient& c) { EXPECT_EQ(c.server_name(), "two.test"); }, [](Socket&) {});
}

TEST_F(Tls, AKeyOfAnotherCertificateIsRefused) {
  TestCertificate other;
  other.issue("other.test");
  EXPECT_FALSE(TlsContext::load(files_.certificate(), other.key()));
  EXPECT_FALSE(TlsContext::load("/nonexistent", files_.key()));
  EXPECT_FALSE(TlsContext::load(files_.key(), files_.key()));
}

TEST_F(Tls, ReloadWhileOthersAcceptIsSafe) {
  std::thread reloads([&] {
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(tls_->reload());
  });
  for (int i = 0; i < 200; ++i) {
    int fds[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    EXPECT_TRUE(tls_->accept(Socket(fds[0])).valid());
    ::close(fds[1]);
  }
  reloads.join();
}

TEST_F(Tls, KernelTlsWhereTheMachineHasIt) {
  const std::string all = pattern(300'000);
  std::string received;
  bool ktls = false;
  with_client([&](TlsTestClient& c) { received = c.receive(all.size()); },
              [&](Socket& socket) {
                ktls = socket.uses_ktls_send();
                write_all(socket, all);
              });
  EXPECT_TRUE(received == all);
  if (!ktls) GTEST_SKIP() << "no kTLS here; the user-space path was taken";
}

}  // namespace
}  // namespace strims::net
