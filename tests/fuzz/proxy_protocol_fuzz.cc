// deps: proto
// PROXY headers: bounded, and a header never changes its meaning when more bytes follow.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "proto/proxy_protocol.h"

using namespace strims::proto;
using State = ProxyResult::State;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = parse_proxy_header(bytes);
  if (whole.state == State::need_more && size >= kMaxProxyHeader) std::abort();
  if (whole.state == State::error && whole.reason.empty()) std::abort();
  if (whole.state == State::header && (whole.consumed == 0 || whole.consumed > size)) std::abort();
  for (size_t n = 0; n < size && n < 2 * kMaxProxyHeader; ++n) {
    const auto part = parse_proxy_header(bytes.substr(0, n));
    if (part.state == State::need_more) continue;
    // Decided early: the rest must not matter.
    if (part.state != whole.state || part.consumed != whole.consumed) std::abort();
    break;
  }
  return 0;
}
