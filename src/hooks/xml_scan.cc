#include "hooks/xml_scan.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace strims::hooks {
namespace {

constexpr size_t kMaxDepth = 32;
constexpr std::string_view kSpace = " \t\r\n";

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

std::optional<XmlScan::Piece> XmlScan::stop() {
  failed_ = true;
  rest_ = {};
  return std::nullopt;
}

std::optional<XmlScan::Piece> XmlScan::next() {
  if (std::exchange(close_next_, false)) {
    const std::string_view name = open_.back();
    open_.pop_back();
    return Piece{Kind::close, name};
  }
  while (!rest_.empty()) {
    if (rest_.front() != '<') {
      const size_t end = std::min(rest_.find('<'), rest_.size());
      const std::string_view text = trim(rest_.substr(0, end));
      rest_.remove_prefix(end);
      if (!text.empty()) return Piece{Kind::text, text};
      continue;
    }
    const bool comment = rest_.starts_with("<!--");
    const std::string_view mark = comment ? "-->" : ">";
    const size_t end = rest_.find(mark, comment ? 4 : 1);
    if (end == std::string_view::npos) return stop();
    if (rest_.starts_with("<?") || rest_.starts_with("<!")) {
      rest_.remove_prefix(end + mark.size());
      continue;
    }
    return tag();
  }
  return std::nullopt;
}

std::optional<XmlScan::Piece> XmlScan::tag() {
  std::string_view inside = rest_.substr(1, rest_.find('>') - 1);
  rest_.remove_prefix(inside.size() + 2);
  const bool closes = inside.starts_with('/');
  if (closes) inside.remove_prefix(1);
  const bool empty = !closes && inside.ends_with('/');
  if (empty) inside.remove_suffix(1);
  const std::string_view name = inside.substr(0, inside.find_first_of(kSpace));
  if (name.empty()) return stop();
  if (!closes) {
    if (open_.size() == kMaxDepth) return stop();
    open_.push_back(name);
    close_next_ = empty;
    return Piece{Kind::open, name};
  }
  if (open_.empty() || open_.back() != name) return stop();
  open_.pop_back();
  return Piece{Kind::close, name};
}

std::string xml_text(std::string_view raw) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> kEntities = {
      {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}}};
  std::string out;
  while (!raw.empty()) {
    const char c = raw.front();
    raw.remove_prefix(1);
    if (c != '&') {
      out += c;
      continue;
    }
    bool found = false;
    for (const auto& [word, means] : kEntities) {
      if (!raw.starts_with(word)) continue;
      out += means;
      raw.remove_prefix(word.size());
      found = true;
      break;
    }
    if (found) continue;
    int code = 0;
    const bool hex = raw.starts_with("#x");
    const size_t digits = hex ? 2 : 1;
    const size_t end = raw.substr(0, 8).find(';');
    if (raw.starts_with('#') && end != std::string_view::npos && end > digits) {
      const auto [at, error] =
          std::from_chars(raw.data() + digits, raw.data() + end, code, hex ? 16 : 10);
      if (error == std::errc() && at == raw.data() + end && code > 0 && code < 0x80) {
        out += static_cast<char>(code);
        raw.remove_prefix(end + 1);
        continue;
      }
    }
    out += '&';
  }
  return out;
}

}  // namespace strims::hooks
