#include "http/origin.h"

#include <algorithm>

#include "base/bytes.h"

namespace strims::http {
namespace {

// "https://Example.org:8443" -> "example.org:8443"; "" when it is no origin ("null").
std::string host_of(std::string_view origin) {
  const size_t at = origin.find("://");
  return at == std::string_view::npos ? std::string() : ascii_lower(origin.substr(at + 3));
}

}  // namespace

bool origin_allowed(std::string_view origin, std::string_view host,
                    const std::vector<std::string>& list) {
  if (origin.empty()) return true;
  if (const std::string own = host_of(origin); !own.empty() && own == ascii_lower(host))
    return true;
  return std::any_of(list.begin(), list.end(), [&](const std::string& allowed) {
    return allowed == "*" || ascii_iequals(allowed, origin);
  });
}

bool origin_allowed(const proto::Request& request, const std::vector<std::string>& list) {
  const std::string_view host = request.header("Host");
  const auto origins = request.headers_named("Origin");
  return std::all_of(origins.begin(), origins.end(),
                     [&](std::string_view origin) { return origin_allowed(origin, host, list); });
}

}  // namespace strims::http
