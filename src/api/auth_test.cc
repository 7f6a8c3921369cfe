#include <gmock/gmock.h>

#include "api/test_api.h"

namespace strims::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class AuthApi : public ApiTest {
 protected:
  proto::Response post(const std::string& path, const std::string& body, Sent sent = {}) {
    sent.body = body;
    return send("POST", path, sent);
  }
};

TEST_F(AuthApi, RegisterMakesAnAccount) {
  const auto response = post("/auth/register", R"({"username":"Ada","password":"correct horse"})");
  EXPECT_EQ(response.status, 201);
  const Json body = json(response);
  const Json* user = body.find("user");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->find_string("username"), "Ada");
  EXPECT_EQ(user->find_string("id"), "1");
  EXPECT_EQ(user->find_string("role"), "admin");  // the first one of a site
  EXPECT_EQ(response.header("Location"), "/users/1");
  EXPECT_FALSE(response.has_header("Set-Cookie"));
  EXPECT_EQ(response.body.find("password"), std::string::npos);
}

TEST_F(AuthApi, RegisterRefuses) {
  person("Ada");
  const auto outcome_of = [&](const std::string& body) {
    return outcome(post("/auth/register", body));
  };
  EXPECT_EQ(outcome_of(R"({"username":"ada","password":"correct horse"})"), "409 taken");
  EXPECT_EQ(outcome_of(R"({"username":"A","password":"correct horse"})"), "400 invalid_nick");
  EXPECT_EQ(outcome_of(R"({"username":"Hype","password":"correct horse"})"), "400 emote_nick");
  EXPECT_EQ(outcome_of(R"({"username":"Bobby","password":"short"})"), "400 password_too_short");
  EXPECT_EQ(outcome_of(R"({"username":"Bobby"})"), "400 invalid");
  EXPECT_EQ(outcome_of(R"({"username":7,"password":"correct horse"})"), "400 invalid");
  EXPECT_EQ(outcome_of(R"({"username":"Bobby","password":"correct horse","role":"admin"})"),
            "400 forbidden_field");
  EXPECT_EQ(outcome_of("[]"), "400 invalid_json");
  EXPECT_EQ(outcome_of("{"), "400 invalid_json");
  EXPECT_EQ(outcome(post("/auth/register", "{}", {.type = "text/plain"})), "415 unsupported_type");
}

TEST_F(AuthApi, UnknownFieldsOfARegistrationAreIgnored) {
  EXPECT_EQ(post("/auth/register", R"({"username":"Ada","password":"correct horse","email":"a@b"})")
                .status,
            201);
}

TEST_F(AuthApi, LoginGivesTokensAndACookie) {
  person("Ada");
  const auto response = post("/auth/login", R"({"username":"ADA","password":"password of Ada"})");
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Cache-Control"), "no-store");
  const Json body = json(response);
  EXPECT_EQ(body.find("expires_in")->integer(), 900);
  EXPECT_EQ(body.find("user")->find_string("username"), "Ada");
  const std::string token(*body.find_string("access_token"));
  EXPECT_EQ(send("GET", "/users/me", {.token = token}).status, 200);

  const std::string cookie(response.header("Set-Cookie"));
  EXPECT_THAT(cookie, HasSubstr("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"));
  EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
  EXPECT_THAT(cookie, Not(HasSubstr("Domain")));
  const std::string sid = cookie.substr(4, cookie.find(';') - 4);
  EXPECT_EQ(send("GET", "/users/me", {.sid = sid}).status, 200);
}

TEST_F(AuthApi, TheCookieFollowsTheConfiguration) {
  person("Ada");
  const std::string body = R"({"username":"Ada","password":"password of Ada"})";
  EXPECT_THAT(std::string(post("/auth/login", body, {.secure = true}).header("Set-Cookie")),
              HasSubstr("; Secure"));
  config_.auth.cookie_secure = config::CookieSecure::never;
  EXPECT_THAT(std::string(post("/auth/login", body, {.secure = true}).header("Set-Cookie")),
              Not(HasSubstr("; Secure")));
  config_.auth.cookie_secure = config::CookieSecure::always;
  config_.auth.cookie_same_site = config::SameSite::none;
  config_.auth.cookie_domain = "strims.test";
  EXPECT_THAT(std::string(post("/auth/login", body).header("Set-Cookie")),
              HasSubstr("; SameSite=None; Domain=strims.test; Secure"));
}

TEST_F(AuthApi, AWrongNameAndAWrongPasswordLookTheSame) {
  person("Ada");
  const auto name = post("/auth/login", R"({"username":"Nobody","password":"password of Ada"})");
  const auto password = post("/auth/login", R"({"username":"Ada","password":"another one"})");
  EXPECT_EQ(outcome(name), "401 invalid_credentials");
  EXPECT_EQ(name.body, password.body);
  EXPECT_EQ(name.status, password.status);
}

TEST_F(AuthApi, GuessingIsThrottled) {
  person("Ada");
  std::string last;
  for (int i = 0; i < 200 && !last.starts_with("429"); ++i) {
    const auto response = post("/auth/login", R"({"username":"Ada","password":"a wrong one"})",
                               {.peer = "192.0.2.66"});
    last = outcome(response);
    if (response.status == 429) {
      EXPECT_TRUE(response.has_header("Retry-After"));
    }
  }
  EXPECT_EQ(last, "429 throttled");
}

TEST_F(AuthApi, RefreshUsesTheTokenUp) {
  const Person ada = person("Ada");
  const auto fresh = post("/auth/refresh", R"({"refresh_token":")" + ada.refresh + "\"}");
  ASSERT_EQ(fresh.status, 200);
  const Json body = json(fresh);
  const std::string token(*body.find_string("access_token"));
  EXPECT_NE(*body.find_string("refresh_token"), ada.refresh);
  EXPECT_EQ(send("GET", "/users/me", {.token = token}).status, 200);

  // The old one again: somebody has a copy. Its whole family ends, sockets too.
  EXPECT_EQ(outcome(post("/auth/refresh", R"({"refresh_token":")" + ada.refresh + "\"}")),
            "401 refresh_token_reused");
  EXPECT_THAT(ended_, ElementsAre(ada.login_id));
  EXPECT_EQ(send("PUT", "/users/me", {.body = "{}", .token = token}).status, 401);
  EXPECT_EQ(send("PUT", "/users/me", {.body = "{}", .sid = ada.sid}).status, 401);
  const std::string next(*body.find_string("refresh_token"));
  EXPECT_EQ(post("/auth/refresh", R"({"refresh_token":")" + next + "\"}").status, 401);
}

TEST_F(AuthApi, RefreshRefuses) {
  EXPECT_EQ(outcome(post("/auth/refresh", R"({"refresh_token":"unknown0unknown0"})")),
            "401 invalid_refresh_token");
  EXPECT_EQ(outcome(post("/auth/refresh", "{}")), "400 invalid");
}

TEST_F(AuthApi, LogoutEndsTheLogin) {
  const Person ada = person("Ada");
  const auto response =
      send("POST", "/auth/logout",
           {.body = R"({"refresh_token":")" + ada.refresh + "\"}", .token = ada.token});
  EXPECT_EQ(response.status, 204);
  EXPECT_THAT(std::string(response.header("Set-Cookie")), HasSubstr("sid=; Path=/; Max-Age=0"));
  EXPECT_THAT(ended_, ElementsAre(ada.login_id));
  EXPECT_EQ(outcome(send("PUT", "/users/me", {.body = "{}", .token = ada.token})),
            "401 invalid_token");
  EXPECT_EQ(post("/auth/refresh", R"({"refresh_token":")" + ada.refresh + "\"}").status, 401);
}

TEST_F(AuthApi, LogoutNeedsNoBodyButALogin) {
  const Person ada = person("Ada");
  EXPECT_EQ(send("POST", "/auth/logout", {.sid = ada.sid, .origin = "http://strims.test"}).status,
            204);
  EXPECT_EQ(outcome(send("POST", "/auth/logout", {.sid = ada.sid})), "401 needlogin");
}

TEST_F(AuthApi, APasswordIsChangedByItsOwnerOnly) {
  const Person ada = person("Ada");
  const Person root = person("Root1", Role::admin);
  const std::string body = R"({"current":"password of Ada","new":"another password"})";
  EXPECT_EQ(outcome(send("PUT", "/users/" + ada.id() + "/password", {.body = body})),
            "401 needlogin");
  EXPECT_EQ(
      outcome(send("PUT", "/users/" + ada.id() + "/password", {.body = body, .token = root.token})),
      "403 nopermission");
  EXPECT_EQ(outcome(send(
                "PUT", "/users/me/password",
                {.body = R"({"current":"wrong","new":"another password"})", .token = ada.token})),
            "401 invalid_credentials");
  EXPECT_EQ(
      outcome(send("PUT", "/users/me/password",
                   {.body = R"({"current":"password of Ada","new":"x"})", .token = ada.token})),
      "400 password_too_short");

  Person elsewhere = ada;
  log_in(elsewhere);
  EXPECT_EQ(
      send("PUT", "/users/" + ada.id() + "/password", {.body = body, .token = ada.token}).status,
      204);
  EXPECT_THAT(ended_, ElementsAre(elsewhere.login_id));
  EXPECT_EQ(send("GET", "/users/me", {.token = ada.token}).status, 200);
  EXPECT_EQ(post("/auth/login", R"({"username":"Ada","password":"another password"})").status, 200);
}

TEST_F(AuthApi, TheKeysArePublic) {
  const auto response = send("GET", "/.well-known/jwks.json");
  EXPECT_EQ(response.status, 200);
  const Json body = json(response);
  ASSERT_EQ(body.find("keys")->array().size(), 1u);
  EXPECT_EQ(body.find("keys")->array()[0].find_string("kid"), keys_->active()->kid());
  EXPECT_EQ(response.body.find("\"d\""), std::string::npos);
}

TEST_F(AuthApi, AForeignPageMayNotUseTheCookie) {
  const Person ada = person("Ada");
  const Sent forged{.body = "{}", .sid = ada.sid, .origin = "https://evil.test"};
  EXPECT_EQ(outcome(send("PUT", "/users/me", forged)), "403 origin");
  EXPECT_EQ(outcome(send("POST", "/auth/logout", forged)), "403 origin");
  EXPECT_TRUE(ended_.empty());
  Sent own = forged;
  own.origin = "https://strims.test";
  EXPECT_EQ(send("PUT", "/users/me", own).status, 200);
  config_.server.origins = {"https://friend.test"};
  own.origin = "https://friend.test";
  EXPECT_EQ(send("PUT", "/users/me", own).status, 200);
  // A program that holds the token is no page.
  EXPECT_EQ(
      send("PUT", "/users/me", {.body = "{}", .token = ada.token, .origin = "https://evil.test"})
          .status,
      200);
}

TEST_F(AuthApi, TheCookieChangesNothingWithoutAnOrigin) {
  const Person ada = person("Ada");
  const Sent bare{.body = "{}", .sid = ada.sid};
  EXPECT_EQ(outcome(send("PUT", "/users/me", bare)), "403 origin");
  EXPECT_EQ(outcome(send("POST", "/auth/logout", bare)), "403 origin");
  EXPECT_TRUE(ended_.empty());
  EXPECT_EQ(send("GET", "/users/me", bare).status, 200) << "reading is free";
  // What needs no login does not use the cookie; a cookie jar may send it along.
  const std::string body = R"({"username":"Ada","password":"password of Ada"})";
  EXPECT_EQ(send("POST", "/auth/login", {.body = body, .sid = ada.sid}).status, 200);
  EXPECT_EQ(send("PUT", "/users/me", {.body = "{}", .token = ada.token, .sid = ada.sid}).status,
            200);
}

TEST_F(AuthApi, ALoginKeyIsNoPage) {
  const Person ada = person("Ada");
  const auto key = accounts_->create_login_key(db(), ada.user.id, "bot");
  ASSERT_TRUE(key);
  const std::vector<proto::Header> cookie = {{"Cookie", "authtoken=" + key->secret}};
  const std::string said = R"({"text":"hi"})";
  EXPECT_EQ(send("POST", "/chat/message", {.body = said, .headers = cookie}).status, 201);
  EXPECT_EQ(outcome(send("POST", "/chat/message",
                         {.body = said, .origin = "https://evil.test", .headers = cookie})),
            "403 origin");
  EXPECT_EQ(send("POST", "/chat/message",
                 {.body = said, .token = key->secret, .origin = "https://evil.test"})
                .status,
            201);
  // It opens no doors, not even to one who knows the password.
  const std::string change = R"({"current":"password of Ada","new":"another password"})";
  EXPECT_EQ(outcome(send("PUT", "/users/me/password", {.body = change, .token = key->secret})),
            "403 nopermission");
}

TEST_F(AuthApi, ATokenSaysWhyItIsRefused) {
  const Person ada = person("Ada");
  EXPECT_EQ(outcome(send("PUT", "/users/me", {.body = "{}", .token = "nonsense"})),
            "401 invalid_token");
  clock_.advance(3600'000);
  EXPECT_EQ(outcome(send("PUT", "/users/me", {.body = "{}", .token = ada.token})),
            "401 token_expired");
}

}  // namespace
}  // namespace strims::api
