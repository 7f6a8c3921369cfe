// A client's half of permessage-deflate with context takeover (RFC 7692), by zlib's own inflate.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

namespace strims::load {

// One per connection that reads compressed messages: some 40 KB from the first use on.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  // The text of one compressed message; nothing when it cannot be inflated. Valid until any
  // Inflater's next call. `keep_window` is false when the server agreed to
  // server_no_context_takeover.
  std::optional<std::string_view> inflate(std::string_view message, bool keep_window);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace strims::load
