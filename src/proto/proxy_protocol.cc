#include "proto/proxy_protocol.h"

#include <array>

#include "base/bytes.h"

namespace strims::proto {
namespace {

using State = ProxyResult::State;

constexpr std::string_view kV1Prefix = "PROXY ";
constexpr size_t kV1Max = 107;  // with CRLF, by the specification
constexpr std::string_view kV2Signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kV2Head = 16;

ProxyResult broken(std::string_view reason) {
  ProxyResult r;
  r.state = State::error;
  r.reason = reason;
  return r;
}

// Cuts the next word off; words are parted by exactly one space.
std::string_view next_word(std::string_view& line) {
  const size_t space = line.find(' ');
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  return word;
}

std::optional<uint16_t> parse_port(std::string_view text) {
  const auto port = parse_u64(text);
  if (!port || *port > 65535 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  return static_cast<uint16_t>(*port);
}

ProxyResult parse_v1(std::string_view bytes) {
  const size_t end = bytes.substr(0, kV1Max).find('\n');
  if (end == std::string_view::npos)
    return bytes.size() >= kV1Max ? broken("proxy_too_long") : ProxyResult{};
  if (bytes[end - 1] != '\r') return broken("proxy_bad_line");
  std::string_view line = bytes.substr(kV1Prefix.size(), end - 1 - kV1Prefix.size());
  ProxyResult result;
  result.state = State::header;
  result.consumed = end + 1;
  const std::string_view family = next_word(line);
  if (family == "UNKNOWN") return result;  // whatever follows is to be ignored
  if (family != "TCP4" && family != "TCP6") return broken("proxy_bad_family");
  const auto source = IpAddress::parse(next_word(line));
  const auto destination = IpAddress::parse(next_word(line));
  const auto source_port = parse_port(next_word(line));
  const auto destination_port = parse_port(line);
  if (!source || !destination || !source_port || !destination_port)
    return broken("proxy_bad_address");
  // An IPv4-mapped IPv6 address counts as IPv4 everywhere here, so TCP6 may carry one.
  if (family == "TCP4" && (!source->is_v4() || !destination->is_v4()))
    return broken("proxy_bad_address");
  result.addresses = ProxyAddresses{*source, *destination, *source_port, *destination_port};
  return result;
}

ProxyResult parse_v2(std::string_view text) {
  if (text.size() < kV2Head) return {};
  const auto* p = reinterpret_cast<const uint8_t*>(text.data());
  const int version = p[12] >> 4;
  const int command = p[12] & 15;
  const int family = p[13] >> 4;
  const int transport = p[13] & 15;
  const size_t length = load_be16(p + 14);
  if (version != 2 || command > 1) return broken("proxy_bad_version");
  if (family > 3 || transport > 2) return broken("proxy_bad_family");
  if (kV2Head + length > kMaxProxyHeader) return broken("proxy_too_long");
  if (text.size() < kV2Head + length) return {};
  ProxyResult result;
  result.state = State::header;
  result.consumed = kV2Head + length;
  if (command == 0 || transport != 1) return result;  // LOCAL, or not a TCP connection
  const uint8_t* a = p + kV2Head;
  ProxyAddresses out;
  if (family == 1) {
    if (length < 12) return broken("proxy_bad_address");
    out = {IpAddress::from_v4(load_be32(a)), IpAddress::from_v4(load_be32(a + 4)), load_be16(a + 8),
           load_be16(a + 10)};
  } else if (family == 2) {
    if (length < 36) return broken("proxy_bad_address");
    out = {IpAddress::from_v6(a), IpAddress::from_v6(a + 16), load_be16(a + 32), load_be16(a + 34)};
  } else {
    return result;  // AF_UNSPEC, AF_UNIX
  }
  result.addresses = out;
  return result;
}

// Whether one text begins with the other.
bool agree(std::string_view a, std::string_view b) {
  const size_t n = std::min(a.size(), b.size());
  return a.substr(0, n) == b.substr(0, n);
}

}  // namespace

ProxyResult parse_proxy_header(std::string_view bytes) {
  if (agree(bytes, kV1Prefix))
    return bytes.size() < kV1Prefix.size() ? ProxyResult{} : parse_v1(bytes);
  if (agree(bytes, kV2Signature))
    return bytes.size() < kV2Signature.size() ? ProxyResult{} : parse_v2(bytes);
  return broken("proxy_missing");
}

}  // namespace strims::proto
