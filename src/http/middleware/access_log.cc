#include "http/middleware/access_log.h"

#include "base/clock.h"
#include "obs/log.h"

namespace strims::http {
namespace {

// Paths with a secret in them: who reads the log must not be able to play, or to speak for a media
// server, by what he reads.
struct SecretPath {
  std::string_view prefix;
  bool to_the_end = false;  // all that follows is hidden, else the step behind the prefix
};
constexpr SecretPath kSecretPaths[] = {{"/hls/"}, {"/vod/"}, {"/hooks/", true}};

std::string shown_path(const std::string& path) {
  for (const auto& [prefix, to_the_end] : kSecretPaths) {
    if (!path.starts_with(prefix)) continue;
    const size_t end = to_the_end ? std::string::npos : path.find('/', prefix.size());
    return std::string(prefix) + "..." + (end == std::string::npos ? "" : path.substr(end));
  }
  return path;
}

}  // namespace

void AccessLogStep::after(const Exchange& exchange, proto::Response& response) {
  const obs::Level level = response.status >= 500 ? obs::Level::warn : obs::Level::info;
  if (!obs::log_enabled(level)) return;
  const obs::LogScope scope(exchange.request_id);
  obs::log(level, "http.request",
           {{"method", exchange.method},
            {"path", shown_path(exchange.path)},
            {"status", response.status},
            {"ms", static_cast<double>(mono_ns() - exchange.start_ns) / 1e6},
            {"bytes", exchange.method == "HEAD" ? 0 : response.content_length()},
            {"peer", exchange.peer.to_string()}});
}

}  // namespace strims::http
