#include "auth/jwt.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <optional>

#include "base/bytes.h"
#include "base/json_read.h"
#include "base/json_write.h"

namespace strims::auth {
namespace {

constexpr size_t kMaxIdBytes = 64;
// Beyond this a JSON number is no exact integer for most readers.
constexpr double kMaxTime = 9007199254740992.0;

std::unexpected<Error> invalid_token() {
  return fail(Errc::unauthenticated, "invalid_token", "the token is not valid");
}
std::unexpected<Error> expired_token() {
  return fail(Errc::unauthenticated, "token_expired", "the token has expired");
}

// A token cut at its dots and decoded. `signed_part` borrows from the token.
struct Parts {
  Json header;
  Json claims;
  std::string signature;
  std::string_view signed_part;
};

// How many members the outermost object of well-formed JSON has, doubles included.
size_t count_members(std::string_view json) {
  size_t members = 0;
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c == ':' && depth == 1) ++members;
  }
  return members;
}

// An object without repeated members: two readers must not take different ones of a pair for the
// true one.
std::optional<Json> read_object(std::string_view encoded) {
  const auto text = unbase64url(encoded);
  if (!text) return std::nullopt;
  auto json = Json::parse(*text);
  if (!json || !json->is_object() || json->object().size() != count_members(*text))
    return std::nullopt;
  return std::move(*json);
}

std::optional<Parts> read_parts(std::string_view token) {
  if (token.size() > kMaxTokenBytes) return std::nullopt;
  const size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return std::nullopt;
  auto header = read_object(token.substr(0, first));
  if (!header) return std::nullopt;
  auto claims = read_object(token.substr(first + 1, second - first - 1));
  if (!claims) return std::nullopt;
  auto signature = unbase64url(token.substr(second + 1));
  if (!signature) return std::nullopt;
  return Parts{std::move(*header), std::move(*claims), std::move(*signature),
               token.substr(0, second)};
}

// The header may say nothing but alg, typ and kid: no key of its own (jwk, jku, x5c), nothing
// critical.
bool header_fits(const Json& header, std::string_view algorithm, bool need_typ) {
  for (const auto& [name, value] : header.object())
    if ((name != "alg" && name != "typ" && name != "kid") || !value.is_string()) return false;
  if (header.find_string("alg") != algorithm) return false;
  const auto typ = header.find_string("typ");
  if (!typ) return !need_typ && !header.find("typ");
  return *typ == "JWT";
}

std::optional<double> time_claim(const Json& claims, std::string_view name) {
  const Json* value = claims.find(name);
  const auto number = value ? value->number() : std::nullopt;
  if (!number || !std::isfinite(*number) || *number < 0 || *number > kMaxTime) return std::nullopt;
  return number;
}

// Checks exp (required), nbf and iat (when there). Seconds. The leeway is for an issuer whose clock
// is ahead; an end is an end.
Result<void> check_times(const Json& claims, int64_t now_s, int64_t leeway_s) {
  const auto now = static_cast<double>(now_s);
  const auto leeway = static_cast<double>(leeway_s);
  const auto exp = time_claim(claims, "exp");
  if (!exp) return invalid_token();
  for (const std::string_view name : {"nbf", "iat"}) {
    if (!claims.find(name)) continue;
    const auto from = time_claim(claims, name);
    if (!from || *from > now + leeway) return invalid_token();
  }
  if (now >= *exp) return expired_token();
  return {};
}

std::string hmac_sha256(std::string_view data, std::string_view secret) {
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  const auto bytes = as_bytes(data);
  if (!HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes.data(),
            bytes.size(), digest, &length))
    return {};
  return std::string(as_text({digest, length}));
}

std::string encode(std::string_view text) {
  return base64url(as_bytes(text));
}

std::optional<AccessClaims> access_claims(const Json& json) {
  AccessClaims claims;
  struct Field {
    std::string_view name;
    std::string& into;
    size_t max;
  };
  for (const Field& field :
       {Field{"iss", claims.iss, 1024}, Field{"sub", claims.sub, kMaxIdBytes},
        Field{"sid", claims.sid, kMaxIdBytes}, Field{"jti", claims.jti, kMaxIdBytes}}) {
    const auto text = json.find_string(field.name);
    if (!text || text->empty() || text->size() > field.max) return std::nullopt;
    field.into = *text;
  }
  const Json* iat = json.find("iat");
  const Json* exp = json.find("exp");
  if (!iat || !iat->integer() || !exp || !exp->integer()) return std::nullopt;
  claims.iat = *iat->integer();
  claims.exp = *exp->integer();
  return claims;
}

}  // namespace

Result<std::string> sign_access_token(const SigningKey& key, const AccessClaims& claims) {
  JsonWriter header;
  header.object().field("alg", "ES256").field("kid", key.kid()).field("typ", "JWT").end_object();
  JsonWriter body;
  body.object()
      .field("iss", claims.iss)
      .field("sub", claims.sub)
      .field("sid", claims.sid)
      .field("jti", claims.jti)
      .field("iat", claims.iat)
      .field("exp", claims.exp)
      .end_object();
  std::string token = encode(header.text()) + "." + encode(body.text());
  STRIMS_TRY(const auto signature, key.sign(token));
  return token + "." + encode(signature);
}

Result<AccessClaims> verify_access_token(std::string_view token, const KeyLookup& keys,
                                         const VerifyOptions& options) {
  const auto parts = read_parts(token);
  if (!parts || !header_fits(parts->header, "ES256", true)) return invalid_token();
  const auto kid = parts->header.find_string("kid");
  if (!kid || kid->empty() || kid->size() > kMaxIdBytes) return invalid_token();
  const SigningKeyPtr key = keys(*kid);
  if (!key || !key->verify(parts->signed_part, parts->signature)) return invalid_token();
  auto claims = access_claims(parts->claims);
  if (!claims || claims->iss != options.issuer) return invalid_token();
  STRIMS_CHECK_OK(check_times(parts->claims, options.now_s, options.leeway_s));
  return std::move(*claims);
}

Result<std::string> verify_strims_token(std::string_view token, std::string_view secret,
                                        int64_t now_s, int64_t leeway_s) {
  if (secret.empty()) return invalid_token();
  const auto parts = read_parts(token);
  if (!parts || !header_fits(parts->header, "HS256", false)) return invalid_token();
  const std::string expected = hmac_sha256(parts->signed_part, secret);
  if (expected.empty() || !constant_time_equals(expected, parts->signature)) return invalid_token();
  const auto id = parts->claims.find_string("id");
  if (!id || id->empty() || id->size() > kMaxIdBytes) return invalid_token();
  STRIMS_CHECK_OK(check_times(parts->claims, now_s, leeway_s));
  return std::string(*id);
}

std::string sign_strims_token(std::string_view id, int64_t exp_s, std::string_view secret) {
  JsonWriter body;
  body.object().field("id", id).field("exp", exp_s).end_object();
  const std::string token = encode(R"({"alg":"HS256","typ":"JWT"})") + "." + encode(body.text());
  return token + "." + encode(hmac_sha256(token, secret));
}

}  // namespace strims::auth
