#include "proto/proxy_protocol.h"

#include <gtest/gtest.h>

#include <string>

namespace strims::proto {
namespace {

using State = ProxyResult::State;

std::string v2(uint8_t version_command, uint8_t family, std::string_view payload) {
  std::string out("\r\n\r\n\0\r\nQUIT\n", 12);
  out += static_cast<char>(version_command);
  out += static_cast<char>(family);
  out += static_cast<char>(payload.size() >> 8);
  out += static_cast<char>(payload.size() & 255);
  out += payload;
  return out;
}
const std::string kFour("\x01\x02\x03\x04\x05\x06\x07\x08\x12\x34\x00\x50", 12);

TEST(ProxyProtocol, VersionOne) {
  const std::string line = "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n";
  const auto r = parse_proxy_header(line + "GET /");
  ASSERT_EQ(r.state, State::header);
  EXPECT_EQ(r.consumed, line.size());
  ASSERT_TRUE(r.addresses);
  EXPECT_EQ(r.addresses->source.to_string(), "192.0.2.1");
  EXPECT_EQ(r.addresses->source_port, 56324);
  EXPECT_EQ(r.addresses->destination_port, 443);
  const auto six = parse_proxy_header("PROXY TCP6 2001:db8::1 ::1 1 2\r\n");
  ASSERT_EQ(six.state, State::header);
  EXPECT_EQ(six.addresses->source.to_string(), "2001:db8::1");
}

TEST(ProxyProtocol, UnknownKeepsTheSocketsAddress) {
  const auto r = parse_proxy_header("PROXY UNKNOWN ffff:: whatever\r\n");
  ASSERT_EQ(r.state, State::header);
  EXPECT_FALSE(r.addresses);
}

TEST(ProxyProtocol, VersionTwo) {
  const std::string bytes = v2(0x21, 0x11, kFour + std::string("\x04\x00\x01x", 4));
  const auto r = parse_proxy_header(bytes + "x");
  ASSERT_EQ(r.state, State::header);
  EXPECT_EQ(r.consumed, bytes.size());
  ASSERT_TRUE(r.addresses);
  EXPECT_EQ(r.addresses->source.to_string(), "1.2.3.4");
  EXPECT_EQ(r.addresses->source_port, 0x1234);
  EXPECT_EQ(r.addresses->destination_port, 80);
}

TEST(ProxyProtocol, LocalAndUnixKeepTheSocketsAddress) {
  EXPECT_FALSE(parse_proxy_header(v2(0x20, 0x00, "")).addresses);
  EXPECT_EQ(parse_proxy_header(v2(0x20, 0x00, "")).state, State::header);
  EXPECT_FALSE(parse_proxy_header(v2(0x21, 0x31, std::string(216, 'x'))).addresses);
}

TEST(ProxyProtocol, EveryBeginningNeedsMore) {
  for (const std::string& whole :
       {std::string("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"), v2(0x21, 0x11, kFour)})
    for (size_t n = 0; n < whole.size(); ++n)
      EXPECT_EQ(parse_proxy_header(std::string_view(whole).substr(0, n)).state, State::need_more)
          << n;
}

TEST(ProxyProtocol, RefusesEverythingElse) {
  for (const std::string& bad :
       {std::string("GET / HTTP/1.1\r\n"), std::string("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n"),
        std::string("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n"),
        std::string("PROXY TCP4 ::1 ::1 1 2\r\n"),
        std::string("PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n"),
        std::string("PROXY TCP4 1.2.3.4  5.6.7.8 1 2\r\n"),
        std::string("PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n"),
        std::string("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n"), "PROXY " + std::string(200, 'x'),
        v2(0x31, 0x11, kFour), v2(0x22, 0x11, kFour), v2(0x21, 0x11, "short"),
        v2(0x21, 0x21, kFour), v2(0x21, 0x11, std::string(1100, 'x'))})
    EXPECT_EQ(parse_proxy_header(bad).state, State::error) << bad;
}

}  // namespace
}  // namespace strims::proto
