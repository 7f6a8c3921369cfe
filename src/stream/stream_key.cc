#include "stream/stream_key.h"

#include <algorithm>

#include "base/bytes.h"
#include "model/stream.h"

namespace strims::stream {
namespace {

constexpr std::string_view kMark = "sk_";
constexpr size_t kKeyBytes = 32;
constexpr size_t kKeyLength = kMark.size() + 43;

bool is_base64url(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

std::unexpected<Error> bad_key() {
  return fail(Errc::unauthenticated, "bad_key", "this stream key is not known");
}

// The value of the first `key` in "a=b&key=c&...": what a publisher appends never wins.
std::string_view key_in(std::string_view query) {
  if (query.starts_with('?')) query.remove_prefix(1);
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    if (pair.starts_with("key=")) return pair.substr(4);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  return {};
}

}  // namespace

std::string make_stream_key() {
  return std::string(kMark) + base64url(as_bytes(random_bytes(kKeyBytes)));
}

bool is_stream_key(std::string_view text) {
  return text.size() == kKeyLength && text.starts_with(kMark) &&
         std::all_of(text.begin() + kMark.size(), text.end(), is_base64url);
}

Result<PublishName> parse_publish_name(std::string_view name, std::string_view query) {
  if (const size_t mark = name.find('?'); mark != std::string_view::npos && query.empty()) {
    query = name.substr(mark + 1);
    name = name.substr(0, mark);
  }
  // A name that is a key says all: what stands beside it is not looked at.
  if (is_stream_key(name)) return PublishName{{}, std::string(name)};
  const std::string_view key = key_in(query);
  if (!is_stream_key(key) || !check_slug(name)) return bad_key();
  return PublishName{std::string(name), std::string(key)};
}

}  // namespace strims::stream
