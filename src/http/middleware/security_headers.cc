#include "http/middleware/security_headers.h"

namespace strims::http {

SecurityHeadersStep::SecurityHeadersStep(SecurityOptions options)
    : options_(std::move(options)),
      page_policy_(options_.content_policy + "; frame-ancestors " + options_.frame_ancestors) {}

void SecurityHeadersStep::after(const Exchange& exchange, proto::Response& response) {
  const auto set_missing = [&](std::string_view name, std::string_view value) {
    if (!response.has_header(name)) response.add(name, value);
  };
  set_missing("X-Content-Type-Options", "nosniff");
  set_missing("Referrer-Policy", "strict-origin-when-cross-origin");
  // A 304 has no Content-Type to tell a page by, and browsers would put its policy in place of the
  // cached page's.
  if (response.status != 304) {
    const bool page = response.header("Content-Type").starts_with("text/html");
    set_missing("Content-Security-Policy", page ? std::string_view(page_policy_)
                                                : "default-src 'none'; frame-ancestors 'none'");
  }
  if (options_.hsts_s > 0 && exchange.secure)
    set_missing("Strict-Transport-Security", "max-age=" + std::to_string(options_.hsts_s));
}

}  // namespace strims::http
