// The chunked transfer coding (RFC 9112 section 7.1), decoded byte by byte so that the result does
// not depend on how the bytes come. Part of http_parser, which says why the general parser's own
// decoder is not used.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/http_parser.h"

namespace strims::proto {

class ChunkedDecoder {
 public:
  // `body_limit`: bytes of data over all chunks.
  explicit ChunkedDecoder(uint64_t body_limit) : room_(body_limit) {}

  // Appends data to `body`; returns how many bytes it consumed, the trailer section included.
  size_t feed(std::string_view bytes, std::string& body, const HttpLimits& limits);

  bool done() const { return phase_ == Phase::done; }
  const std::optional<HttpError>& error() const { return error_; }

 private:
  enum class Phase : uint8_t {
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer_name,
    trailer_value,
    trailer_lf,
    final_lf,
    done,
  };
  void take(char c, const HttpLimits& limits);
  void take_size(char c);
  void take_trailer(char c, const HttpLimits& limits);
  void begin_data();
  void fail(int status, std::string_view reason) { error_ = HttpError{status, reason}; }

  uint64_t room_;
  uint64_t left_ = 0;  // of the current chunk
  std::optional<HttpError> error_;
  size_t extensions_ = 0;
  size_t trailers_ = 0;
  int digits_ = 0;
  Phase phase_ = Phase::size;
};

}  // namespace strims::proto
