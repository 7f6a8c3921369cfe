#include "auth/authenticate.h"

#include <gtest/gtest.h>

#include "auth/jwt.h"
#include "auth/login_service.h"
#include "auth/test_policy.h"
#include "base/secret_hash.h"
#include "storage/repositories/test_database.h"
#include "storage/repositories/users.h"

namespace strims::auth {
namespace {

constexpr std::string_view kSecret = "secret of strims";
constexpr int64_t kDay = 24LL * 3600 * 1000;

class AuthenticateTest : public testing::Test {
 protected:
  static AuthPolicy make_policy() {
    AuthPolicy policy = test_policy();
    policy.strims_jwt_secret = kSecret;
    return policy;
  }
  AuthenticateTest() {
    const Client client{*IpAddress::parse("192.0.2.1"), "test"};
    user_ = *accounts_.register_user(db(), "Ada", "password", client);
    tokens_ = *accounts_.login(db(), "Ada", "password", client);
    key_ = accounts_.create_login_key(db(), user_.id, "bot")->secret;
    jwt_ = sign_strims_token(std::to_string(user_.id), clock_.wall_ms() / 1000 + 600, kSecret);
  }
  // "sid", "bearer", "login_key", "strims_jwt" or "nobody".
  std::string_view via(const Credentials& credentials,
                       CredentialOrder order = CredentialOrder::chat) {
    const auto found = authenticator_.authenticate(db(), credentials, order);
    EXPECT_TRUE(found.has_value());
    if (!found || !*found) return "nobody";
    EXPECT_EQ((*found)->user.id, user_.id);
    constexpr std::string_view kWords[] = {"sid", "bearer", "login_key", "strims_jwt"};
    return kWords[static_cast<size_t>((*found)->via)];
  }
  sql::Connection& db() { return database_.connection(); }

  storage::TestDatabase database_;
  ManualClock clock_;
  std::unique_ptr<SigningKeys> keys_ = std::move(*SigningKeys::open({}, clock_));
  AuthPolicy policy_ = make_policy();
  Accounts accounts_{policy_, *keys_, clock_, nullptr};
  Authenticator authenticator_{policy_, *keys_, clock_};
  User user_;
  Tokens tokens_;
  std::string key_, jwt_;
};

TEST_F(AuthenticateTest, EachFormAlone) {
  EXPECT_EQ(via({}), "nobody");
  EXPECT_EQ(via({.sid = tokens_.sid}), "sid");
  EXPECT_EQ(via({.authtoken = key_}), "login_key");
  EXPECT_EQ(via({.bearer = tokens_.access_token}), "bearer");
  EXPECT_EQ(via({.bearer = key_}), "login_key");
  EXPECT_EQ(via({.jwt = jwt_}), "strims_jwt");
}

TEST_F(AuthenticateTest, TheFirstThatIsPresentDecides) {
  EXPECT_EQ(via({tokens_.sid, key_, tokens_.access_token, jwt_}), "sid");
  EXPECT_EQ(via({"", key_, tokens_.access_token, jwt_}), "login_key");
  EXPECT_EQ(via({"", "", tokens_.access_token, jwt_}), "bearer");
  // Present but no good: a guest, whatever else is there.
  EXPECT_EQ(via({"malformed!", key_, tokens_.access_token, jwt_}), "nobody");
  EXPECT_EQ(via({"unknownbutwellformed", key_, tokens_.access_token, jwt_}), "nobody");
  EXPECT_EQ(via({"", "unknownbutwellformed", tokens_.access_token, jwt_}), "nobody");
  EXPECT_EQ(via({"", "", "x.y.z", jwt_}), "nobody");
}

TEST_F(AuthenticateTest, RestPrefersTheBearer) {
  EXPECT_EQ(via({tokens_.sid, "", tokens_.access_token, ""}, CredentialOrder::rest), "bearer");
  EXPECT_EQ(via({tokens_.sid, "", "x.y.z", ""}, CredentialOrder::rest), "nobody");
  EXPECT_EQ(via({tokens_.sid, "", "", ""}, CredentialOrder::rest), "sid");
}

TEST_F(AuthenticateTest, SecretsAreNotInterchangeable) {
  EXPECT_EQ(via({.sid = key_}), "nobody");
  EXPECT_EQ(via({.sid = tokens_.refresh_token}), "nobody");
  EXPECT_EQ(via({.sid = secret_hash(tokens_.sid)}), "nobody");
  EXPECT_EQ(via({.authtoken = tokens_.sid}), "nobody");
  EXPECT_EQ(via({.authtoken = tokens_.access_token}), "nobody");
  EXPECT_EQ(via({.bearer = tokens_.sid}), "nobody");
  EXPECT_EQ(via({.bearer = tokens_.refresh_token}), "nobody");
  EXPECT_EQ(via({.bearer = jwt_}), "nobody");
  EXPECT_EQ(via({.jwt = tokens_.access_token}), "nobody");
}

TEST_F(AuthenticateTest, ASidSlidesWithItsUse) {
  for (int i = 0; i < 4; ++i) {
    clock_.advance(20 * kDay);
    EXPECT_EQ(via({.sid = tokens_.sid}), "sid") << i;
  }
  clock_.advance(30 * kDay);
  EXPECT_EQ(via({.sid = tokens_.sid}), "nobody");
}

TEST_F(AuthenticateTest, AccessTokensExpireAndSayWhy) {
  clock_.advance(policy_.token.access_ms - 1000);
  EXPECT_TRUE(authenticator_.authenticate_bearer(db(), tokens_.access_token).has_value());
  clock_.advance(1000);
  EXPECT_EQ(authenticator_.authenticate_bearer(db(), tokens_.access_token).error().reason,
            "token_expired");
  EXPECT_EQ(authenticator_.authenticate_bearer(db(), "nonsense").error().reason, "invalid_token");
  EXPECT_EQ(via({.bearer = tokens_.access_token}), "nobody");
}

TEST_F(AuthenticateTest, ATokenSurvivesARotationOfTheKeys) {
  ASSERT_TRUE(keys_->rotate().has_value());
  EXPECT_EQ(via({.bearer = tokens_.access_token}), "bearer");
  // A key of somebody else is none.
  const auto others = *SigningKeys::open({}, clock_);
  const Authenticator stranger(policy_, *others, clock_);
  EXPECT_EQ(stranger.authenticate_bearer(db(), tokens_.access_token).error().reason,
            "invalid_token");
}

TEST_F(AuthenticateTest, TheSubjectMustOwnTheLogin) {
  AccessClaims claims{policy_.token.issuer,    std::to_string(user_.id + 1), tokens_.login_id, "t",
                      clock_.wall_ms() / 1000, clock_.wall_ms() / 1000 + 900};
  EXPECT_EQ(via({.bearer = *sign_access_token(*keys_->active(), claims)}), "nobody");
  claims.sub = "0";
  EXPECT_EQ(via({.bearer = *sign_access_token(*keys_->active(), claims)}), "nobody");
  claims.sub = std::to_string(user_.id);
  EXPECT_EQ(via({.bearer = *sign_access_token(*keys_->active(), claims)}), "bearer");
}

TEST_F(AuthenticateTest, StrimsTokensNeedASecretAndAnAccount) {
  const int64_t later = clock_.wall_ms() / 1000 + 600;
  for (const char* id : {"0", "99", "-1", "1e0", "6a1f-uuid", "99999999999999999999"})
    EXPECT_EQ(via({.jwt = sign_strims_token(id, later, kSecret)}), "nobody") << id;
  const Authenticator without(test_policy(), *keys_, clock_);
  EXPECT_FALSE(without.authenticate(db(), {.jwt = jwt_})->has_value());
  EXPECT_FALSE(without.authenticate(db(), {.jwt = sign_strims_token("1", later, "")})->has_value());
}

}  // namespace
}  // namespace strims::auth
