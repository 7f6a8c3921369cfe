#include "proto/http_chunked.h"

#include <algorithm>

#include "base/bytes.h"
#include "proto/http_head_scan.h"

namespace strims::proto {
size_t ChunkedDecoder::feed(std::string_view bytes, std::string& body, const HttpLimits& limits) {
  size_t used = 0;
  while (used < bytes.size() && !done() && !error_) {
    if (phase_ == Phase::data) {
      const size_t n = std::min<uint64_t>(left_, bytes.size() - used);
      body.append(bytes, used, n);
      used += n;
      left_ -= n;
      if (left_ == 0) phase_ = Phase::data_cr;
    } else {
      take(bytes[used++], limits);
    }
  }
  return used;
}

void ChunkedDecoder::take(char c, const HttpLimits& limits) {
  switch (phase_) {
    case Phase::size:
      return take_size(c);
    case Phase::extension:
      if (c == '\r') {
        phase_ = Phase::size_lf;
      } else if (!is_value_byte(c)) {
        fail(400, "bad_chunk");
      } else if (++extensions_ > limits.chunk_extensions) {
        fail(400, "chunk_extension_too_long");
      }
      return;
    case Phase::size_lf:
      return c == '\n' ? begin_data() : fail(400, "bad_chunk");
    case Phase::data_cr:
      if (c != '\r') return fail(400, "bad_chunk");
      phase_ = Phase::data_lf;
      return;
    case Phase::data_lf:
      if (c != '\n') return fail(400, "bad_chunk");
      phase_ = Phase::size;
      return;
    default:
      return take_trailer(c, limits);
  }
}

// 1*HEXDIG and then ';' or the line end at once: white space here is read differently by different
// servers.
void ChunkedDecoder::take_size(char c) {
  const int digit = hex_value(c);
  if (digit >= 0) {
    if (++digits_ > 15) return fail(400, "bad_chunk");
    left_ = left_ << 4 | static_cast<uint64_t>(digit);
    return;
  }
  if (digits_ == 0) return fail(400, "bad_chunk");
  if (c == ';') {
    phase_ = Phase::extension;
  } else if (c == '\r') {
    phase_ = Phase::size_lf;
  } else {
    fail(400, "bad_chunk");
  }
}

void ChunkedDecoder::begin_data() {
  digits_ = 0;
  if (left_ == 0) {
    phase_ = Phase::trailer_start;
    return;
  }
  if (left_ > room_) return fail(413, "body_too_large");
  room_ -= left_;
  phase_ = Phase::data;
}

// Trailers are checked like headers and dropped: none that we know may change how a request is
// handled.
void ChunkedDecoder::take_trailer(char c, const HttpLimits& limits) {
  if (++trailers_ > limits.trailers) return fail(431, "trailers_too_large");
  switch (phase_) {
    case Phase::trailer_start:
      if (c == '\r') {
        phase_ = Phase::final_lf;
      } else if (is_tchar(c)) {
        phase_ = Phase::trailer_name;
      } else {
        fail(400, "bad_chunk");
      }
      return;
    case Phase::trailer_name:
      if (c == ':') {
        phase_ = Phase::trailer_value;
      } else if (!is_tchar(c)) {
        fail(400, "bad_chunk");
      }
      return;
    case Phase::trailer_value:
      if (c == '\r') {
        phase_ = Phase::trailer_lf;
      } else if (!is_value_byte(c)) {
        fail(400, "bad_chunk");
      }
      return;
    case Phase::trailer_lf:
      if (c != '\n') return fail(400, "bad_chunk");
      phase_ = Phase::trailer_start;
      return;
    case Phase::final_lf:
      if (c != '\n') return fail(400, "bad_chunk");
      phase_ = Phase::done;
      return;
    default:
      return;
  }
}

}  // namespace strims::proto
