#include "auth/password.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "base/utf8.h"

namespace strims::auth {
namespace {

// libsodium asks to be started once; afterwards this costs an atomic load.
void start_sodium() {
  if (sodium_init() < 0) std::abort();
}

// The encoded form fits a fixed buffer and libsodium reads it as one.
bool hash_fits(const std::string& hash) {
  return !hash.empty() && hash.size() < crypto_pwhash_STRBYTES &&
         hash.find('\0') == std::string::npos;
}

}  // namespace

PasswordHasher::PasswordHasher(const PasswordPolicy& policy) : policy_(policy) {
  start_sodium();
  policy_.passes = std::max<uint64_t>(policy_.passes, crypto_pwhash_argon2id_OPSLIMIT_MIN);
  policy_.memory_bytes =
      std::max<size_t>(policy_.memory_bytes, crypto_pwhash_argon2id_MEMLIMIT_MIN);
  if (auto made = hash(random_token(32))) nobody_ = std::move(*made);
}

Result<void> PasswordHasher::check(std::string_view password) const {
  if (password.size() < policy_.min_bytes)
    return fail(Errc::invalid, "password_too_short",
                "a password has at least " + std::to_string(policy_.min_bytes) + " bytes");
  if (password.size() > policy_.max_bytes)
    return fail(Errc::invalid, "password_too_long",
                "a password has at most " + std::to_string(policy_.max_bytes) + " bytes");
  if (!valid_utf8(password))
    return fail(Errc::invalid, "invalid_password", "a password is UTF-8 text");
  return {};
}

Result<std::string> PasswordHasher::hash(std::string_view password) const {
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(out, password.data(), password.size(), policy_.passes,
                            policy_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(Errc::unavailable, "unavailable", "no memory to hash a password");
  return std::string(out);
}

bool PasswordHasher::verify(const std::string& hash, std::string_view password) const {
  if (!hash_fits(hash) || password.size() > policy_.max_bytes) {
    verify_nobody(password);
    return false;
  }
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

void PasswordHasher::verify_nobody(std::string_view password) const {
  if (nobody_.empty()) return;
  const auto tried = password.substr(0, policy_.max_bytes);
  (void)!crypto_pwhash_str_verify(nobody_.c_str(), tried.data(), tried.size());
}

bool PasswordHasher::needs_rehash(const std::string& hash) const {
  if (!hash_fits(hash)) return false;
  return crypto_pwhash_str_needs_rehash(hash.c_str(), policy_.passes, policy_.memory_bytes) != 0;
}

}  // namespace strims::auth
