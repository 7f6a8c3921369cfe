// The numbers of accounts, logins and tokens. Made from the configuration once; plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "auth/login_throttle.h"
#include "auth/password.h"
#include "auth/signing_keys.h"
#include "config/schema.h"
#include "text/nick_rules.h"

namespace strims::auth {

struct TokenPolicy {
  std::string issuer = "strims";
  int64_t access_ms = 15 * 60 * 1000;
  int64_t refresh_ms = 30LL * 24 * 3600 * 1000;
  int64_t sid_ms = 30LL * 24 * 3600 * 1000;  // since the last use
  // How far the clock of an issuer may be ahead (iat, nbf).
  int64_t leeway_ms = 30 * 1000;
  // last_seen is written at most once in this time per login.
  int64_t touch_ms = 5 * 60 * 1000;
  size_t logins_per_user = 32;    // a further login ends the one used least recently
  size_t used_tokens_kept = 200;  // per login, to see reuse
  size_t login_keys_per_user = 5;
};

struct AuthPolicy {
  bool registration_open = true;
  PasswordPolicy password;
  TokenPolicy token;
  ThrottleLimits throttle;
  text::NickPolicy nick;
  std::string strims_jwt_secret;  // empty: the `jwt` cookie is ignored
};

AuthPolicy policy_from(const config::Config& config);
// The folder `keys` of the data directory; public keys are kept for as long as their tokens can be
// good.
SigningKeys::Options signing_key_options(const config::Config& config);

}  // namespace strims::auth
