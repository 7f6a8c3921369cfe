#include "net/endpoint.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/cidr.h"

namespace strims::net {

Result<Endpoint> Endpoint::parse(std::string_view text) {
  const auto bad = [&] {
    return fail(
        Errc::invalid, "bad_endpoint",
        "'" + std::string(text) + "' is not ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080");
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const auto port = parse_u64(digits);
  if (!port || *port > 65'535 || digits.size() > 5) return bad();
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host == "localhost" && !bracketed) host = "127.0.0.1";
  const bool has_colon = host.find(':') != std::string_view::npos;
  if (has_colon != bracketed || !IpAddress::parse(host)) return bad();
  return Endpoint{std::string(host), static_cast<uint16_t>(*port)};
}

std::string Endpoint::to_string() const {
  const std::string digits = std::to_string(port);
  return host.find(':') == std::string::npos ? host + ":" + digits : "[" + host + "]:" + digits;
}

}  // namespace strims::net
