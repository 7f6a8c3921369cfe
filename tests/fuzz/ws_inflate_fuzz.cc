// deps: proto
// A compressed message: bounded output, the same result every time, an exact limit. The first two
// bytes are the limit. The same bytes put into stored blocks must come back unchanged.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "proto/ws_inflate.h"

namespace {

using strims::Errc;
using strims::proto::WsInflater;

void require(bool condition) {
  if (!condition) std::abort();
}

// RFC 1951 section 3.2.4, in blocks of up to 1,000 bytes, ended as RFC 7692 section 7.2.1 says.
std::string store(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, 1000);
    text.remove_prefix(part.size());
    const size_t n = part.size();
    for (const size_t byte : {size_t{0}, n & 0xff, n >> 8, ~n & 0xff, ~n >> 8 & 0xff})
      out += static_cast<char>(byte);
    out += part;
  }
  out += '\0';
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  static WsInflater inflater;
  const size_t limit = size_t{data[0]} << 8 | data[1];
  const std::string_view message(reinterpret_cast<const char*>(data) + 2, size - 2);

  const auto first = inflater.inflate(message, limit);
  if (first) {
    const std::string out(*first);
    require(out.size() <= limit);
    const auto exact = inflater.inflate(message, out.size());
    require(exact && *exact == out);
    if (!out.empty()) {
      const auto less = inflater.inflate(message, out.size() - 1);
      require(!less && less.error().code == Errc::too_large);
    }
  } else {
    require(first.error().code == Errc::too_large || first.error().code == Errc::invalid);
  }
  const auto back = inflater.inflate(store(message), message.size());
  require(back && *back == message);
  return 0;
}
