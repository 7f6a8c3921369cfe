// deps: proto
// Whatever comes and however it is cut: no crash, bounded memory, and always the same result. The
// first byte chooses the cut.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "proto/http_parser.h"

namespace {

using strims::proto::HttpParser;
using State = HttpParser::State;

constexpr uint64_t kBodyLimit = 4096;

// Everything that can be seen of parsing the input, as one text.
std::string observe(std::string_view bytes, size_t step) {
  HttpParser parser;
  std::string seen;
  size_t used = 0;
  while (used < bytes.size() && parser.state() == State::need_more) {
    used += parser.feed(bytes.substr(used, step));
    if (parser.state() == State::head) parser.accept_body(kBodyLimit);
    if (parser.state() != State::done) continue;
    const auto r = parser.take();
    if (r.body.size() > kBodyLimit || r.headers.size() > 100) std::abort();
    if (r.path.empty() || (r.path[0] != '/' && r.path != "*")) std::abort();
    if (r.path.find('\0') != std::string::npos || r.path.find("/../") != std::string::npos)
      std::abort();
    seen += r.method + ' ' + r.path + '?' + r.query + '\n' + std::to_string(r.keep_alive);
    for (const auto& h : r.headers) {
      if (!strims::proto::is_token(h.name) || !strims::proto::is_field_value(h.value)) std::abort();
      seen += h.name + ':' + h.value + '\n';
    }
    seen += r.body;
    seen += "|" + std::to_string(used) + "|";
  }
  seen += std::to_string(static_cast<int>(parser.state()));
  if (parser.state() == State::error) {
    seen += parser.error().reason;
    if (parser.error().status < 400 || parser.error().status > 499) std::abort();
  }
  return seen + std::to_string(used);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const size_t step = data[0] + size_t{1};
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = observe(bytes, bytes.size() + 1);
  if (whole != observe(bytes, 1) || whole != observe(bytes, step)) std::abort();
  return 0;
}
