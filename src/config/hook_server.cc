#include "config/hook_server.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <set>

#include "base/bytes.h"

namespace strims::config {
namespace {

constexpr std::string_view kSlug = "{slug}";
constexpr size_t kFields = 6;
constexpr size_t kSecretMin = 32;
constexpr size_t kDistinctMin = 10;  // "aaaa..." is no secret
constexpr std::array<std::string_view, 3> kKinds = {"nginx", "srs", "mediamtx"};

std::unexpected<Error> bad(std::string what) {
  return fail(Errc::invalid, "config", std::move(what));
}

bool consists_of(std::string_view text, bool upper) {
  return std::ranges::all_of(text, [upper](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           (upper && c >= 'A' && c <= 'Z');
  });
}

bool is_secret(std::string_view text) {
  std::bitset<256> seen;
  for (const char c : text) seen.set(static_cast<unsigned char>(c));
  return text.size() >= kSecretMin && text.size() <= 256 && consists_of(text, true) &&
         seen.count() >= kDistinctMin;
}

bool is_http_url(std::string_view text) {
  const size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  return scheme != 0 && text.size() > scheme && text[scheme] != '/' && text.back() != '/' &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '"'; });
}

std::array<std::string_view, kFields> split(std::string_view text, size_t& count) {
  std::array<std::string_view, kFields> out;
  for (count = 0; count < kFields;) {
    const size_t bar = text.find('|');
    out[count++] = trim_ows(text.substr(0, bar));
    if (bar == std::string_view::npos) return out;
    text.remove_prefix(bar + 1);
  }
  ++count;  // more than there may be
  return out;
}

Result<void> take_allow(std::string_view text, PrefixSet& allow) {
  while (!(text = trim_ows(text)).empty()) {
    const size_t space = text.find(' ');
    if (!allow.add(text.substr(0, space)))
      return bad("\"" + std::string(text.substr(0, space)) +
                 "\" is not a prefix such as 10.0.0.0/8");
    text = space == std::string_view::npos ? std::string_view() : text.substr(space);
  }
  if (allow.empty()) return bad("a server needs the addresses that its hooks come from");
  return {};
}

}  // namespace

std::string_view to_string(HookKind kind) {
  return kKinds[static_cast<size_t>(kind)];
}

std::string HookServer::playback(std::string_view slug) const {
  std::string out = hls;
  if (const size_t at = out.find(kSlug); at != std::string::npos)
    out.replace(at, kSlug.size(), slug);
  return out;
}

Result<HookServer> parse_hook_server(std::string_view text) {
  size_t count = 0;
  const auto fields = split(text, count);
  if (count != kFields) return bad("expected name|kind|secret|allow|api|hls");
  HookServer out;
  out.name = fields[0];
  if (out.name.empty() || out.name.size() > 32 || !consists_of(out.name, false))
    return bad("a name consists of a-z 0-9 _ - (at most 32)");
  const auto kind = std::ranges::find(kKinds, fields[1]);
  if (kind == kKinds.end()) return bad(out.name + ": the kind is nginx, srs or mediamtx");
  out.kind = static_cast<HookKind>(kind - kKinds.begin());
  out.secret = fields[2];
  if (!is_secret(out.secret))
    return bad(out.name + ": the secret needs at least 32 random characters of A-Z a-z 0-9 _ -");
  if (const auto done = take_allow(fields[3], out.allow); !done)
    return bad(out.name + ": " + done.error().detail);
  out.api = fields[4];
  if (!is_http_url(out.api) || out.api.find_first_of("?#") != std::string::npos)
    return bad(out.name + ": the API's base address is such as http://127.0.0.1:8080");
  out.hls = fields[5];
  const bool playable = out.hls.starts_with('/') || is_http_url(out.hls);
  if (!out.hls.empty() && (!playable || out.hls.find(kSlug) == std::string::npos))
    return bad(out.name + ": what viewers play is such as https://host/hls/{slug}.m3u8");
  return out;
}

Result<std::vector<HookServer>> parse_hook_servers(const Strings& list) {
  std::vector<HookServer> out;
  std::set<std::string> names;
  for (const std::string& text : list) {
    STRIMS_TRY(HookServer server, parse_hook_server(text));
    if (!names.insert(server.name).second) return bad(server.name + ": is there twice");
    out.push_back(std::move(server));
  }
  return out;
}

}  // namespace strims::config
