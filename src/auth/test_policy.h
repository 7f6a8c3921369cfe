// For tests only: a policy whose password hashing is cheap; quiet about what accounts do.
#pragma once

#include "auth/policy.h"
#include "obs/log.h"

namespace strims::auth {

inline AuthPolicy test_policy() {
  obs::log_set_level(obs::Level::error);
  AuthPolicy policy;
  policy.password.passes = 1;
  policy.password.memory_bytes = 8192;  // the least that libsodium takes
  return policy;
}

}  // namespace strims::auth
