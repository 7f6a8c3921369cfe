// JSON Web Tokens (RFC 7519) in the two forms that we speak, verified by the book of RFC 8725: the
// algorithm is the verifier's choice and never the token's, base64url must be canonical, sizes are
// bounded, repeated members are refused, and so is every header member but alg, typ and kid. Pure
// functions, any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "auth/signing_key.h"
#include "base/error.h"

namespace strims::auth {

inline constexpr size_t kMaxTokenBytes = 4096;

// What an access token says. Times are seconds since the epoch, as on the wire.
struct AccessClaims {
  std::string iss;
  std::string sub;  // user id, decimal
  std::string sid;  // login id
  std::string jti;
  int64_t iat = 0;
  int64_t exp = 0;
};

struct VerifyOptions {
  std::string_view issuer;
  int64_t now_s = 0;
  int64_t leeway_s = 30;
};

// Finds the key of a kid; nullptr when there is none.
using KeyLookup = std::function<SigningKeyPtr(std::string_view kid)>;

// Header {"alg":"ES256","kid":...,"typ":"JWT"}. Error: internal/"unknown".
Result<std::string> sign_access_token(const SigningKey& key, const AccessClaims& claims);

// Errors, all unauthenticated: "token_expired" for a token that was good once, else
// "invalid_token".
Result<AccessClaims> verify_access_token(std::string_view token, const KeyLookup& keys,
                                         const VerifyOptions& options);

// The strims `jwt` cookie (chat-websocket 1.4): HS256 with the claims `id` and `exp`. `secret` must
// not be empty. Returns `id`. Errors as above.
Result<std::string> verify_strims_token(std::string_view token, std::string_view secret,
                                        int64_t now_s, int64_t leeway_s = 30);
// The other direction, for tools and tests.
std::string sign_strims_token(std::string_view id, int64_t exp_s, std::string_view secret);

}  // namespace strims::auth
