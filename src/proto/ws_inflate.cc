#include "proto/ws_inflate.h"

#include <zlib.h>
#include <algorithm>
#include <cstring>

namespace strims::proto {
namespace {

constexpr size_t kFirstCapacity = 4 * 1024;
// A larger output buffer is given back at the next call.
constexpr size_t kKeptCapacity = 64 * 1024;
// zlib counts in 32 bits; no message comes near.
constexpr size_t kMaxSize = size_t{1} << 30;
// What the sender left out (RFC 7692 section 7.2.1).
constexpr unsigned char kTail[4] = {0x00, 0x00, 0xff, 0xff};

// True when the stream stands right after a block and on a byte boundary: the only place where a
// message may end (zlib.h on data_type: 128 = end of a block, the low bits = unread bits of the
// last byte).
bool at_block_end(const z_stream& z) {
  return (z.data_type & 128) != 0 && (z.data_type & 63) == 0;
}

std::unexpected<Error> invalid_deflate() {
  return fail(Errc::invalid, "invalid_deflate", "The compressed message is damaged.");
}
std::unexpected<Error> no_memory() {
  return fail(Errc::internal, "unknown", "No memory to inflate.");
}
std::unexpected<Error> too_large() {
  return fail(Errc::too_large, "too_large", "The message is too long.");
}

}  // namespace

struct WsInflater::Stream {
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (open) inflateEnd(&z);
  }
  z_stream z{};
  bool open = false;
};

WsInflater::WsInflater() = default;
WsInflater::~WsInflater() = default;
WsInflater::WsInflater(WsInflater&&) noexcept = default;
WsInflater& WsInflater::operator=(WsInflater&&) noexcept = default;

Result<void> WsInflater::prepare(size_t expected) {
  if (!stream_) stream_ = std::make_unique<Stream>();
  // Raw DEFLATE with the largest window reads whatever window the client compresses with.
  const int rc = stream_->open ? inflateReset(&stream_->z) : inflateInit2(&stream_->z, -MAX_WBITS);
  if (rc != Z_OK) return no_memory();
  stream_->open = true;
  if (capacity_ > kKeptCapacity || capacity_ < expected) {
    out_ = std::make_unique_for_overwrite<char[]>(expected);
    capacity_ = expected;
  }
  return {};
}

// Makes room for more after `size` bytes; false when the ceiling is reached.
bool WsInflater::grow(size_t size, size_t ceiling) {
  if (capacity_ >= ceiling) return false;
  const size_t capacity = std::min(ceiling, capacity_ * 2);
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  std::memcpy(larger.get(), out_.get(), size);
  out_ = std::move(larger);
  capacity_ = capacity;
  return true;
}

Result<std::string_view> WsInflater::inflate(std::string_view compressed, size_t max_out) {
  max_out = std::min(max_out, kMaxSize);
  if (compressed.size() > kMaxSize) return too_large();
  // One byte more than permitted shows that a message is too long.
  const size_t ceiling = max_out + 1;
  STRIMS_CHECK_OK(prepare(std::min(ceiling, std::max(kFirstCapacity, compressed.size() * 3))));
  z_stream& z = stream_->z;
  size_t size = 0;
  int rc = Z_OK;
  const std::string_view pieces[] = {compressed,
                                     {reinterpret_cast<const char*>(kTail), sizeof kTail}};
  for (const std::string_view piece : pieces) {
    // zlib does not write to its input; next_in is const only when ZLIB_CONST is set.
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    z.avail_in = static_cast<uInt>(piece.size());
    do {
      if (size == capacity_ && !grow(size, ceiling)) return too_large();
      z.next_out = reinterpret_cast<Bytef*>(out_.get() + size);
      z.avail_out = static_cast<uInt>(capacity_ - size);
      rc = ::inflate(&z, Z_SYNC_FLUSH);
      size = capacity_ - z.avail_out;
      if (size > max_out) return too_large();
      if (rc == Z_MEM_ERROR) return no_memory();
      // A block marked as final ends the stream, not the message (RFC 7692 section 7.2.3.4).
      if (rc == Z_STREAM_END && inflateReset(&z) != Z_OK) return invalid_deflate();
      if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR) return invalid_deflate();
    } while (z.avail_in > 0 || z.avail_out == 0);
  }
  if (rc != Z_STREAM_END && !at_block_end(z)) return invalid_deflate();
  return std::string_view(out_.get(), size);
}

}  // namespace strims::proto
