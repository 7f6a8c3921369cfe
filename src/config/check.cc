#include "config/check.h"

#include <fmt/format.h>

#include <cctype>
#include <set>
#include <string>

#include "base/bytes.h"
#include "base/cidr.h"
#include "config/hook_server.h"
#include "config/schema.h"

namespace strims::config {
namespace {

std::unexpected<Error> bad(std::string what) {
  return fail(Errc::invalid, "config", std::move(what));
}

// "ADDR:PORT" with an IPv4 address, a bracketed IPv6 address or a host name; port 0 lets the kernel
// choose.
bool is_endpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto port = parse_u64(text.substr(colon + 1));
  if (!port || *port > 65535) return false;
  const std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return false;
    const auto address = IpAddress::parse(host.substr(1, host.size() - 2));
    return address.has_value();
  }
  if (host.empty() || host.find_first_not_of("0123456789.") == std::string_view::npos)
    return IpAddress::parse(host).has_value();
  for (const char c : host)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '.') return false;
  return true;
}

// "https://host" or "https://host:port", nothing behind it.
bool is_origin(std::string_view text) {
  const size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || text.size() == scheme) return false;
  return text.find_first_of("/?#@;, \t", scheme) == std::string_view::npos;
}

bool is_path(std::string_view text) {
  return text.size() > 1 && text.front() == '/' && text.back() != '/' &&
         text.find_first_of("?#% \t{}") == std::string_view::npos;
}

Result<void> check_endpoints(std::string_view key, const Strings& list,
                             std::set<std::string>& seen) {
  for (const auto& text : list) {
    if (!is_endpoint(text))
      return bad(fmt::format("{}: \"{}\" is not ADDR:PORT (IPv6 in brackets)", key, text));
    if (!text.ends_with(":0") && !seen.insert(text).second)
      return bad(fmt::format("{}: \"{}\" is listed twice", key, text));
  }
  return {};
}

Result<void> check_prefixes(std::string_view key, const Strings& list) {
  for (const auto& text : list)
    if (!Prefix::parse(text))
      return bad(fmt::format("{}: \"{}\" is not a prefix such as 10.0.0.0/8", key, text));
  return {};
}

Result<void> check_server(const Config& c) {
  std::set<std::string> seen;
  STRIMS_CHECK_OK(check_endpoints("server.listen", c.server.listen, seen));
  STRIMS_CHECK_OK(check_endpoints("server.strims_listen", c.server.strims_listen, seen));
  STRIMS_CHECK_OK(check_endpoints("tls.listen", c.tls.listen, seen));
  STRIMS_CHECK_OK(check_endpoints("stream.rtmp_listen", c.stream.rtmp_listen, seen));
  STRIMS_CHECK_OK(check_endpoints("stream.rtmps_listen", c.stream.rtmps_listen, seen));
  if (c.server.listen.empty() && c.server.strims_listen.empty() && c.tls.listen.empty())
    return bad("server.listen: at least one address is needed");
  STRIMS_CHECK_OK(check_prefixes("server.trusted_proxies", c.server.trusted_proxies));
  STRIMS_CHECK_OK(check_prefixes("metrics.allow", c.metrics.allow));
  if (c.server.proxy_protocol && c.server.trusted_proxies.empty())
    return bad("server.proxy_protocol: needs server.trusted_proxies");
  for (const auto& origin : c.server.origins)
    if (!is_origin(origin))
      return bad(
          fmt::format("server.origins: \"{}\" is not an origin such as https://host", origin));
  if (!c.server.public_url.empty() && !is_origin(c.server.public_url))
    return bad("server.public_url: expected an origin such as https://host, without a path");
  if (!is_path(c.server.ws_path) || !is_path(c.server.strims_path))
    return bad("server.ws_path, server.strims_path: expected a path such as /ws");
  if (!c.server.site_path.empty() && !is_path(c.server.site_path))
    return bad("server.site_path: expected a path such as /live, or nothing");
  if (c.server.ws_path == c.server.site_path)
    return bad("server.site_path: must differ from server.ws_path");
  if (c.server.ws_path == c.server.strims_path)
    return bad("server.strims_path: must differ from server.ws_path");
  if (c.server.data_dir.empty()) return bad("server.data_dir: must not be empty");
  if (c.storage.path.empty()) return bad("storage.path: must not be empty");
  if (c.tls.cert.empty() != c.tls.key.empty()) return bad("tls.cert, tls.key: both or neither");
  if (!c.tls.listen.empty() && c.tls.cert.empty())
    return bad("tls.listen: needs tls.cert and tls.key");
  return {};
}

Result<void> check_auth(const AuthConfig& a) {
  if (a.cookie_same_site == SameSite::none && a.cookie_secure != CookieSecure::always)
    return bad("auth.cookie_same_site: none needs auth.cookie_secure = \"always\"");
  if (!a.strims_jwt_secret.empty() && a.strims_jwt_secret.size() < 16)
    return bad("auth.strims_jwt_secret: must have at least 16 bytes");
  if (a.strims_jwt_cookie.empty()) return bad("auth.strims_jwt_cookie: must not be empty");
  if (a.password_max < a.password_min) return bad("auth.password_max: below auth.password_min");
  if (a.access_token_seconds > a.refresh_days * 86'400)
    return bad("auth.access_token_seconds: longer than auth.refresh_days");
  return {};
}

Result<void> check_chat(const ChatConfig& c) {
  if (c.throttle_max_ms < c.throttle_base_ms)
    return bad("chat.throttle_max_ms: below chat.throttle_base_ms");
  if (c.mute_default_seconds > c.mute_max_seconds)
    return bad("chat.mute_default_seconds: above chat.mute_max_seconds");
  if (c.poll_min_ms > c.poll_max_ms) return bad("chat.poll_min_ms: above chat.poll_max_ms");
  return {};
}

// "rtmp://host/app", with a port or without, nothing that a key could not stand behind.
bool is_rtmp_url(std::string_view text, std::string_view scheme) {
  if (!text.starts_with(scheme)) return false;
  text.remove_prefix(scheme.size());
  const size_t slash = text.find('/');
  return slash != 0 && slash != std::string_view::npos && slash + 1 < text.size() &&
         text.back() != '/' && text.find_first_of("?#@ \t\"<>") == std::string_view::npos;
}

Result<void> check_stream(const Config& c) {
  const StreamConfig& s = c.stream;
  if (!s.rtmps_listen.empty() && c.tls.cert.empty())
    return bad("stream.rtmps_listen: needs tls.cert and tls.key");
  if (!s.public_rtmp_url.empty() && !is_rtmp_url(s.public_rtmp_url, "rtmp://"))
    return bad("stream.public_rtmp_url: expected an address such as rtmp://host/live");
  if (!s.public_rtmps_url.empty() && !is_rtmp_url(s.public_rtmps_url, "rtmps://"))
    return bad("stream.public_rtmps_url: expected an address such as rtmps://host/live");
  if (s.segment_ms < s.part_ms) return bad("stream.segment_ms: below stream.part_ms");
  if (s.record_dir.empty()) return bad("stream.record_dir: must not be empty");
  if (s.thumbnails && s.ffmpeg.empty()) return bad("stream.thumbnails: needs stream.ffmpeg");
  if (const auto servers = parse_hook_servers(s.hook_servers); !servers)
    return bad("stream.hook_servers: " + servers.error().detail);
  return {};
}

Result<void> check_connections(const Config& c) {
  if (c.ws.pong_timeout_ms <= c.ws.ping_interval_ms)
    return bad("ws.pong_timeout_ms: must be above ws.ping_interval_ms");
  // Four bytes of UTF-8 for each code point, and room for the command around the text.
  if (c.ws.max_message_bytes < c.chat.max_message_runes * 4 + 256)
    return bad(
        "ws.max_message_bytes: too small for chat.max_message_runes (4 bytes each and 256 more)");
  if (c.ws.private_queue_bytes < c.ws.max_message_bytes)
    return bad("ws.private_queue_bytes: below ws.max_message_bytes");
  if (c.ws.commands_burst < c.ws.commands_per_second)
    return bad("ws.commands_burst: below ws.commands_per_second");
  if (c.http.max_connections_per_address > c.http.max_connections)
    return bad("http.max_connections_per_address: above http.max_connections");
  return {};
}

}  // namespace

Result<void> check(const Config& config) {
  STRIMS_CHECK_OK(check_server(config));
  STRIMS_CHECK_OK(check_auth(config.auth));
  STRIMS_CHECK_OK(check_chat(config.chat));
  STRIMS_CHECK_OK(check_stream(config));
  return check_connections(config);
}

}  // namespace strims::config
