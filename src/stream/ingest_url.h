// What a publisher types into his program. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "config/schema.h"

namespace strims::stream {

struct IngestUrls {
  std::string rtmp;   // empty: nothing listens
  std::string rtmps;  // likewise
};

// The configured addresses, or such of `host` (a name or an address, an IPv6 one in brackets,
// without a port) with the port that the program listens at first.
IngestUrls ingest_urls(const config::StreamConfig& config, std::string_view host);

// A host that leads here: of server.public_url, else of the first listener, else "localhost".
std::string ingest_host(const config::Config& config);

}  // namespace strims::stream
