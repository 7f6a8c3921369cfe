// One ECDSA P-256 key pair, or only its public half.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"

namespace strims::auth {

// Immutable; any thread.
class SigningKey {
 public:
  struct Pair;  // OpenSSL's key
  ~SigningKey();
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;

  // A new pair. Error: internal/"unknown".
  static Result<std::shared_ptr<const SigningKey>> generate(TimeMs now);
  // A PEM private key (PKCS #8) or public key on P-256. Error: invalid/"bad_key".
  static Result<std::shared_ptr<const SigningKey>> from_pem(const std::string& pem,
                                                            TimeMs created_at);

  const std::string& kid() const { return kid_; }  // RFC 7638 thumbprint
  TimeMs created_at() const { return created_at_; }
  bool can_sign() const { return can_sign_; }
  const std::string& x() const { return x_; }  // base64url of the 32-byte coordinates
  const std::string& y() const { return y_; }
  // Error: internal/"unknown"; also for the private half when there is none.
  Result<std::string> private_pem() const;
  Result<std::string> public_pem() const;

  // ES256 (RFC 7518 3.4): 64 bytes r || s over the SHA-256 of `data`. Error: internal/"unknown".
  Result<std::string> sign(std::string_view data) const;
  bool verify(std::string_view data, std::string_view signature) const;

 private:
  SigningKey() = default;
  static Result<std::shared_ptr<const SigningKey>> make(std::unique_ptr<Pair> pair, bool can_sign,
                                                        TimeMs created_at);

  TimeMs created_at_ = 0;
  std::unique_ptr<Pair> pair_;
  bool can_sign_ = false;
  std::string kid_, x_, y_;
};

using SigningKeyPtr = std::shared_ptr<const SigningKey>;

}  // namespace strims::auth
