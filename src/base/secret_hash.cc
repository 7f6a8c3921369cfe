#include "base/secret_hash.h"

#include <openssl/evp.h>

#include <cstdlib>

#include "base/bytes.h"

namespace strims {

std::string secret_hash(std::string_view secret) {
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (EVP_Digest(secret.data(), secret.size(), digest, &length, EVP_sha256(), nullptr) != 1)
    std::abort();  // no SHA-256, no secrets: nothing sensible can follow
  return hex({digest, length});
}

}  // namespace strims
