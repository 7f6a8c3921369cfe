// Inflates the messages of clients that negotiated permessage-deflate (RFC 7692 section 7.2.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.h"

namespace strims::proto {

// One per shard, shared by all its connections: the handshake always answers
// client_no_context_takeover, so no message refers to an earlier one. Holds about 40 KB of zlib
// state from the first use on, and the output of the last message. One thread.
class WsInflater {
 public:
  WsInflater();
  ~WsInflater();
  WsInflater(WsInflater&&) noexcept;
  WsInflater& operator=(WsInflater&&) noexcept;

  // Inflates the whole payload of one compressed message, fragments joined. The four bytes 00 00 ff
  // ff that the sender left out are added here. The view is valid until the next call. Reads at
  // most `max_out` + 1 bytes out of the stream, whatever it claims. Errors: too_large/"too_large"
  // above `max_out` bytes; invalid/"invalid_deflate" when the data is no complete DEFLATE stream;
  // internal when zlib gets no memory.
  Result<std::string_view> inflate(std::string_view compressed, size_t max_out);

 private:
  struct Stream;  // z_stream
  Result<void> prepare(size_t expected);
  bool grow(size_t size, size_t ceiling);

  std::unique_ptr<Stream> stream_;
  std::unique_ptr<char[]> out_;
  size_t capacity_ = 0;
};

}  // namespace strims::proto
