// Passwords: argon2id (RFC 9106) by libsodium. Hashing takes some 20 ms and 19 MiB: auth lane only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace strims::auth {

struct PasswordPolicy {
  size_t min_bytes = 8;
  size_t max_bytes = 1024;
  uint64_t passes = 2;
  size_t memory_bytes = 19 * 1024 * 1024;
};

// Immutable after construction; any thread.
class PasswordHasher {
 public:
  // Makes the hash that verify_nobody() works on: costs one hashing.
  explicit PasswordHasher(const PasswordPolicy& policy);

  // Whether it may be a password: well-formed UTF-8 within the length limits. Errors, all invalid:
  // "password_too_short", "password_too_long", "invalid_password".
  Result<void> check(std::string_view password) const;

  // The encoded hash with its salt and parameters. Error: unavailable/"unavailable" (no memory).
  Result<std::string> hash(std::string_view password) const;

  // False also for a text that is no hash. A password beyond max_bytes costs as much as a wrong
  // one.
  bool verify(const std::string& hash, std::string_view password) const;

  // Takes as long as verify() and is never true: for names that do not exist, so that time tells
  // nothing.
  void verify_nobody(std::string_view password) const;

  // Whether the hash was made with other parameters than the policy's.
  bool needs_rehash(const std::string& hash) const;

 private:
  PasswordPolicy policy_;
  std::string nobody_;
};

}  // namespace strims::auth
