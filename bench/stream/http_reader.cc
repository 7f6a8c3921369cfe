#include "bench/stream/http_reader.h"

#include <charconv>

#include "base/bytes.h"

namespace strims::stream_load {
namespace {

constexpr size_t kMostHead = 16 * 1024;
constexpr size_t kMostBody = size_t{64} << 20;
constexpr std::string_view kVersion = "HTTP/1.1 ";

}  // namespace

void HttpReader::reset() {
  head_.clear();
  body_.clear();
  length_ = 0;
  status_ = 0;
  in_body_ = closes_ = false;
}

HttpReader::Progress HttpReader::feed(std::string_view bytes) {
  if (!in_body_) {
    const size_t before = head_.size();
    head_ += bytes;
    const size_t end = head_.find("\r\n\r\n");
    if (end == std::string::npos)
      return head_.size() > kMostHead ? Progress::broken : Progress::incomplete;
    bytes.remove_prefix(end + 4 - before);
    if (!read_head(std::string_view(head_).substr(0, end + 2))) return Progress::broken;
    in_body_ = true;
    body_.reserve(length_);
  }
  if (bytes.size() > length_ - body_.size()) return Progress::broken;
  body_ += bytes;
  return body_.size() == length_ ? Progress::complete : Progress::incomplete;
}

// `head` with the line ends, without the empty line.
bool HttpReader::read_head(std::string_view head) {
  if (!head.starts_with(kVersion)) return false;
  const char* code = head.data() + kVersion.size();
  if (std::from_chars(code, code + 3, status_).ptr != code + 3) return false;
  bool has_length = status_ == 204 || status_ == 304;
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim_ows(line.substr(colon + 1));
    if (ascii_iequals(name, "Content-Length")) {
      const auto length = parse_u64(value);
      if (!length || *length > kMostBody) return false;
      length_ = static_cast<size_t>(*length);
      has_length = true;
    } else if (ascii_iequals(name, "Connection")) {
      closes_ = ascii_iequals(value, "close");
    }
  }
  return has_length;
}

}  // namespace strims::stream_load
