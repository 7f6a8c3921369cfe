#include "proto/url.h"

#include "base/bytes.h"
#include "base/cidr.h"
#include "base/utf8.h"

namespace strims::proto {
namespace {

// The byte of the escape at `pos` ("%2e"), or -1.
int escape_at(std::string_view text, size_t pos) {
  if (pos + 2 >= text.size()) return -1;
  const int high = hex_value(text[pos + 1]);
  const int low = hex_value(text[pos + 2]);
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool has_dot_segment(std::string_view path) {
  size_t start = 0;
  for (size_t i = 0; i <= path.size(); ++i) {
    if (i < path.size() && path[i] != '/' && path[i] != '\\') continue;
    const std::string_view segment = path.substr(start, i - start);
    if (segment == "." || segment == "..") return true;
    start = i + 1;
  }
  return false;
}

bool has_control(std::string_view text) {
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u < 0x20 || u == 0x7f) return true;
  }
  return false;
}

std::unexpected<Error> bad(std::string_view reason, std::string detail) {
  return fail(Errc::invalid, reason, std::move(detail));
}

// Cuts "http://authority" off an absolute-form target.
Result<std::string> take_authority(std::string_view& target) {
  const size_t scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) return bad("bad_target", "not a request target");
  const std::string_view scheme = target.substr(0, scheme_end);
  if (!ascii_iequals(scheme, "http") && !ascii_iequals(scheme, "https"))
    return bad("bad_target", "not an http URL");
  target.remove_prefix(scheme_end + 3);
  const std::string_view authority = target.substr(0, target.find_first_of("/?"));
  if (!is_authority(authority)) return bad("bad_target", "no valid host in the URL");
  target.remove_prefix(authority.size());
  return ascii_lower(authority);
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  if (target.empty()) return bad("bad_target", "the target is empty");
  for (const char c : target)
    if (c <= 0x20 || c >= 0x7f || c == '#') return bad("bad_target", "the target has a bad byte");
  Target out;
  if (target == "*") {
    out.path = "*";
    return out;
  }
  if (target[0] != '/') {
    STRIMS_TRY(out.authority, take_authority(target));
  }
  const size_t mark = target.find('?');
  const std::string_view raw_path = target.substr(0, mark);
  if (mark != std::string_view::npos) out.query = target.substr(mark + 1);
  auto path = percent_decode(raw_path.empty() ? "/" : raw_path);
  if (!path) return bad("bad_escape", "the path has a broken escape");
  if (has_control(*path) || !valid_utf8(*path))
    return bad("bad_path", "the path is not clean text");
  if (has_dot_segment(*path)) return bad("dot_segment", "the path has a dot segment");
  out.path = std::move(*path);
  return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int byte = escape_at(text, i);
    if (byte < 0) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto u = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[u >> 4];
    out += kDigits[u & 15];
  }
  return out;
}

std::string form_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '%' ? escape_at(text, i) : -1;
    if (byte >= 0) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

namespace {

// Cuts the next "name=value" off `query`; both still encoded.
std::pair<std::string_view, std::string_view> next_pair(std::string_view& query) {
  const size_t end = query.find('&');
  const std::string_view pair = query.substr(0, end);
  query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
  const size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return {pair, {}};
  return {pair.substr(0, equals), pair.substr(equals + 1)};
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query, size_t max) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!query.empty() && out.size() < max) {
    const auto [name, value] = next_pair(query);
    if (name.empty() && value.empty()) continue;
    out.emplace_back(form_decode(name), form_decode(value));
  }
  return out;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto [key, value] = next_pair(query);
    if (key == name || form_decode(key) == name) return form_decode(value);
  }
  return std::nullopt;
}

bool is_authority(std::string_view text) {
  std::string_view host = text;
  const size_t bracket = text.rfind(']');
  const size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const auto port = parse_u64(text.substr(colon + 1));
    if (!port || *port == 0 || *port > 65535) return false;
    host = text.substr(0, colon);
  }
  if (host.empty() || host.size() > 255) return false;
  if (host.front() == '[') {
    if (host.back() != ']') return false;
    const auto address = IpAddress::parse(host.substr(1, host.size() - 2));
    return address && host.find(':') != std::string_view::npos;
  }
  for (const char c : host)
    if (!is_alnum(c) && c != '-' && c != '.' && c != '_') return false;
  return true;
}

}  // namespace strims::proto
