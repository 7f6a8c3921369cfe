#include "proto/http_rules.h"

#include "base/bytes.h"
#include "proto/url.h"

namespace strims::proto {
namespace {

using Check = std::optional<HttpError>;

// RFC 9112 section 6.3, without its tolerant corners: whatever two parsers could read in two ways
// is refused.
Check check_framing(const Request& request, Framing& framing) {
  const auto lengths = request.headers_named("Content-Length");
  const auto codings = request.headers_named("Transfer-Encoding");
  if (!lengths.empty() && !codings.empty()) return HttpError{400, "bad_framing"};
  if (lengths.size() > 1 || codings.size() > 1) return HttpError{400, "bad_framing"};
  if (!lengths.empty()) {
    const auto length = parse_u64(lengths[0]);
    if (!length || *length > INT64_MAX) return HttpError{400, "bad_framing"};
    framing.content_length = *length;
  }
  if (!codings.empty()) {
    if (request.version_minor == 0) return HttpError{400, "bad_framing"};
    if (!ascii_iequals(codings[0], "chunked")) {
      // Section 6.1: other codings in front of a final "chunked" are proper, but we do not speak
      // them. It allows 501 for that; we say 400, because a 5xx is what operators are woken for and
      // no client's input may cause one.
      const size_t comma = codings[0].rfind(',');
      const bool ends_chunked = comma != std::string_view::npos &&
                                ascii_iequals(trim_ows(codings[0].substr(comma + 1)), "chunked") &&
                                !list_has_token(codings[0].substr(0, comma), "chunked");
      if (ends_chunked) return HttpError{400, "unsupported_coding"};
      return HttpError{400, "bad_framing"};
    }
    framing.chunked = true;
  }
  return std::nullopt;
}

// "example.org:80" and "example.org" are the same place for http, ":443" for https.
std::string_view without_default_port(std::string_view authority, bool https) {
  const std::string_view port = https ? ":443" : ":80";
  if (authority.ends_with(port)) authority.remove_suffix(port.size());
  return authority;
}

// RFC 9112 section 3.2.
Check check_host(const Request& request, const Target& target) {
  const auto hosts = request.headers_named("Host");
  if (hosts.size() > 1) return HttpError{400, "bad_host"};
  if (hosts.empty()) {
    if (request.version_minor == 1) return HttpError{400, "bad_host"};
    return std::nullopt;
  }
  if (!is_authority(hosts[0])) return HttpError{400, "bad_host"};
  if (target.authority.empty()) return std::nullopt;
  const bool https = ascii_iequals(std::string_view(request.target).substr(0, 6), "https:");
  if (!ascii_iequals(without_default_port(hosts[0], https),
                     without_default_port(target.authority, https)))
    return HttpError{400, "host_mismatch"};
  return std::nullopt;
}

}  // namespace

std::optional<HttpError> apply_rules(Request& request, Framing& framing) {
  auto target = parse_target(request.target);
  if (!target) return HttpError{400, target.error().reason};
  if (target->path == "*" && request.method != "OPTIONS") return HttpError{400, "bad_target"};
  if (request.method == "CONNECT") return HttpError{400, "bad_target"};
  if (auto error = check_host(request, *target)) return error;
  if (auto error = check_framing(request, framing)) return error;
  if (request.version_minor == 1) {
    // RFC 9110 section 10.1.1.
    for (const std::string_view expect : request.headers_named("Expect")) {
      if (!ascii_iequals(expect, "100-continue")) return HttpError{417, "expectation"};
      request.expect_continue = true;
    }
  }
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  // RFC 9112 section 9.3.
  request.keep_alive =
      !request.header_has_token("Connection", "close") &&
      (request.version_minor == 1 || request.header_has_token("Connection", "keep-alive"));
  return std::nullopt;
}

}  // namespace strims::proto
