#include "auth/jwt.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace strims::auth {
namespace {

constexpr int64_t kNow = 1'760'000'000;
constexpr std::string_view kSecret = "a secret of the strims site";

std::string b64(std::string_view text) {
  return base64url(as_bytes(text));
}

class AccessTokenTest : public testing::Test {
 protected:
  SigningKeyPtr key_ = *SigningKey::generate(1);
  AccessClaims claims_{"strims", "42", "login", "token", kNow, kNow + 900};

  std::string good() const { return *sign_access_token(*key_, claims_); }
  // A token with any header and body, truly signed by the key.
  std::string forge(std::string_view header, std::string_view body) const {
    const std::string text = b64(header) + "." + b64(body);
    return text + "." + base64url(as_bytes(*key_->sign(text)));
  }
  std::string header() const {
    return R"({"alg":"ES256","kid":")" + key_->kid() + R"(","typ":"JWT"})";
  }
  static std::string body(std::string_view more = "") {
    return R"({"iss":"strims","sub":"42","sid":"login","jti":"token","iat":1760000000,"exp":1760000900)" +
           std::string(more) + "}";
  }
  std::string_view verify(std::string_view token, int64_t now = kNow) const {
    const auto result = verify_access_token(
        token, [&](std::string_view kid) { return kid == key_->kid() ? key_ : nullptr; },
        {"strims", now, 30});
    return result ? "ok" : result.error().reason;
  }
};

TEST_F(AccessTokenTest, RoundTrip) {
  const auto claims =
      verify_access_token(good(), [&](std::string_view) { return key_; }, {"strims", kNow, 30});
  ASSERT_TRUE(claims.has_value());
  EXPECT_EQ(claims->sub, "42");
  EXPECT_EQ(claims->sid, "login");
  EXPECT_EQ(claims->jti, "token");
  EXPECT_EQ(claims->exp, kNow + 900);
  EXPECT_EQ(verify(forge(header(), body())), "ok");
}

TEST_F(AccessTokenTest, TheEndIsExactTheBeginHasALeeway) {
  EXPECT_EQ(verify(good(), kNow + 899), "ok");
  EXPECT_EQ(verify(good(), kNow + 900), "token_expired");
  EXPECT_EQ(verify(good(), kNow - 30), "ok");
  EXPECT_EQ(verify(good(), kNow - 31), "invalid_token");
  EXPECT_EQ(verify(forge(header(), body(R"(,"nbf":1760000030)"))), "ok");
  EXPECT_EQ(verify(forge(header(), body(R"(,"nbf":1760000031)"))), "invalid_token");
  EXPECT_EQ(verify(forge(header(), body(R"(,"nbf":"soon")"))), "invalid_token");
}

TEST_F(AccessTokenTest, EveryTamperedByteIsSeen) {
  const std::string token = good();
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(verify(changed), "invalid_token") << i;
  }
  for (size_t i = 0; i < token.size(); i += 7)
    EXPECT_EQ(verify(token.substr(0, i)), "invalid_token") << i;
}

TEST_F(AccessTokenTest, NoneAndOtherAlgorithmsAreRefused) {
  const std::string kid = key_->kid();
  for (const char* alg : {"none", "None", "", "HS256", "es256", "ES384", "RS256"}) {
    const std::string head =
        std::string(R"({"alg":")") + alg + R"(","kid":")" + kid + R"(","typ":"JWT"})";
    EXPECT_EQ(verify(forge(head, body())), "invalid_token") << alg;
    EXPECT_EQ(verify(b64(head) + "." + b64(body()) + "."), "invalid_token") << alg;
  }
}

TEST_F(AccessTokenTest, ThePublicKeyIsNoHmacSecret) {
  // The classic confusion: sign with HMAC under the public key, which everybody knows.
  const auto pem = *key_->public_pem();
  EXPECT_EQ(verify(sign_strims_token("42", kNow + 900, pem)), "invalid_token");
  EXPECT_EQ(verify_strims_token(good(), pem, kNow).error().reason, "invalid_token");
}

TEST_F(AccessTokenTest, HeadersMaySayNothingElse) {
  const std::string kid = key_->kid();
  const std::string start = R"({"alg":"ES256","typ":"JWT")";
  EXPECT_EQ(verify(forge(start + "}", body())), "invalid_token");
  EXPECT_EQ(verify(forge(start + R"(,"kid":"unknown"})", body())), "invalid_token");
  EXPECT_EQ(verify(forge(start + R"(,"kid":5})", body())), "invalid_token");
  EXPECT_EQ(verify(forge(start + R"(,"kid":")" + kid + R"(","crit":["x"]})", body())),
            "invalid_token");
  EXPECT_EQ(verify(forge(start + R"(,"kid":")" + kid + R"(","jwk":"x"})", body())),
            "invalid_token");
  EXPECT_EQ(verify(forge(R"({"alg":"ES256","kid":")" + kid + R"("})", body())), "invalid_token");
  EXPECT_EQ(verify(forge(R"({"alg":"ES256","typ":"other","kid":")" + kid + R"("})", body())),
            "invalid_token");
}

TEST_F(AccessTokenTest, RepeatedMembersAreRefused) {
  EXPECT_EQ(verify(forge(header(), body(R"(,"sub":"1")"))), "invalid_token");
  // The same name, once written with an escape.
  EXPECT_EQ(verify(forge(header(), body(R"(,"s\u0075b":"1")"))), "invalid_token");
  EXPECT_EQ(verify(forge(R"({"alg":"none",)" + header().substr(1), body())), "invalid_token");
  // A colon inside a string or a nested object is no member.
  EXPECT_EQ(verify(forge(header(), body(R"(,"note":"a:\"b\":c","more":{"sub":"1"})"))), "ok");
}

TEST_F(AccessTokenTest, ClaimsMustBeThereAndOfTheirType) {
  for (
      const char* text :
      {"[]", "null", "{}", "not json", R"({"iss":"strims"})",
       R"({"iss":"other","sub":"42","sid":"login","jti":"t","iat":1760000000,"exp":1760000900})",
       R"({"iss":"strims","sub":42,"sid":"login","jti":"t","iat":1760000000,"exp":1760000900})",
       R"({"iss":"strims","sub":"","sid":"login","jti":"t","iat":1760000000,"exp":1760000900})",
       R"({"iss":"strims","sub":"42","sid":"login","jti":"t","iat":1760000000,"exp":"1760000900"})",
       R"({"iss":"strims","sub":"42","sid":"login","jti":"t","iat":1760000000,"exp":1e300})",
       R"({"iss":"strims","sub":"42","sid":"login","jti":"t","iat":1760000000,"exp":-1})",
       R"({"iss":"strims","sub":"42","sid":"login","jti":"t","iat":1760000000})"})
    EXPECT_EQ(verify(forge(header(), text)), "invalid_token") << text;
}

TEST_F(AccessTokenTest, ShapeAndSize) {
  for (const char* text : {"", ".", "..", "...", "a.b.c", "a.b", " . . "})
    EXPECT_EQ(verify(text), "invalid_token");
  EXPECT_EQ(verify(good() + "="), "invalid_token");
  EXPECT_EQ(verify(good() + "."), "invalid_token");
  EXPECT_EQ(verify(" " + good()), "invalid_token");
  EXPECT_EQ(verify(forge(header(), body(R"(,"x":")" + std::string(5000, 'x') + "\""))),
            "invalid_token");
  EXPECT_EQ(verify(std::string(10'000'000, 'a')), "invalid_token");
}

TEST_F(AccessTokenTest, BitsBehindTheEndOfBase64AreRefused) {
  // 64 bytes leave four unused bits in the last character: it has fifteen twins.
  std::string token = good();
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const size_t value = kAlphabet.find(token.back());
  token.back() = kAlphabet[value ^ 1];
  EXPECT_EQ(verify(token), "invalid_token");
}

TEST(StrimsTokenTest, GivesTheIdOfAGoodToken) {
  const auto token = sign_strims_token("7", kNow + 60, kSecret);
  EXPECT_EQ(*verify_strims_token(token, kSecret, kNow), "7");
  EXPECT_TRUE(verify_strims_token(token, kSecret, kNow + 59).has_value());
  EXPECT_EQ(verify_strims_token(token, kSecret, kNow + 60).error().reason, "token_expired");
  EXPECT_EQ(verify_strims_token(token, "another secret", kNow).error().reason, "invalid_token");
  EXPECT_EQ(verify_strims_token(token, "", kNow).error().reason, "invalid_token");
  EXPECT_FALSE(verify_strims_token(sign_strims_token("7", kNow + 60, ""), "", kNow).has_value());
}

TEST(StrimsTokenTest, VerifiesWhatAnotherLibraryMade) {
  // {"alg":"HS256","typ":"JWT"} and {"exp":1760003600,"id":"1042"} under "strims-secret".
  const std::string_view token =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3NjAwMDM2MDAsImlkIjoiMTA0MiJ9."
      "t3Y63YA3KcixhwRrAyNNtvUAWVugykQMbf_hIlOySY8";
  EXPECT_EQ(*verify_strims_token(token, "strims-secret", kNow), "1042");
}

TEST(StrimsTokenTest, UnsignedAndOtherAlgorithmsAreRefused) {
  const std::string body = b64(R"({"id":"7","exp":1760000060})");
  for (const char* head : {R"({"alg":"none"})", R"({"alg":"HS512"})", R"({"typ":"JWT"})", "{}"}) {
    EXPECT_FALSE(verify_strims_token(b64(head) + "." + body + ".", kSecret, kNow).has_value());
    EXPECT_FALSE(verify_strims_token(b64(head) + "." + body + ".AAAA", kSecret, kNow).has_value());
  }
}

}  // namespace
}  // namespace strims::auth
