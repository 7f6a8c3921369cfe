#include "stream/grant.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/bytes.h"

namespace strims::stream {
namespace {

// version 1 | kid 1 | expiry 4 | scope 1 | prefix 8 | sid 8 | account 8 | flags 1
constexpr uint8_t kVersion = 2;
constexpr size_t kBodyBytes = 32;
constexpr size_t kMacBytes = 16;
constexpr size_t kBodyText = 43;  // in base64url
constexpr size_t kMacText = 22;

using Digest = std::array<uint8_t, EVP_MAX_MD_SIZE>;

Digest sha256(std::string_view text) {
  Digest digest{};
  if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    std::abort();  // no SHA-256, no secrets: nothing sensible can follow
  return digest;
}

std::string mac(std::string_view key, std::string_view body) {
  Digest digest{};
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const uint8_t*>(body.data()), body.size(), digest.data(),
           nullptr) == nullptr)
    std::abort();
  return std::string(reinterpret_cast<const char*>(digest.data()), kMacBytes);
}

struct Parts {
  std::string body;
  std::string mac;
};

bool part(std::string_view token, Parts& out) {
  if (token.size() != kBodyText + 1 + kMacText || token[kBodyText] != '.') return false;
  auto body = unbase64url(token.substr(0, kBodyText));
  auto mac = unbase64url(token.substr(kBodyText + 1));
  if (!body || body->size() != kBodyBytes || !mac || mac->size() != kMacBytes) return false;
  out = {std::move(*body), std::move(*mac)};
  return true;
}

// The prefix's hash keeps a grant for one thing from opening another whose name it begins.
std::string make_body(const Grant& grant, std::string_view prefix, uint8_t kid) {
  std::string out(kBodyBytes, '\0');
  auto* p = reinterpret_cast<uint8_t*>(out.data());
  p[0] = kVersion;
  p[1] = kid;
  store_be32(p + 2, static_cast<uint32_t>(
                        std::clamp<TimeMs>(grant.expires / 1000, 0, TimeMs{UINT32_MAX})));
  p[6] = static_cast<uint8_t>(grant.scope);
  std::copy_n(sha256(prefix).begin(), 8, p + 7);
  store_be64(p + 15, grant.sid);
  store_be64(p + 23, static_cast<uint64_t>(grant.account));
  p[31] = grant.flags;
  return out;
}

Grant read_body(std::string_view body) {
  const auto bytes = as_bytes(body);
  Grant grant;
  grant.expires = TimeMs{load_be32(bytes.data() + 2)} * 1000;
  grant.scope = static_cast<GrantScope>(bytes[6]);
  grant.sid = load_be64(bytes.data() + 15);
  grant.account = static_cast<UserId>(load_be64(bytes.data() + 23));
  grant.flags = bytes[31];
  return grant;
}

std::unexpected<Error> invalid() {
  return fail(Errc::forbidden, "grant_invalid", "this address is not good for watching");
}

}  // namespace

PlaybackId new_playback_id() {
  const std::string bytes = random_bytes(8);
  const PlaybackId id = load_be64(as_bytes(bytes).data());
  return id == 0 ? 1 : id;
}

Result<Grants> Grants::make(std::vector<std::string> keys) {
  std::vector<Key> out;
  for (auto& bytes : keys) {
    if (bytes.size() < kKeyBytes)
      return fail(Errc::invalid, "grant_key", "a key for playback has at least 32 bytes");
    const uint8_t id = sha256(bytes)[0];
    out.push_back({id, std::move(bytes)});
  }
  if (out.empty()) return fail(Errc::invalid, "grant_key", "there is no key for playback");
  return Grants(std::move(out));
}

std::string Grants::issue(const Grant& grant, std::string_view prefix) const {
  const Key& key = keys_.front();
  const std::string body = make_body(grant, prefix, key.id);
  return base64url(as_bytes(body)) + "." + base64url(as_bytes(mac(key.bytes, body)));
}

Result<Grant> Grants::check(std::string_view token, GrantScope scope, std::string_view prefix,
                            TimeMs now) const {
  Parts parts;
  if (!part(token, parts)) return invalid();
  const auto kid = static_cast<uint8_t>(parts.body[1]);
  const bool genuine = std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) {
    return key.id == kid && constant_time_equals(mac(key.bytes, parts.body), parts.mac);
  });
  if (!genuine) return invalid();
  const Grant grant = read_body(parts.body);
  // What it is for: made anew and compared, so that no field is forgotten.
  Grant expected = grant;
  expected.scope = scope;
  if (make_body(expected, prefix, kid) != parts.body) return invalid();
  if (now > grant.expires + kSkewMs)
    return fail(Errc::gone, "grant_expired", "this address was good until a while ago");
  return grant;
}

}  // namespace strims::stream
