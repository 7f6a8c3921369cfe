#include "auth/opaque_token.h"

#include <algorithm>

namespace strims::auth {

bool is_token_shaped(std::string_view token) {
  if (token.size() < 10 || token.size() > 64) return false;
  return std::all_of(token.begin(), token.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

}  // namespace strims::auth
