// deps: proto
// Targets: what is accepted is a clean path, and encoding it again leads to the same path.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "proto/url.h"

using namespace strims::proto;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto target = parse_target(text); target && target->path != "*") {
    if (!target->path.starts_with('/')) std::abort();
    for (const char c : target->path)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) std::abort();
    const auto again = parse_target("/" + percent_encode(target->path.substr(1)));
    if (!again || again->path != target->path) std::abort();
    if (!target->authority.empty() && !is_authority(target->authority)) std::abort();
  }
  if (percent_decode(percent_encode(text)) != text) std::abort();
  if (form_decode(text).size() > text.size()) std::abort();
  const auto pairs = parse_query(text, 16);
  if (pairs.size() > 16) std::abort();
  if (!pairs.empty() && !query_value(text, pairs[0].first)) std::abort();
  is_authority(text);
  return 0;
}
