// Opaque secrets (sid, refresh token, login key): how they look. Stored they are as their
// secret_hash.
#pragma once

#include <cstddef>
#include <string_view>

namespace strims::auth {

inline constexpr size_t kSidLength = 32;
inline constexpr size_t kRefreshTokenLength = 64;
inline constexpr size_t kLoginKeyLength = 64;

// [A-Za-z0-9]{10,64}: anything else is not looked up at all.
bool is_token_shaped(std::string_view token);

}  // namespace strims::auth
