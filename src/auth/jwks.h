// The public keys for others who verify our access tokens.
#pragma once

#include <span>
#include <string>

#include "auth/signing_key.h"

namespace strims::auth {

// A JWK Set (RFC 7517 section 5):
// {"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid",...}]}.
std::string jwks_json(std::span<const SigningKeyPtr> keys);

}  // namespace strims::auth
