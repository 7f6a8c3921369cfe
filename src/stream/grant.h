// Grants: the tokens in the path of a playlist, a segment or a thumbnail that say who may fetch
// what until when. In the path, because what a playlist names then carries it by itself.
//
//   base64url(version kid expiry scope prefix sid account flags) "." base64url(HMAC-SHA256, 16
//   bytes)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/user.h"

namespace strims::stream {

enum class GrantScope : uint8_t { live = 1, vod = 2, thumb = 3 };

// A playback session: what viewers are counted by. 0: none (an open address).
using PlaybackId = uint64_t;
PlaybackId new_playback_id();

struct Grant {
  GrantScope scope = GrantScope::live;
  PlaybackId sid = 0;
  UserId account = 0;  // whose; 0: of somebody who is not logged in
  TimeMs expires = 0;  // whole seconds
  uint8_t flags = 0;   // the issuer's own
};

// What stands in the place of a token where everybody may look.
inline constexpr std::string_view kOpenGrant = "open";

// Thread-safe once made: it only reads. A key's rotation makes another one (grant_keys.h).
class Grants {
 public:
  static constexpr size_t kKeyBytes = 32;
  static constexpr int64_t kSkewMs = 120'000;  // between the clocks of several servers

  // The first key signs, all of them are believed; keys of kKeyBytes at least. Error:
  // invalid/"grant_key".
  static Result<Grants> make(std::vector<std::string> keys);

  // For one channel or recording: `prefix` is its slug or its id as text, the same in check().
  std::string issue(const Grant& grant, std::string_view prefix) const;

  // Errors: forbidden/"grant_invalid" (malformed, forged, for something else: no more is said) and
  // gone/"grant_expired".
  Result<Grant> check(std::string_view token, GrantScope scope, std::string_view prefix,
                      TimeMs now) const;

 private:
  struct Key {
    uint8_t id = 0;  // first byte of the key's SHA-256: says which one to try
    std::string bytes;
  };
  explicit Grants(std::vector<Key> keys) : keys_(std::move(keys)) {}
  std::vector<Key> keys_;
};

}  // namespace strims::stream
