// From the credentials of a request to the person. Lane threads: it asks the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "auth/policy.h"
#include "auth/signing_keys.h"
#include "base/clock.h"
#include "base/error.h"
#include "model/user.h"
#include "storage/sql/database.h"

namespace strims::auth {

// As they came; "" when absent (an empty cookie counts as absent).
struct Credentials {
  std::string sid;        // cookie
  std::string authtoken;  // cookie: a login key
  std::string bearer;     // Authorization: Bearer, or ?token=: an access token or a login key
  std::string jwt;        // cookie of strims

  bool any() const { return !sid.empty() || !authtoken.empty() || !bearer.empty() || !jwt.empty(); }
};

// "key:<id>": how the end of a login key is reported.
std::string login_key_access_id(int64_t key_id);

struct Principal {
  enum class Via : uint8_t { sid, bearer, login_key, strims_jwt };
  User user;
  std::string login_id;  // "" for login keys and strims_jwt
  Via via = Via::sid;
  int64_t login_key = 0;  // id of the key when via is login_key

  // What on_login_ended is called with when this access ends: the login id, "key:<id>" for a login
  // key, "" for strims_jwt. Sockets register under it.
  std::string access_id() const;
};

enum class CredentialOrder : uint8_t {
  // chat-websocket 1.4: the first that is present alone decides, in the order sid, authtoken,
  // bearer, jwt. A
  // sid that is malformed or unknown makes a guest; authtoken is not tried.
  chat,
  // The same with bearer first: a program that names its token means it, whatever cookies come
  // along.
  rest,
};

// Immutable; any lane thread. The keys and the clock must outlive it.
class Authenticator {
 public:
  Authenticator(const AuthPolicy& policy, const SigningKeys& keys, const Clock& clock)
      : policy_(policy), keys_(keys), clock_(clock) {}

  // Nothing: a guest. Deleted accounts are nobody; an access token of an ended login neither.
  // Errors only from the database (unavailable).
  Result<std::optional<Principal>> authenticate(
      sql::Connection& connection, const Credentials& credentials,
      CredentialOrder order = CredentialOrder::chat) const;

  // A bearer credential alone, with the reason when it is none: unauthenticated/"token_expired" or
  // "invalid_token".
  Result<Principal> authenticate_bearer(sql::Connection& connection, std::string_view token) const;

 private:
  using Found = Result<std::optional<Principal>>;
  Found by_sid(sql::Connection& connection, std::string_view sid) const;
  Found by_login_key(sql::Connection& connection, std::string_view key) const;
  Found by_bearer(sql::Connection& connection, std::string_view token) const;
  Found by_strims_jwt(sql::Connection& connection, std::string_view token) const;

  const AuthPolicy policy_;
  const SigningKeys& keys_;
  const Clock& clock_;
};

}  // namespace strims::auth
