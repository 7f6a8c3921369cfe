#include "auth/token_hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"

namespace strims::auth {

std::string token_hash(std::string_view token) {
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (EVP_Digest(token.data(), token.size(), digest, &length, EVP_sha256(), nullptr) != 1)
    std::abort();  // no SHA-256, no secrets: nothing sensible can follow
  return hex({digest, length});
}

bool is_token_shaped(std::string_view token) {
  if (token.size() < 10 || token.size() > 64) return false;
  return std::all_of(token.begin(), token.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

}  // namespace strims::auth
