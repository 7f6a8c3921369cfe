#include "http/middleware/cors.h"

#include <algorithm>

namespace strims::http {
namespace {

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

}  // namespace

CorsStep::CorsStep(CorsOptions options, const Router& router)
    : options_(std::move(options)),
      router_(router),
      allowed_headers_(join(options_.allowed_headers)),
      exposed_headers_(join(options_.exposed_headers)) {}

bool CorsStep::is_allowed(std::string_view origin) const {
  return std::ranges::find(options_.origins, origin) != options_.origins.end();
}

bool CorsStep::is_public(const Exchange& exchange) const {
  if (exchange.route != nullptr && exchange.route->public_cors) return true;
  return std::ranges::any_of(options_.public_prefixes, [&](const std::string& prefix) {
    return exchange.path.starts_with(prefix);
  });
}

std::optional<proto::Response> CorsStep::before(RequestContext& context, Exchange& exchange) {
  if (context.request.method != "OPTIONS" || exchange.preflight_method.empty()) return std::nullopt;
  const auto match = router_.match(exchange.preflight_method, context.request.path);
  if (match.route != nullptr) exchange.route = match.route;
  if (!is_allowed(exchange.origin) && !is_public(exchange)) return std::nullopt;
  if (match.allow.empty()) return std::nullopt;
  proto::Response response = proto::Response::empty(204);
  response.set("Access-Control-Allow-Methods", match.allow);
  response.set("Access-Control-Allow-Headers", allowed_headers_);
  response.set("Access-Control-Max-Age", std::to_string(options_.max_age_s));
  return response;
}

void CorsStep::after(const Exchange& exchange, proto::Response& response) {
  const bool is_open = is_public(exchange);
  // Caches must not hand an answer made for one origin to another.
  if (!options_.origins.empty()) response.add("Vary", "Origin");
  if (exchange.origin.empty() || response.has_header("Access-Control-Allow-Origin")) return;
  if (is_allowed(exchange.origin)) {
    response.set("Access-Control-Allow-Origin", exchange.origin);
    response.set("Access-Control-Allow-Credentials", "true");
  } else if (is_open) {
    response.set("Access-Control-Allow-Origin", "*");
  } else {
    return;
  }
  if (exchange.preflight_method.empty())
    response.set("Access-Control-Expose-Headers", exposed_headers_);
}

}  // namespace strims::http
