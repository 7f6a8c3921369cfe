// deps: proto
// The rules of RFC 6455 (and of RFC 7692 section 6) that a server must keep, one row per rule,
// named by section.
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "proto/ws_decoder.h"
#include "proto/ws_encoder.h"
#include "proto/ws_handshake.h"
#include "proto/ws_inflate.h"
#include "proto/ws_testing.h"

namespace strims::proto {
namespace {

using ws_testing::client_frame;
using ws_testing::FrameShape;

constexpr WsOpcode kText = WsOpcode::text;
constexpr WsOpcode kBinary = WsOpcode::binary;
constexpr WsOpcode kMore = WsOpcode::continuation;
constexpr WsOpcode kClose = WsOpcode::close;
constexpr WsOpcode kPing = WsOpcode::ping;
constexpr WsOpcode kPong = WsOpcode::pong;
constexpr FrameShape kOpen{.fin = false};
constexpr FrameShape kOpenDeflated{.fin = false, .rsv = 4};

std::string close_payload(unsigned code, std::string_view reason = {}) {
  std::string out;
  out += static_cast<char>(code >> 8);
  out += static_cast<char>(code);
  return out.append(reason);
}
std::string closing(unsigned code, std::string_view reason = {}) {
  return client_frame(kClose, close_payload(code, reason));
}
// A header with nothing behind it.
std::string bytes(std::string_view text) {
  return std::string(text);
}
#define WIRE(literal) bytes({literal, sizeof(literal) - 1})

// Part 1: bytes from the client and the events they must cause.
struct FrameRow {
  std::string rule;
  std::string wire;
  std::string events;  // separated by spaces
  bool deflate = false;
};

std::vector<FrameRow> framing_rows() {
  const std::string k125(125, 'c');
  const std::string k126(126, 'c');
  return {
      {"5.1 unmasked client frame", client_frame(kText, "Hi", {.masked = false}), "error(1002)"},
      {"5.1 unmasked empty client frame", WIRE("\x81\x00"), "error(1002)"},
      {"5.1 unmasked close frame", WIRE("\x88\x02\x03\xe8"), "error(1002)"},
      {"5.2 RSV1 without an extension", client_frame(kText, "Hi", {.rsv = 4}), "error(1002)"},
      {"5.2 RSV2", client_frame(kText, "Hi", {.rsv = 2}), "error(1002)"},
      {"5.2 RSV3", client_frame(kText, "Hi", {.rsv = 1}), "error(1002)"},
      {"5.2 all reserved bits on a ping", client_frame(kPing, "", {.rsv = 7}), "error(1002)"},
      {"5.2 reserved opcode 3", client_frame(3, ""), "error(1002)"},
      {"5.2 reserved opcode 4", client_frame(4, ""), "error(1002)"},
      {"5.2 reserved opcode 5", client_frame(5, ""), "error(1002)"},
      {"5.2 reserved opcode 6", client_frame(6, ""), "error(1002)"},
      {"5.2 reserved opcode 7", client_frame(7, ""), "error(1002)"},
      {"5.2 reserved opcode 11", client_frame(11, ""), "error(1002)"},
      {"5.2 reserved opcode 12", client_frame(12, ""), "error(1002)"},
      {"5.2 reserved opcode 13", client_frame(13, ""), "error(1002)"},
      {"5.2 reserved opcode 14", client_frame(14, ""), "error(1002)"},
      {"5.2 reserved opcode 15", client_frame(15, ""), "error(1002)"},
      {"5.2 16-bit length", client_frame(kText, k126), "text(" + k126 + ")"},
      {"5.2 64-bit length", client_frame(kText, std::string(65536, 'x')),
       "text(" + std::string(65536, 'x') + ")"},
      {"5.2 16-bit length that fits 7 bits", client_frame(kText, k125, {.length_bytes = 2}),
       "error(1002)"},
      {"5.2 64-bit length that fits 7 bits", client_frame(kText, k125, {.length_bytes = 8}),
       "error(1002)"},
      {"5.2 64-bit length that fits 16 bits",
       client_frame(kText, std::string(65535, 'x'), {.length_bytes = 8}), "error(1002)"},
      {"5.2 64-bit length with the highest bit", WIRE("\x82\xff\x80\0\0\0\0\0\0\0"), "error(1002)"},
      {"5.3 example: masked Hello", WIRE("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"),
       "text(Hello)"},
      {"5.3 key of zeros", WIRE("\x81\x82\0\0\0\0Hi"), "text(Hi)"},
      {"5.3 every length modulo four",
       client_frame(kText, "1") + client_frame(kText, "12") + client_frame(kText, "123") +
           client_frame(kText, "1234"),
       "text(1) text(12) text(123) text(1234)"},
  };
}

std::vector<FrameRow> fragment_rows() {
  return {
      {"5.4 two fragments", client_frame(kText, "Hel", kOpen) + client_frame(kMore, "lo"),
       "text(Hello)"},
      {"5.4 empty fragments",
       client_frame(kBinary, "", kOpen) + client_frame(kMore, "", kOpen) + client_frame(kMore, ""),
       "binary()"},
      {"5.4 control frame between fragments",
       client_frame(kText, "a", kOpen) + client_frame(kPing, "p") + client_frame(kMore, "b"),
       "ping(p) text(ab)"},
      {"5.4 continuation without a start", client_frame(kMore, "x"), "error(1002)"},
      {"5.4 continuation after a whole message",
       client_frame(kText, "x") + client_frame(kMore, "y"), "text(x) error(1002)"},
      {"5.4 continuation after the last fragment",
       client_frame(kText, "x", kOpen) + client_frame(kMore, "y") + client_frame(kMore, "z"),
       "text(xy) error(1002)"},
      {"5.4 new text inside a message", client_frame(kText, "x", kOpen) + client_frame(kText, "y"),
       "error(1002)"},
      {"5.4 new binary inside a message",
       client_frame(kText, "x", kOpen) + client_frame(kBinary, "y"), "error(1002)"},
      {"5.5 fragmented ping", client_frame(kPing, "x", kOpen), "error(1002)"},
      {"5.5 fragmented close", client_frame(kClose, "", kOpen), "error(1002)"},
      {"5.5 control frame of 125 bytes", client_frame(kPong, std::string(125, 'p')),
       "pong(" + std::string(125, 'p') + ")"},
      {"5.5 control frame of 126 bytes", client_frame(kPing, std::string(126, 'p')), "error(1002)"},
      {"5.5.2 ping payload is handed on", client_frame(kPing, WIRE("\0\xff")),
       "ping(" + WIRE("\0\xff") + ")"},
      {"5.5.3 unsolicited pong", client_frame(kPong, "x"), "pong(x)"},
      {"5.6 binary is not checked as UTF-8", client_frame(kBinary, "\xff\xfe"), "binary(\xff\xfe)"},
      {"10.4 message limit from the header", WIRE("\x82\xff\0\0\0\0\0\x02\0\0"), "error(1009)"},
      {"10.4 message limit over fragments",
       client_frame(kBinary, std::string(60000, 'x'), kOpen) +
           client_frame(kMore, std::string(60000, 'x')),
       "error(1009)"},
  };
}

std::vector<FrameRow> close_rows() {
  std::vector<FrameRow> rows = {
      {"5.5.1 empty close", client_frame(kClose, ""), "close(1005,)"},
      {"5.5.1 close payload of one byte", client_frame(kClose, "x"), "error(1002)"},
      {"5.5.1 close with reason", closing(1000, "bye \xe2\x82\xac"),
       "close(1000,bye \xe2\x82\xac)"},
      {"5.5.1 longest reason", closing(1000, std::string(123, 'r')),
       "close(1000," + std::string(123, 'r') + ")"},
      {"5.5.1 reason is not UTF-8", closing(1000, "\xc3"), "error(1007)"},
      {"5.5.1 frames after a close are ignored",
       closing(1000) + client_frame(kText, "x") + client_frame(15, ""), "close(1000,)"},
      {"5.5.1 close inside a message", client_frame(kText, "x", kOpen) + closing(1001),
       "close(1001,)"},
  };
  for (const unsigned code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013,
                              1014, 3000, 3999, 4000, 4999})
    rows.push_back({"7.4 close code " + std::to_string(code), closing(code),
                    "close(" + std::to_string(code) + ",)"});
  for (const unsigned code :
       {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
    rows.push_back(
        {"7.4 invalid close code " + std::to_string(code), closing(code), "error(1002)"});
  return rows;
}

std::vector<FrameRow> text_rows() {
  return {
      {"8.1 text in UTF-8", client_frame(kText, "\xce\xba\xe1\xbd\xb9\xf0\x9f\x98\x80"),
       "text(\xce\xba\xe1\xbd\xb9\xf0\x9f\x98\x80)"},
      {"8.1 character cut by fragments",
       client_frame(kText, "\xf0\x9f", kOpen) + client_frame(kMore, "\x98", kOpen) +
           client_frame(kMore, "\x80"),
       "text(\xf0\x9f\x98\x80)"},
      {"8.1 invalid byte", client_frame(kText, "a\xff"), "error(1007)"},
      {"8.1 overlong form", client_frame(kText, "\xc0\xaf"), "error(1007)"},
      {"8.1 surrogate", client_frame(kText, "\xed\xa0\x80"), "error(1007)"},
      {"8.1 above U+10FFFF", client_frame(kText, "\xf4\x90\x80\x80"), "error(1007)"},
      {"8.1 cut at the end of the message", client_frame(kText, "\xe2\x82"), "error(1007)"},
      {"8.1 cut at the end of the last fragment",
       client_frame(kText, "\xe2", kOpen) + client_frame(kMore, "\x82"), "error(1007)"},
      {"8.1 fails before the last fragment", client_frame(kText, "\xff", kOpen), "error(1007)"},
      {"8.1 fails before the frame is complete",
       client_frame(kText,
                    "\xff"
                    "abc")
           .substr(0, 7),
       "error(1007)"},
  };
}

// RFC 7692 section 6. The payload is "Hello" (section 7.2.3.1).
std::vector<FrameRow> deflate_rows() {
  const std::string hello = WIRE("\xf2\x48\xcd\xc9\xc9\x07\x00");
  return {
      {"RFC 7692 6 compressed message", client_frame(kText, hello, {.rsv = 4}), "text(Hello)",
       true},
      {"RFC 7692 6 uncompressed message", client_frame(kText, "Hello"), "text(Hello)", true},
      {"RFC 7692 6.1 compressed fragments",
       client_frame(kText, hello.substr(0, 3), kOpenDeflated) +
           client_frame(kMore, hello.substr(3)),
       "text(Hello)", true},
      {"RFC 7692 6.1 RSV1 on a continuation",
       client_frame(kText, hello.substr(0, 3), kOpenDeflated) +
           client_frame(kMore, hello.substr(3), {.rsv = 4}),
       "error(1002)", true},
      {"RFC 7692 6.1 RSV1 on a control frame", client_frame(kPing, "", {.rsv = 4}), "error(1002)",
       true},
      {"RFC 7692 6 RSV2 stays reserved", client_frame(kText, hello, {.rsv = 6}), "error(1002)",
       true},
      {"RFC 7692 7.2.2 damaged data", client_frame(kText, "\xff\xff", {.rsv = 4}), "error(1007)",
       true},
      {"RFC 7692 7.2.3.4 final block",
       client_frame(kText, WIRE("\xf3\x48\xcd\xc9\xc9\x07\0\0"), {.rsv = 4}), "text(Hello)", true},
      {"8.1 inflated text is not UTF-8",
       client_frame(kText, WIRE("\x00\x01\x00\xfe\xff\xff\x00"), {.rsv = 4}), "error(1007)", true},
  };
}

std::string run(const FrameRow& row, size_t piece, bool stop_at_each) {
  WsInflater inflater;
  WsDecoder decoder({.max_message = 100'000}, row.deflate);
  ws_testing::Recorder sink;
  sink.stop_at_each = stop_at_each;
  ws_testing::feed_all(decoder, row.wire, piece, sink, &inflater);
  std::string out;
  for (const std::string& event : sink.seen) out += (out.empty() ? "" : " ") + event;
  return out;
}

TEST(Rfc6455, Frames) {
  for (const auto& rows :
       {framing_rows(), fragment_rows(), close_rows(), text_rows(), deflate_rows()}) {
    for (const FrameRow& row : rows) {
      for (const size_t piece : {0, 1, 2, 3, 7, 13, 4096}) {
        if (piece != 0 && row.wire.size() / piece > 20'000) continue;
        EXPECT_EQ(run(row, piece, false), row.events) << row.rule << ", cut to " << piece;
        EXPECT_EQ(run(row, piece, true), row.events) << row.rule << ", stopping, cut to " << piece;
      }
    }
  }
}

// Part 2: the opening handshake. A header of the good request is replaced, or removed when `value`
// is null.
struct HandshakeRow {
  const char* rule;
  const char* name;
  const char* value;
  int status;
};

constexpr HandshakeRow kHandshakes[] = {
    {"4.2.1 the good request", "X-Other", "x", 101},
    {"4.2.1 (1) method is GET", ":method", "PUT", 405},
    {"4.2.1 (1) HTTP/1.1 or higher", ":version", "0", 400},
    {"4.2.1 (2) Host is needed", "Host", nullptr, 400},
    {"4.2.1 (3) Upgrade in any case", "Upgrade", "WEBSOCKET", 101},
    {"4.2.1 (3) Upgrade is a list", "Upgrade", "foo, websocket", 101},
    {"4.2.1 (3) Upgrade names websocket", "Upgrade", "h2c", 400},
    {"4.2.1 (3) no Upgrade", "Upgrade", nullptr, 426},
    {"4.2.1 (4) Connection is a list", "Connection", "keep-alive, UPGRADE", 101},
    {"4.2.1 (4) Connection names upgrade", "Connection", "close", 400},
    {"4.2.1 (4) no Connection", "Connection", nullptr, 400},
    {"4.2.1 (5) key of 16 bytes", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==", 101},
    {"4.2.1 (5) no key", "Sec-WebSocket-Key", nullptr, 400},
    {"4.2.1 (5) key too short", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAA", 400},
    {"4.2.1 (5) key too long", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAAA=", 400},
    {"4.2.1 (5) key is no base64", "Sec-WebSocket-Key", "AAAAAAAAAA-AAAAAAAAAAA==", 400},
    {"4.2.1 (6) no version", "Sec-WebSocket-Version", nullptr, 426},
    {"4.2.1 (6) older version", "Sec-WebSocket-Version", "8", 426},
    {"4.2.1 (6) later version", "Sec-WebSocket-Version", "14", 426},
    {"4.2.2 (5.5) an offered subprotocol is not selected", "Sec-WebSocket-Protocol", "chat", 101},
    {"9.1 an unknown extension is declined", "Sec-WebSocket-Extensions", "mux", 101},
};

Request request_for(const HandshakeRow& row) {
  Request request;
  request.method = "GET";
  request.target = request.path = "/ws";
  request.headers = {{"Host", "h"},
                     {"Upgrade", "websocket"},
                     {"Connection", "Upgrade"},
                     {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                     {"Sec-WebSocket-Version", "13"}};
  const std::string_view name = row.name;
  if (name == ":method") {
    request.method = row.value;
  } else if (name == ":version") {
    request.version_minor = row.value[0] - '0';
  } else {
    std::erase_if(request.headers, [&](const Header& h) { return h.name == name; });
    if (row.value != nullptr) request.headers.push_back({row.name, row.value});
  }
  return request;
}

TEST(Rfc6455, Handshake) {
  for (const HandshakeRow& row : kHandshakes) {
    const auto accept = accept_upgrade(request_for(row), {});
    const int status = accept ? 101 : upgrade_refusal(accept.error()).status;
    EXPECT_EQ(status, row.status) << row.rule;
    if (!accept) {
      // 4.2.2: a refusal for the version says which one is spoken.
      EXPECT_EQ(upgrade_refusal(accept.error()).header("Sec-WebSocket-Version"),
                status == 426 ? "13" : "")
          << row.rule;
      continue;
    }
    EXPECT_EQ(accept->head.find("Sec-WebSocket-Protocol"), std::string::npos) << row.rule;
    EXPECT_EQ(accept->head.find("Sec-WebSocket-Extensions"), std::string::npos) << row.rule;
    EXPECT_TRUE(accept->head.starts_with("HTTP/1.1 101 ")) << row.rule;
    EXPECT_TRUE(accept->head.ends_with("\r\n\r\n")) << row.rule;
  }
}

TEST(Rfc6455, AcceptKey) {  // 1.3, 4.2.2 (5.4)
  EXPECT_EQ(websocket_accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

// Part 3: what the server sends.
TEST(Rfc6455, ServerFrames) {
  EXPECT_EQ(text_frame("Hello"), WIRE("\x81\x05Hello")) << "5.7 unmasked text";
  std::string fragments;
  append_frame(fragments, kText, "Hel", false);
  append_frame(fragments, kMore, "lo");
  EXPECT_EQ(fragments, WIRE("\x01\x03Hel\x80\x02lo")) << "5.7 fragmented text";
  EXPECT_EQ(ping_frame("Hello"), WIRE("\x89\x05Hello")) << "5.7 ping";
  EXPECT_EQ(binary_frame(std::string(256, 'x')).substr(0, 4), WIRE("\x82\x7e\x01\x00")) << "5.7";
  EXPECT_EQ(binary_frame(std::string(65536, 'x')).substr(0, 10), WIRE("\x82\x7f\0\0\0\0\0\x01\0\0"))
      << "5.7";
  EXPECT_EQ(close_frame(1000, "x"), WIRE("\x88\x03\x03\xe8x")) << "5.5.1";
  EXPECT_EQ(close_frame(1006, "x"), WIRE("\x88\x00")) << "7.4.1 codes that are never sent";
}

}  // namespace
}  // namespace strims::proto
