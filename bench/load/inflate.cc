#include "load/inflate.h"

#include <zlib.h>

#include <vector>

namespace strims::load {
namespace {

constexpr size_t kMaxMessage = 64 << 20;

// One for all: a message is looked at before the next one is inflated.
std::vector<char>& output() {
  static std::vector<char> buffer(256 * 1024);
  return buffer;
}

}  // namespace

struct Inflater::Stream {
  z_stream z{};
};

Inflater::Inflater() : stream_(std::make_unique<Stream>()) {
  inflateInit2(&stream_->z, -15);
}

Inflater::~Inflater() {
  inflateEnd(&stream_->z);
}

std::optional<std::string_view> Inflater::inflate(std::string_view message, bool keep_window) {
  static const unsigned char kTail[4] = {0x00, 0x00, 0xff, 0xff};
  z_stream& z = stream_->z;
  std::vector<char>& out = output();
  size_t size = 0;
  const auto run = [&](const unsigned char* data, size_t length) {
    z.next_in = const_cast<unsigned char*>(data);
    z.avail_in = static_cast<uInt>(length);
    do {
      if (size == out.size()) {
        if (size >= kMaxMessage) return false;
        out.resize(out.size() * 2);
      }
      z.next_out = reinterpret_cast<unsigned char*>(out.data() + size);
      z.avail_out = static_cast<uInt>(out.size() - size);
      const int code = ::inflate(&z, Z_SYNC_FLUSH);
      size = out.size() - z.avail_out;
      if (code != Z_OK && code != Z_BUF_ERROR) return false;
    } while (z.avail_in > 0 || z.avail_out == 0);
    return true;
  };
  if (!run(reinterpret_cast<const unsigned char*>(message.data()), message.size()) ||
      !run(kTail, sizeof kTail))
    return std::nullopt;
  if (!keep_window) inflateReset(&z);
  return std::string_view(out.data(), size);
}

}  // namespace strims::load
