// The same connection over TLS and real sockets: listener, handshake, large answers, hand-over.
#include <gtest/gtest.h>

#include "http/test_server.h"
#include "net/listener.h"
#include "net/tls_test_client.h"

namespace strims::http {
namespace {

using testing::TestServer;

class TlsServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    certificate_.issue("localhost");
    auto tls = net::TlsContext::load(certificate_.certificate(), certificate_.key());
    ASSERT_TRUE(tls);
    s_.profile.tls = *tls;
  }
  void TearDown() override {
    if (!listener_) return;
    s_.on_shard([&] { listener_->stop(); });
    s_.stop();
  }
  uint16_t listen() {
    s_.start();
    s_.on_shard([&] {
      auto opened = net::Listener::open(
          s_.reactor, {"127.0.0.1", 0}, {},
          [&](net::Accepted accepted) { s_.server().accept(std::move(accepted), s_.profile); });
      ASSERT_TRUE(opened);
      listener_ = std::move(*opened);
    });
    return listener_->port();
  }
  net::TestCertificate certificate_;
  std::unique_ptr<net::Listener> listener_;
  TestServer s_;
};

TEST_F(TlsServerTest, PipelinedRequestsAndALargeAnswer) {
  const std::string big(2 * 1024 * 1024, 'x');
  s_.get("/secure", [](RequestContext& c, Responder respond) {
    respond(proto::Response::text(200, c.secure ? "yes" : "no"));
  });
  s_.get("/big",
         [&](RequestContext&, Responder respond) { respond(proto::Response::text(200, big)); });
  net::TlsTestClient client(listen());
  ASSERT_TRUE(client.connect());
  std::string requests;
  for (int i = 0; i < 40; ++i) requests += "GET /secure HTTP/1.1\r\nHost: a\r\n\r\n";
  requests += "GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  ASSERT_TRUE(client.send(requests));
  const std::string all = client.receive(big.size() + 100'000);
  size_t answers = 0;
  for (size_t at = 0; (at = all.find("\r\n\r\nyes", at)) != std::string::npos; ++at) ++answers;
  EXPECT_EQ(answers, 40u);
  EXPECT_TRUE(all.ends_with(big));
  EXPECT_TRUE(client.ended_properly());
}

TEST_F(TlsServerTest, PlainHttpOnTheTlsPortIsClosed) {
  net::TestClient client(listen());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client.receive(1000);  // an alert, perhaps
  EXPECT_LE(client.next(), 0);
  while (s_.size() > 0) std::this_thread::yield();
}

TEST_F(TlsServerTest, UpgradeCarriesTheSession) {
  s_.router.add_upgrade("/ws", [](Upgrade u) {
    EXPECT_TRUE(u.secure);
    EXPECT_TRUE(u.socket.is_tls());
    EXPECT_EQ(u.leftover, "frame");
    u.socket.write(as_bytes("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
  });
  net::TlsTestClient client(listen());
  ASSERT_TRUE(client.connect());
  client.send(
      "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nframe");
  EXPECT_EQ(client.receive(1000), "HTTP/1.1 101 Switching Protocols\r\n\r\n");
}

}  // namespace
}  // namespace strims::http
