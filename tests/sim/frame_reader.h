// A client's reading of the wire: WebSocket frames (RFC 6455), compressed ones with a window that
// is kept (RFC 7692). Written for itself, so that it shares no mistake with the server.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace strims::sim {

struct Frame {
  enum class Kind : uint8_t { text, ping, pong, close };
  Kind kind = Kind::text;
  std::string payload;
  uint16_t code = 0;  // close
  bool packed = false;
};

class FrameReader {
 public:
  explicit FrameReader(bool deflate) : deflate_(deflate) {}
  ~FrameReader();
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  void feed(std::string_view bytes) { buffer_ += bytes; }
  // The next whole frame. Throws Violation when the server breaks the rules of the wire.
  std::optional<Frame> next();

  static constexpr std::string_view kHead = "HEAD";  // in the place of the 101

 private:
  bool skip_head();
  std::string inflate_message(std::string_view packed);

  const bool deflate_;
  bool head_seen_ = false;
  bool window_open_ = false;
  std::string buffer_;
  size_t read_ = 0;
  z_stream window_{};
};

}  // namespace strims::sim
