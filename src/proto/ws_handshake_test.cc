#include "proto/ws_handshake.h"

#include <gtest/gtest.h>

#include "proto/ws_extension.h"

namespace strims::proto {
namespace {

// The request of RFC 6455 section 1.2.
Request good() {
  Request request;
  request.method = "GET";
  request.target = request.path = "/ws";
  request.headers = {
      {"Host", "server.example.com"},   {"Upgrade", "websocket"},
      {"Connection", "Upgrade"},        {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
      {"Origin", "http://example.com"}, {"Sec-WebSocket-Protocol", "chat, superchat"},
      {"Sec-WebSocket-Version", "13"}};
  return request;
}

Request with(std::string_view name, std::string_view value) {
  Request request = good();
  for (Header& header : request.headers)
    if (header.name == name) header.value = value;
  if (!request.has_header(name)) request.headers.push_back({std::string(name), std::string(value)});
  return request;
}

Request without(std::string_view name) {
  Request request = good();
  std::erase_if(request.headers, [&](const Header& h) { return h.name == name; });
  return request;
}

int status_of(const Request& request) {
  const auto accept = accept_upgrade(request, {});
  return accept ? 101 : upgrade_refusal(accept.error()).status;
}

TEST(WsHandshake, AnswersTheExampleOfTheRfc) {
  const auto accept = accept_upgrade(good(), {});
  ASSERT_TRUE(accept);
  EXPECT_EQ(accept->head,
            "HTTP/1.1 101 Switching Protocols\r\n"
            "Upgrade: websocket\r\n"
            "Connection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
            "\r\n");
  EXPECT_FALSE(accept->deflate);
}

TEST(WsHandshake, TakesWhatClientsSend) {
  EXPECT_EQ(status_of(with("Upgrade", "WebSocket")), 101);
  EXPECT_EQ(status_of(with("Upgrade", "h2c, websocket")), 101);
  EXPECT_EQ(status_of(with("Connection", "keep-alive, Upgrade")), 101);
  EXPECT_EQ(status_of(with("Sec-WebSocket-Version", " 13 ")), 101);
  EXPECT_EQ(status_of(without("Origin")), 101);
  EXPECT_EQ(status_of(without("Sec-WebSocket-Protocol")), 101);
  EXPECT_EQ(status_of(with("Sec-WebSocket-Extensions", "x-webkit-deflate-frame")), 101);
}

TEST(WsHandshake, RefusesWhatBreaksARule) {
  Request post = good();
  post.method = "POST";
  EXPECT_EQ(status_of(post), 405);
  Request old = good();
  old.version_minor = 0;
  EXPECT_EQ(status_of(old), 400);
  EXPECT_EQ(status_of(without("Host")), 400);
  EXPECT_EQ(status_of(with("Host", "")), 400);
  EXPECT_EQ(status_of(with("Upgrade", "websocketx")), 400);
  EXPECT_EQ(status_of(without("Connection")), 400);
  EXPECT_EQ(status_of(with("Connection", "keep-alive")), 400);
  EXPECT_EQ(status_of(without("Sec-WebSocket-Key")), 400);
  for (const char* key : {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "c2hvcnQ=",
                          "dGhlIHNhbXBsZSBub25jZXM=", "dGhlIHNhbXBsZSBub25jZQ==x",
                          "dGhlIHNhb*BsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZ==="})
    EXPECT_EQ(status_of(with("Sec-WebSocket-Key", key)), 400) << key;
  Request twice = good();
  twice.headers.push_back({"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="});
  EXPECT_EQ(status_of(twice), 400);
}

TEST(WsHandshake, SaysWhichVersionItSpeaks) {
  for (const Request& request :
       {with("Sec-WebSocket-Version", "8"), with("Sec-WebSocket-Version", "013"),
        with("Sec-WebSocket-Version", "13, 8"), without("Sec-WebSocket-Version"),
        without("Upgrade")}) {
    const auto accept = accept_upgrade(request, {});
    ASSERT_FALSE(accept);
    const Response refusal = upgrade_refusal(accept.error());
    EXPECT_EQ(refusal.status, 426);
    EXPECT_EQ(refusal.header("Sec-WebSocket-Version"), "13");
    EXPECT_EQ(refusal.header("Upgrade"), "websocket");
  }
  Request post = good();
  post.method = "POST";
  EXPECT_EQ(upgrade_refusal(accept_upgrade(post, {}).error()).header("Allow"), "GET");
}

TEST(WsHandshake, TellsAHandshakeFromARequest) {
  EXPECT_TRUE(wants_websocket(good()));
  EXPECT_TRUE(wants_websocket(without("Upgrade")));
  EXPECT_FALSE(wants_websocket(Request{}));
}

TEST(WsHandshake, NegotiatesDeflate) {
  const Request chrome =
      with("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits");
  const auto on = accept_upgrade(chrome, {.deflate = true});
  ASSERT_TRUE(on);
  EXPECT_TRUE(on->deflate);
  EXPECT_NE(on->head.find("\r\nSec-WebSocket-Extensions: permessage-deflate; "
                          "client_no_context_takeover; server_no_context_takeover\r\n\r\n"),
            std::string::npos);
  const auto off = accept_upgrade(chrome, {.deflate = false});
  ASSERT_TRUE(off);
  EXPECT_FALSE(off->deflate);
  EXPECT_EQ(off->head.find("Extensions"), std::string::npos);

  Request two = with("Sec-WebSocket-Extensions", "permessage-deflate; mystery");
  two.headers.push_back(
      {"Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=10"});
  const auto second = accept_upgrade(two, {});
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->deflate);
  EXPECT_EQ(second->server_window_bits, 10);
  EXPECT_NE(second->head.find("; server_max_window_bits=10\r\n"), std::string::npos);
}

struct OfferRow {
  const char* offer;
  bool accepted;
  int bits = 15;
};

class WsExtension : public testing::TestWithParam<OfferRow> {};

TEST_P(WsExtension, Offer) {
  const OfferRow& row = GetParam();
  const DeflateAgreement agreement = negotiate_deflate(row.offer);
  EXPECT_EQ(agreement.accepted, row.accepted) << row.offer;
  EXPECT_EQ(agreement.server_window_bits, row.bits) << row.offer;
}

INSTANTIATE_TEST_SUITE_P(
    Rfc7692, WsExtension,
    testing::Values(
        OfferRow{"", false}, OfferRow{"permessage-deflate", true},
        OfferRow{" permessage-deflate ;client_max_window_bits ", true},
        OfferRow{"permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                 true},
        OfferRow{"permessage-deflate; client_max_window_bits=8", true},
        OfferRow{"permessage-deflate; client_max_window_bits=\"12\"", true},
        OfferRow{"permessage-deflate; server_max_window_bits=8", true, 8},
        OfferRow{"permessage-deflate; server_max_window_bits=\"1\\2\"", true, 12},
        OfferRow{"foo, permessage-deflate", true}, OfferRow{", ,permessage-deflate,,", true},
        OfferRow{"foo; a=\"x,y\", permessage-deflate", false},  // not a token inside the quotes
        OfferRow{"permessage-bzip2, permessage-deflate; server_max_window_bits=9", true, 9},
        // The first acceptable one.
        OfferRow{"permessage-deflate; server_max_window_bits=10, permessage-deflate", true, 10},
        OfferRow{"permessage-deflate; server_max_window_bits=7, permessage-deflate", true},
        // Values out of range, missing or superfluous.
        OfferRow{"permessage-deflate; server_max_window_bits", false},
        OfferRow{"permessage-deflate; server_max_window_bits=16", false},
        OfferRow{"permessage-deflate; server_max_window_bits=08", false},
        OfferRow{"permessage-deflate; server_max_window_bits=+9", false},
        OfferRow{"permessage-deflate; client_max_window_bits=7", false},
        OfferRow{"permessage-deflate; client_max_window_bits=x", false},
        OfferRow{"permessage-deflate; server_no_context_takeover=1", false},
        OfferRow{"permessage-deflate; client_no_context_takeover=true", false},
        // Repeated and unknown parameters.
        OfferRow{"permessage-deflate; client_max_window_bits; client_max_window_bits", false},
        OfferRow{"permessage-deflate; server_no_context_takeover; server_no_context_takeover",
                 false},
        OfferRow{"permessage-deflate; server_max_window_bits=9; server_max_window_bits=9", false},
        OfferRow{"permessage-deflate; level=9", false},
        // Broken grammar declines everything, also what came before.
        OfferRow{"permessage-deflate;", false}, OfferRow{"permessage-deflate; =", false},
        OfferRow{"permessage-deflate; client_max_window_bits=", false},
        OfferRow{"permessage-deflate; server_max_window_bits=\"10", false},
        OfferRow{"permessage-deflate; server_max_window_bits=\"\"", false},
        OfferRow{"permessage-deflate server_no_context_takeover", false},
        OfferRow{"permessage-deflate, /", false}, OfferRow{"Permessage-Deflate", false}));

}  // namespace
}  // namespace strims::proto
