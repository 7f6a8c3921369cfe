#include "proto/ws_deflate.h"

#include <zlib.h>

#include "proto/ws_encoder.h"

namespace strims::proto {
namespace {

// What every flushed message ends with and no message carries (RFC 7692 section 7.2.1).
constexpr size_t kTail = 4;
// Memory for zlib's hash and buffer: 8 is its default, 9 costs 128 KB more.
constexpr int kMemLevel = 8;

}  // namespace

struct WsDeflater::Stream {
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { deflateEnd(&z); }
  z_stream z{};
};

WsDeflater::WsDeflater(int level) : level_(level) {}
WsDeflater::~WsDeflater() = default;
WsDeflater::WsDeflater(WsDeflater&&) noexcept = default;

bool WsDeflater::prepare() {
  if (stream_) return true;
  auto stream = std::make_unique<Stream>();
  if (deflateInit2(&stream->z, level_, Z_DEFLATED, -MAX_WBITS, kMemLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    return false;
  stream_ = std::move(stream);
  return true;
}

// Each message ends on a byte boundary with an open stream, so a new stream may follow it: a reader
// sees one that refers to nothing.
void WsDeflater::restart() {
  if (stream_ && deflateReset(&stream_->z) != Z_OK) stream_.reset();
}

bool WsDeflater::append_text_frame(std::string& out, std::string_view text) {
  if (text.empty()) {
    // An empty block; a second flush in a row would give none (RFC 7692 section 7.2.3.6).
    append_frame(out, WsOpcode::text, std::string_view("\0", 1), true, true);
    return true;
  }
  if (!prepare()) return false;
  z_stream& z = stream_->z;
  // zlib does not write to its input; next_in is const only when ZLIB_CONST is set.
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  // Room for everything at once: the bound is for Z_FINISH; a flush adds an empty block.
  const size_t room = deflateBound(&z, static_cast<uLong>(text.size())) + 16;
  if (packed_.size() < room) packed_.resize(room);
  z.next_out = reinterpret_cast<Bytef*>(packed_.data());
  z.avail_out = static_cast<uInt>(packed_.size());
  if (deflate(&z, Z_SYNC_FLUSH) != Z_OK || z.avail_out == 0) {
    stream_.reset();
    return false;
  }
  const size_t size = packed_.size() - z.avail_out;
  append_frame(out, WsOpcode::text, std::string_view(packed_.data(), size - kTail), true, true);
  return true;
}

}  // namespace strims::proto
