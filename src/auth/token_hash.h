// Opaque secrets (sid, refresh token, login key): how they look and how they are stored.
#pragma once

#include <string>
#include <string_view>

namespace strims::auth {

inline constexpr size_t kSidLength = 32;
inline constexpr size_t kRefreshTokenLength = 64;
inline constexpr size_t kLoginKeyLength = 64;

// Lower-case hex SHA-256. The secrets are random and long, so no salt and no slow hash are needed.
std::string token_hash(std::string_view token);

// [A-Za-z0-9]{10,64}: anything else is not looked up at all.
bool is_token_shaped(std::string_view token);

}  // namespace strims::auth
