#include "http/connection_limits.h"

namespace strims::http {

ConnectionLimits connection_limits(const config::HttpConfig& config) {
  ConnectionLimits limits;
  limits.parser.head = static_cast<size_t>(config.max_head_bytes);
  limits.parser.headers = static_cast<size_t>(config.max_headers);
  limits.head_timeout_ms = config.head_timeout_ms;
  limits.body_timeout_ms = config.body_timeout_ms;
  limits.idle_timeout_ms = config.idle_timeout_ms;
  limits.write_timeout_ms = config.write_timeout_ms;
  limits.response_deadline_ms = config.response_deadline_ms;
  limits.max_requests = static_cast<uint32_t>(config.max_requests_per_connection);
  limits.requests_per_turn = static_cast<uint32_t>(config.pipeline_max);
  return limits;
}

}  // namespace strims::http
