// The bounds of one HTTP connection.
#pragma once

#include <cstddef>
#include <cstdint>

#include "proto/http_parser.h"

namespace strims::http {

struct ConnectionLimits {
  proto::HttpLimits parser;
  // From the first byte (of a new connection: from the accept) to the end of the head: 408, or
  // closed in silence when nothing had come. The whole head, so sending it byte by byte does not
  // help.
  int64_t head_timeout_ms = 10'000;
  int64_t body_timeout_ms = 30'000;  // the whole body: 408
  int64_t idle_timeout_ms = 75'000;  // between requests: closed
  // For an answer to be taken, plus the time its size needs at `min_write_rate`: reset.
  int64_t write_timeout_ms = 30'000;
  int64_t min_write_rate = 4 * 1024;      // bytes per second
  int64_t response_deadline_ms = 10'000;  // for the handler: 503
  int64_t linger_timeout_ms =
      2'000;  // after an error answer the rest of the input is read and dropped
  size_t linger_bytes = 256 * 1024;  // ... up to here, so that the client gets to read the answer
  size_t read_bytes =
      16 * 1024;  // per read; what is read ahead of the current request is never more
  uint32_t max_requests = 10'000;   // then "Connection: close"
  uint32_t requests_per_turn = 16;  // pipelined requests served before others get their turn
};

}  // namespace strims::http
