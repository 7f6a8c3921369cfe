// For tests only: the far end of a compressed stream of messages, made of zlib alone.
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace strims::proto::ws_testing {

// Inflates messages one after the other and keeps the window (RFC 7692 section 7.2.2).
class WindowReader {
 public:
  WindowReader() {
    if (inflateInit2(&z_, -MAX_WBITS) != Z_OK) throw std::runtime_error("inflateInit2");
  }
  ~WindowReader() { inflateEnd(&z_); }
  WindowReader(const WindowReader&) = delete;
  WindowReader& operator=(const WindowReader&) = delete;

  // The text of one compressed message; "damaged" when it refers to what this reader has not read.
  std::string read(std::string_view payload) {
    std::string packed(payload);
    packed.append("\0\0\xff\xff", 4);
    std::string out(1 << 20, '\0');
    z_.next_in = reinterpret_cast<Bytef*>(packed.data());
    z_.avail_in = static_cast<uInt>(packed.size());
    z_.next_out = reinterpret_cast<Bytef*>(out.data());
    z_.avail_out = static_cast<uInt>(out.size());
    const int rc = inflate(&z_, Z_SYNC_FLUSH);
    if ((rc != Z_OK && rc != Z_BUF_ERROR) || z_.avail_in != 0) return "damaged";
    out.resize(out.size() - z_.avail_out);
    return out;
  }

 private:
  z_stream z_{};
};

}  // namespace strims::proto::ws_testing
