#include "media/rtmp/publish_request.h"

#include "base/bytes.h"

namespace strims::media {
namespace {

// Takes what stands in front of the first `mark`, or all, and drops the mark.
std::string_view take_until(std::string_view& rest, char mark) {
  const size_t at = rest.find(mark);
  const std::string_view taken = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return taken;
}

std::string decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size();
    const int high = escape ? hex_value(text[i + 1]) : -1;
    const int low = escape ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

}  // namespace

std::optional<std::string> PublishRequest::parameter(std::string_view key) const {
  std::string_view rest = query;
  while (!rest.empty()) {
    std::string_view value = take_until(rest, '&');
    if (take_until(value, '=') == key) return decode(value);
  }
  return std::nullopt;
}

}  // namespace strims::media
