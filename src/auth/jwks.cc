#include "auth/jwks.h"

#include "base/json_write.h"

namespace strims::auth {

std::string jwks_json(std::span<const SigningKeyPtr> keys) {
  JsonWriter w;
  w.object().key("keys").array();
  for (const auto& key : keys) {
    w.object()
        .field("kty", "EC")
        .field("crv", "P-256")
        .field("alg", "ES256")
        .field("use", "sig")
        .field("kid", key->kid())
        .field("x", key->x())
        .field("y", key->y())
        .end_object();
  }
  w.end_array().end_object();
  return w.take();
}

}  // namespace strims::auth
