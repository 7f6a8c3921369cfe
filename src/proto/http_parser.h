// One HTTP/1.x request from bytes, in whatever pieces they come (RFC 9112). Sans-I/O; one thread at
// a time.
//
// Strict where a proxy in front of us and we could understand a message differently (request
// smuggling): what is refused is listed at `error()`. The result never depends on how the bytes
// were cut into pieces. After an error the connection must be closed, because the end of the broken
// message is not known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "proto/http_message.h"

namespace strims::proto {

struct HttpLimits {
  size_t head = 16 * 1024;   // request line and headers with their line ends: 431
  size_t target = 8 * 1024;  // request target: 414
  size_t method = 32;        // longer methods: 400
  size_t headers = 100;      // number of headers: 431
  size_t leading_empty_lines = 4;
  size_t chunk_extensions = 1024;  // bytes of all chunk extensions of a message: 400
  size_t trailers = 4 * 1024;      // bytes of the trailer section, which is dropped: 431
};

// What to answer before closing the connection.
struct HttpError {
  // 400, 413, 414, 417 or 431. Never 501 (method, transfer coding) or 505 (version), which the RFCs
  // allow: alarms watch the 5xx, and bad input must not set them off. The reason tells them apart.
  int status = 400;
  std::string_view reason = "bad_request";  // stable word, a literal
};

class HttpParser {
 public:
  enum class State {
    need_more,  // feed more bytes
    head,       // the head is complete: look at request(), then call accept_body()
    done,       // the request is complete: take()
    error,      // see error()
  };

  explicit HttpParser(const HttpLimits& limits = {});
  ~HttpParser();
  HttpParser(HttpParser&&) noexcept;
  HttpParser& operator=(HttpParser&&) noexcept;

  // Consumes bytes of this request and returns how many; what is left belongs to the next one
  // (pipelining). Stops at the end of the head and consumes nothing in the states head, done and
  // error.
  size_t feed(std::string_view bytes);
  State state() const;

  // In state head: go on with the body, of `limit` bytes at most. A larger Content-Length is the
  // error 413 at once, before any byte of the body was read; a chunked body fails at the chunk that
  // crosses the limit.
  void accept_body(uint64_t limit);
  // In state head: whether body bytes will follow (RFC 9112 section 6.3).
  bool expects_body() const;

  // Valid in the states head and done.
  const Request& request() const;
  // Moves the complete request out and makes the parser ready for the next one.
  Request take();

  // True once a byte of the current request was consumed, empty lines in front of it included.
  bool started() const;

  // In state error. Reason words:
  //   bad_request_line bad_method bad_target bad_escape dot_segment bad_path target_too_long
  //   method_unknown bad_version http_version bare_cr bare_lf obs_fold space_before_colon
  //   bad_header bad_header_value head_too_large too_many_headers bad_host host_mismatch
  //   bad_framing unsupported_coding expectation bad_chunk chunk_extension_too_long
  //   trailers_too_large body_too_large bad_request
  HttpError error() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> s_;
};

}  // namespace strims::proto
