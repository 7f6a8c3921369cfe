#include "stream/ingest_url.h"

#include <fmt/format.h>

namespace strims::stream {
namespace {

constexpr std::string_view kApp = "live";

// "ADDR:PORT" has been checked by the configuration.
std::string_view port_of(std::string_view endpoint) {
  return endpoint.substr(endpoint.rfind(':') + 1);
}
std::string_view host_of(std::string_view endpoint) {
  return endpoint.substr(0, endpoint.rfind(':'));
}

std::string url(std::string_view scheme, std::string_view host, std::string_view port,
                std::string_view usual_port) {
  if (port == usual_port) return fmt::format("{}://{}/{}", scheme, host, kApp);
  return fmt::format("{}://{}:{}/{}", scheme, host, port, kApp);
}

bool is_wildcard(std::string_view host) {
  return host == "0.0.0.0" || host == "[::]";
}

}  // namespace

IngestUrls ingest_urls(const config::StreamConfig& config, std::string_view host) {
  IngestUrls out{config.public_rtmp_url, config.public_rtmps_url};
  if (out.rtmp.empty() && !config.rtmp_listen.empty())
    out.rtmp = url("rtmp", host, port_of(config.rtmp_listen.front()), "1935");
  if (out.rtmps.empty() && !config.rtmps_listen.empty())
    out.rtmps = url("rtmps", host, port_of(config.rtmps_listen.front()), "443");
  return out;
}

std::string ingest_host(const config::Config& config) {
  std::string_view site = config.server.public_url;
  if (const size_t scheme = site.find("://"); scheme != std::string_view::npos) {
    site.remove_prefix(scheme + 3);
    // A colon that stands behind no bracket begins the port.
    const size_t colon = site.rfind(':');
    if (colon != std::string_view::npos && site.find(']', colon) == std::string_view::npos)
      site = site.substr(0, colon);
    return std::string(site);
  }
  if (!config.stream.rtmp_listen.empty()) {
    const std::string_view host = host_of(config.stream.rtmp_listen.front());
    if (!is_wildcard(host)) return std::string(host);
  }
  return "localhost";
}

}  // namespace strims::stream
