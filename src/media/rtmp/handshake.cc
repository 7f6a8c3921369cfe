#include "media/rtmp/handshake.h"

#include <algorithm>

#include "base/bytes.h"
#include "media/rtmp/wire.h"

namespace strims::media {
namespace {

constexpr uint8_t kVersion = 3;
constexpr size_t kBlock = 1536;

// Time 0, version 0, and filler. The filler is no secret: it only has to differ from the other
// side's, so a fixed sequence does (section 5.2.3).
void append_hello(std::string& out, uint32_t seed) {
  out += static_cast<char>(kVersion);
  out.append(8, '\0');
  uint32_t state = seed | 1;
  for (size_t i = 8; i < kBlock; i += 4) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    append_be(out, state, 4);
  }
}

}  // namespace

void RtmpHandshake::begin(std::string& out) {
  append_hello(out, 0x436c6965);
}

Result<void> RtmpHandshake::receive(std::span<const uint8_t>& bytes, std::string& out) {
  if (stage_ == Stage::version && !bytes.empty()) {
    if (bytes[0] != kVersion)
      return fail(Errc::unsupported, "version", "the peer does not speak version 3 of RTMP");
    bytes = bytes.subspan(1);
    stage_ = Stage::block;
  }
  if (stage_ == Stage::block) take_block(bytes, out);
  if (stage_ == Stage::echo) take_echo(bytes);
  return {};
}

void RtmpHandshake::take_block(std::span<const uint8_t>& bytes, std::string& out) {
  const size_t n = std::min(bytes.size(), kBlock - block_.size());
  block_ += as_text(bytes.first(n));
  bytes = bytes.subspan(n);
  if (block_.size() < kBlock) return;
  if (side_ == Side::server) append_hello(out, ~load_be32(as_bytes(block_).data() + 8));
  // The time at which it was read would belong to bytes 4 to 7. We have no clock, and there are
  // clients that want their block back unchanged.
  out += block_;
  block_ = std::string();
  echo_left_ = kBlock;
  stage_ = Stage::echo;
}

// What comes back is not compared: clients that began with a digest send another digest here.
void RtmpHandshake::take_echo(std::span<const uint8_t>& bytes) {
  const size_t n = std::min<size_t>(bytes.size(), echo_left_);
  bytes = bytes.subspan(n);
  echo_left_ = static_cast<uint16_t>(echo_left_ - n);
  if (echo_left_ == 0) stage_ = Stage::done;
}

}  // namespace strims::media
