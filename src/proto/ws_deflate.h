// Deflates messages for clients that negotiated permessage-deflate and keep the window between
// messages (RFC 7692 section 7.2.1, server context takeover).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace strims::proto {

// One stream: whoever reads its messages must have read all of them since the last restart(). One
// feed has one, and all its readers share what comes out. Holds 268 KB of zlib state from the first
// message on. One thread.
class WsDeflater {
 public:
  // `level`: zlib's, 1 (fast) to 9 (small).
  explicit WsDeflater(int level);
  ~WsDeflater();
  WsDeflater(WsDeflater&&) noexcept;

  // The next message refers to nothing before it, so that a reader may begin with it.
  void restart();
  // Appends `text` as one unfragmented text frame, compressed (RSV1). False when zlib has no
  // memory: nothing is appended, and the stream must be restarted.
  bool append_text_frame(std::string& out, std::string_view text);

 private:
  struct Stream;  // z_stream
  bool prepare();

  int level_;
  std::unique_ptr<Stream> stream_;
  std::string packed_;
};

}  // namespace strims::proto
