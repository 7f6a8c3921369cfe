#include "http/middleware/forwarded.h"

#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace strims::http {
namespace {

// "192.0.2.1", "2001:db8::1", "[2001:db8::1]:80" or "192.0.2.1:80": some proxies add the port.
std::optional<IpAddress> parse_hop(std::string_view text) {
  text = trim_ows(text);
  if (text.starts_with('[')) return IpAddress::parse(text.substr(1, text.find(']') - 1));
  if (const auto address = IpAddress::parse(text)) return address;
  return IpAddress::parse(text.substr(0, text.rfind(':')));
}

// Several headers of the name are one list (RFC 9110 section 5.3). Walks it from the right.
std::optional<IpAddress> rightmost_untrusted(const proto::Request& request,
                                             const PrefixSet& trusted) {
  std::optional<IpAddress> last;
  const auto lists = request.headers_named("X-Forwarded-For");
  for (auto list = lists.rbegin(); list != lists.rend(); ++list) {
    std::string_view left = *list;
    while (true) {
      const size_t comma = left.rfind(',');
      const auto hop = parse_hop(comma == std::string_view::npos ? left : left.substr(comma + 1));
      if (!hop) return last;
      last = hop;
      if (!trusted.contains(*hop)) return last;
      if (comma == std::string_view::npos) break;
      left = left.substr(0, comma);
    }
  }
  return last;
}

}  // namespace

ClientOrigin client_origin(const proto::Request& request, const IpAddress& socket_peer,
                           bool socket_secure, const PrefixSet& trusted) {
  ClientOrigin out{socket_peer, socket_secure};
  if (!trusted.contains(socket_peer)) return out;
  if (request.has_header("X-Forwarded-For")) {
    if (const auto address = rightmost_untrusted(request, trusted)) out.address = *address;
  } else if (const auto address = parse_hop(request.header("X-Real-IP"))) {
    out.address = *address;
  }
  const auto protocols = request.headers_named("X-Forwarded-Proto");
  if (!protocols.empty()) {
    const std::string_view list = protocols.back();
    const size_t comma = list.rfind(',');
    const auto word = trim_ows(comma == std::string_view::npos ? list : list.substr(comma + 1));
    out.secure = ascii_iequals(word, "https");
  }
  return out;
}

}  // namespace strims::http
