// deps: auth
// Tokens from strangers: nothing but a token that was really signed may be accepted, and a changed
// byte is seen.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/jwt.h"
#include "auth/opaque_token.h"
#include "auth/signing_key.h"
#include "base/utf8.h"

namespace {

constexpr int64_t kNow = 1'760'000'000;
constexpr std::string_view kSecret = "secret of the fuzzer";

const strims::auth::SigningKeyPtr& key() {
  static const strims::auth::SigningKeyPtr kKey = *strims::auth::SigningKey::generate(1);
  return kKey;
}

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace strims::auth;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const KeyLookup lookup = [](std::string_view) { return key(); };
  const VerifyOptions options{"strims", kNow, 30};

  // The key is fresh: no input can bear its signature. The secret's tokens could only be in the
  // corpus on purpose.
  require(!verify_access_token(text, lookup, options).has_value());
  (void)verify_strims_token(text, kSecret, kNow);
  (void)is_token_shaped(text);
  (void)SigningKey::from_pem(std::string(text), 1);

  // A good token with the input as a claim comes back as it was, unless the claim is empty, too
  // long or no UTF-8 (the writer replaces what is malformed).
  AccessClaims claims{"strims", "42", "login", "token", kNow, kNow + 900};
  claims.jti = std::string(text);
  const auto token = sign_access_token(*key(), claims);
  require(token.has_value());
  const auto back = verify_access_token(*token, lookup, options);
  if (strims::valid_utf8(text)) require(back.has_value() == (size >= 1 && size <= 64));
  if (back && strims::valid_utf8(text)) require(back->jti == text);

  // One byte of a good token replaced: refused, unless it is the same byte.
  if (back && size >= 3) {
    std::string changed = *token;
    const size_t at = (static_cast<size_t>(data[0]) << 8 | data[1]) % changed.size();
    const char byte = static_cast<char>(data[2]);
    const bool same = changed[at] == byte;
    changed[at] = byte;
    require(verify_access_token(changed, lookup, options).has_value() == same);
  }
  return 0;
}
