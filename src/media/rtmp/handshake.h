// The handshake of RTMP 1.0, section 5.2: each side sends a version byte and 1536 bytes, and the
// other one's 1536 bytes back. Sans-I/O; all calls on one thread.
//
// The form with digests, with which Flash and some encoders begin, is answered like the plain one:
// the version 0 in bytes 4 to 7 of our block tells them that we do not know it, and they go on
// without.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/error.h"

namespace strims::media {

class RtmpHandshake {
 public:
  enum class Side : uint8_t { server, client };

  explicit RtmpHandshake(Side side) : side_(side) {}

  // A client's first bytes, C0 and C1.
  static void begin(std::string& out);

  // Takes its part from the front of `bytes` and appends what is to be answered to `out`. Errors:
  // "version", at the first byte.
  Result<void> receive(std::span<const uint8_t>& bytes, std::string& out);
  // Whether what follows are chunks.
  bool done() const { return stage_ == Stage::done; }
  // Heap bytes held now: none unless the other side's block is cut.
  size_t held_bytes() const { return block_.empty() ? 0 : block_.capacity(); }

 private:
  enum class Stage : uint8_t { version, block, echo, done };

  void take_block(std::span<const uint8_t>& bytes, std::string& out);
  void take_echo(std::span<const uint8_t>& bytes);

  std::string block_;       // what has come of C1 or S1
  uint16_t echo_left_ = 0;  // bytes of C2 or S2 that are still to come
  Side side_;
  Stage stage_ = Stage::version;
};

}  // namespace strims::media
