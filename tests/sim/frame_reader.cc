#include "sim/frame_reader.h"

#include <array>

#include "sim/trace.h"

namespace strims::sim {
namespace {

[[noreturn]] void broken(const std::string& what) {
  throw Violation("wire: " + what);
}

}  // namespace

FrameReader::~FrameReader() {
  if (window_open_) inflateEnd(&window_);
}

bool FrameReader::skip_head() {
  if (head_seen_) return true;
  if (buffer_.size() < kHead.size()) return false;
  if (!buffer_.starts_with(kHead)) broken("something comes before the answer to the upgrade");
  read_ = kHead.size();
  return head_seen_ = true;
}

std::optional<Frame> FrameReader::next() {
  if (!skip_head()) return std::nullopt;
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(buffer_[read_ + i]); };
  const size_t there = buffer_.size() - read_;
  if (there < 2) {
    buffer_.erase(0, std::exchange(read_, 0));
    return std::nullopt;
  }
  const uint8_t first = byte(0);
  if ((first & 0x80) == 0) broken("a fragment");
  if ((byte(1) & 0x80) != 0) broken("a masked frame");
  size_t length = byte(1) & 0x7f;
  size_t header = 2;
  if (length >= 126) {
    const size_t more = length == 126 ? 2 : 8;
    header += more;
    if (there < header) return std::nullopt;
    length = 0;
    for (size_t i = 0; i < more; ++i) length = length << 8 | byte(2 + i);
  }
  if (length > 4'000'000) broken("a frame of " + std::to_string(length) + " bytes");
  if (there < header + length) return std::nullopt;

  Frame frame;
  frame.payload = buffer_.substr(read_ + header, length);
  frame.packed = (first & 0x40) != 0;
  read_ += header + length;
  if ((first & 0x30) != 0) broken("reserved bits");
  switch (first & 15) {
    case 1:
      frame.kind = Frame::Kind::text;
      if (frame.packed) frame.payload = inflate_message(frame.payload);
      return frame;
    case 8:
      frame.kind = Frame::Kind::close;
      if (length >= 2)
        frame.code = static_cast<uint16_t>(static_cast<uint8_t>(frame.payload[0]) << 8 |
                                           static_cast<uint8_t>(frame.payload[1]));
      return frame;
    case 9:
      frame.kind = Frame::Kind::ping;
      return frame;
    case 10:
      frame.kind = Frame::Kind::pong;
      return frame;
    default:
      broken("opcode " + std::to_string(first & 15));
  }
}

std::string FrameReader::inflate_message(std::string_view packed) {
  if (!deflate_) broken("a compressed frame for a client that did not ask");
  if (!window_open_ && inflateInit2(&window_, -MAX_WBITS) != Z_OK)
    throw std::runtime_error("inflateInit2");
  window_open_ = true;
  std::string in(packed);
  in.append("\0\0\xff\xff", 4);
  std::string out;
  std::array<char, 16 * 1024> part;
  window_.next_in = reinterpret_cast<Bytef*>(in.data());
  window_.avail_in = static_cast<uInt>(in.size());
  do {
    window_.next_out = reinterpret_cast<Bytef*>(part.data());
    window_.avail_out = static_cast<uInt>(part.size());
    const int rc = inflate(&window_, Z_SYNC_FLUSH);
    if (rc != Z_OK && rc != Z_BUF_ERROR)
      broken("a compressed frame that refers to what was never sent to this reader");
    out.append(part.data(), part.size() - window_.avail_out);
  } while (window_.avail_out == 0);
  if (window_.avail_in != 0) broken("bytes behind a compressed message");
  return out;
}

}  // namespace strims::sim
