#include <gmock/gmock.h>

#include "api/test_api.h"
#include "storage/repositories/moderation.h"

namespace strims::api {
namespace {

using testing::Contains;
using testing::ElementsAre;

class UsersApi : public ApiTest {
 protected:
  UsersApi() : root_(person("Root1", Role::admin)), ada_(person("Ada")), bo_(person("Bobby")) {}
  std::vector<storage::ModerationRecord> record() {
    return *storage::read_moderation_log(db(), {});
  }
  Person root_, ada_, bo_;
};

TEST_F(UsersApi, EverybodySeesThePublicFields) {
  send("PUT", "/users/me",
       {.body = R"({"bio":"hello","gender":"female","age":"25-34"})", .token = ada_.token});
  for (const std::string& token : {std::string(), bo_.token}) {
    const Json body = json(send("GET", "/users/" + ada_.id(), {.token = token}));
    EXPECT_EQ(body.find_string("id"), ada_.id());
    EXPECT_EQ(body.find_string("username"), "Ada");
    EXPECT_EQ(body.find_string("role"), "user");
    EXPECT_EQ(body.find_string("bio"), "hello");
    EXPECT_EQ(body.find_string("gender"), "female");
    EXPECT_EQ(body.find_string("age"), "25-34");
    EXPECT_TRUE(body.find_string("created_at"));
    EXPECT_FALSE(body.find("can_chat"));
    EXPECT_FALSE(body.find("roles"));
  }
}

TEST_F(UsersApi, OwnersAndAdminsSeeMore) {
  for (const std::string& token : {ada_.token, root_.token}) {
    const Json body = json(send("GET", "/users/" + ada_.id(), {.token = token}));
    EXPECT_EQ(body.find("can_chat")->boolean(), true);
    EXPECT_TRUE(body.find("roles")->is_array());
  }
  EXPECT_EQ(json(send("GET", "/users/me", {.token = bo_.token})).find_string("id"), bo_.id());
}

TEST_F(UsersApi, WhoIsNotThereIsNotFound) {
  EXPECT_EQ(outcome(send("GET", "/users/999")), "404 notfound");
  EXPECT_EQ(outcome(send("GET", "/users/abc")), "404 notfound");
  EXPECT_EQ(outcome(send("GET", "/users/-1")), "404 notfound");
  EXPECT_EQ(outcome(send("GET", "/users/99999999999999999999")), "404 notfound");
  EXPECT_EQ(outcome(send("GET", "/users/me")), "401 needlogin");
}

TEST_F(UsersApi, AProfileHoldsNoRights) {
  EXPECT_EQ(outcome(send("PUT", "/users/me", {.body = R"({"role":"admin"})", .token = ada_.token})),
            "400 forbidden_field");
  EXPECT_EQ(outcome(send("PUT", "/users/me",
                         {.body = R"({"Role":"admin","bio":"x"})", .token = ada_.token})),
            "400 forbidden_field");
  EXPECT_EQ(
      outcome(send("PUT", "/users/me", {.body = R"({"features":["admin"]})", .token = ada_.token})),
      "400 forbidden_field");
  EXPECT_EQ(json(send("GET", "/users/" + ada_.id())).find_string("role"), "user");
  EXPECT_EQ(outcome(send("PUT", "/users/me", {.body = R"({"bio":7})", .token = ada_.token})),
            "400 invalid_bio");
  EXPECT_EQ(outcome(send("PUT", "/users/me", {.body = R"({"age":"12"})", .token = ada_.token})),
            "400 invalid_age");
}

TEST_F(UsersApi, AProfileIsEditedByItsOwnerOnly) {
  EXPECT_EQ(outcome(send("PUT", "/users/" + ada_.id(), {.body = "{}"})), "401 needlogin");
  EXPECT_EQ(outcome(send("PUT", "/users/" + ada_.id(), {.body = "{}", .token = bo_.token})),
            "403 nopermission");
  EXPECT_EQ(outcome(send("PUT", "/users/" + ada_.id(), {.body = "{}", .token = root_.token})),
            "403 nopermission");
}

TEST_F(UsersApi, AdminsListAccounts) {
  EXPECT_EQ(outcome(send("GET", "/users")), "401 needlogin");
  EXPECT_EQ(outcome(send("GET", "/users", {.token = ada_.token})), "403 nopermission");
  const Json first = json(send("GET", "/users?limit=2", {.token = root_.token}));
  ASSERT_EQ(first.find("users")->array().size(), 2u);
  const std::string next(*first.find_string("next"));
  const Json second = json(send("GET", "/users?limit=2&after=" + next, {.token = root_.token}));
  ASSERT_EQ(second.find("users")->array().size(), 1u);
  EXPECT_TRUE(second.find("next")->is_null());
  const Json admins = json(send("GET", "/users?role=admin", {.token = root_.token}));
  ASSERT_EQ(admins.find("users")->array().size(), 1u);
  EXPECT_EQ(admins.find("users")->array()[0].find_string("username"), "Root1");
  EXPECT_EQ(
      json(send("GET", "/users?prefix=bo", {.token = root_.token})).find("users")->array().size(),
      1u);
  EXPECT_EQ(outcome(send("GET", "/users?role=king", {.token = root_.token})), "400 invalid");
  EXPECT_EQ(outcome(send("GET", "/users?limit=201", {.token = root_.token})), "400 invalid");
}

TEST_F(UsersApi, RightsAreInForceAtOnce) {
  const auto response =
      send("PUT", "/users/" + ada_.id() + "/permissions",
           {.body = R"({"role":"moderator","features":["vip"],"roles":["POLLS"],"can_chat":false})",
            .token = root_.token});
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(json(response).find_string("role"), "moderator");
  ASSERT_EQ(room_.changed.size(), 1u);
  EXPECT_EQ(room_.changed[0].role, Role::moderator);
  EXPECT_THAT(room_.changed[0].features, ElementsAre("vip"));
  EXPECT_THAT(room_.changed[0].grants, ElementsAre("POLLS"));
  EXPECT_FALSE(room_.changed[0].can_chat);
  // The token that Ada has had all along opens the new doors, and they close again.
  EXPECT_EQ(send("GET", "/moderation/log", {.token = ada_.token}).status, 200);
  send("PUT", "/users/" + ada_.id() + "/permissions",
       {.body = R"({"role":"user"})", .token = root_.token});
  EXPECT_EQ(send("GET", "/moderation/log", {.token = ada_.token}).status, 403);

  const auto lines = record();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1].action, "rights");
  EXPECT_EQ(lines[1].actor_id, root_.user.id);
  EXPECT_EQ(lines[1].target_id, ada_.user.id);
  const auto detail = Json::parse(lines[1].detail);
  ASSERT_TRUE(detail);
  EXPECT_EQ(detail->find("before")->find_string("role"), "user");
  EXPECT_EQ(detail->find("after")->find_string("role"), "moderator");
}

TEST_F(UsersApi, RightsAreGivenByAdminsOnlyAndStrictly) {
  const std::string path = "/users/" + ada_.id() + "/permissions";
  EXPECT_EQ(outcome(send("PUT", path, {.body = R"({"role":"admin"})"})), "401 needlogin");
  EXPECT_EQ(outcome(send("PUT", path, {.body = R"({"role":"admin"})", .token = ada_.token})),
            "403 nopermission");
  EXPECT_EQ(outcome(send(
                "PUT", path,
                {.body = R"({"role":"admin"})", .sid = root_.sid, .origin = "https://evil.test"})),
            "403 origin");
  const auto as_root = [&](const std::string& body) {
    return outcome(send("PUT", path, {.body = body, .token = root_.token}));
  };
  EXPECT_EQ(as_root(R"({"role":"king"})"), "400 invalid");
  EXPECT_EQ(as_root(R"({"role":1})"), "400 invalid");
  EXPECT_EQ(as_root("{}"), "400 invalid");
  EXPECT_EQ(as_root(R"({"role":"user","is_admin":true})"), "400 forbidden_field");
  EXPECT_EQ(as_root(R"({"features":"vip"})"), "400 invalid");
  EXPECT_EQ(as_root(R"({"features":["<script>"]})"), "400 unknown_feature");
  EXPECT_EQ(as_root(R"({"roles":["ADMIN"]})"), "400 unknown_grant");
  EXPECT_EQ(as_root(R"({"can_chat":"no"})"), "400 invalid");
  EXPECT_EQ(outcome(send("PUT", "/users/999/permissions",
                         {.body = R"({"role":"user"})", .token = root_.token})),
            "404 notfound");
  EXPECT_TRUE(room_.changed.empty());
  EXPECT_TRUE(record().empty());
}

TEST_F(UsersApi, TheLastAdminStays) {
  EXPECT_EQ(outcome(send("PUT", "/users/me/permissions",
                         {.body = R"({"role":"user"})", .token = root_.token})),
            "409 last_admin");
  EXPECT_EQ(outcome(send("DELETE", "/users/me", {.token = root_.token})), "409 last_admin");
  send("PUT", "/users/" + ada_.id() + "/permissions",
       {.body = R"({"role":"admin"})", .token = root_.token});
  EXPECT_EQ(
      send("PUT", "/users/me/permissions", {.body = R"({"role":"user"})", .token = root_.token})
          .status,
      200);
}

TEST_F(UsersApi, AnAccountIsDeletedByItsOwnerOrAnAdmin) {
  EXPECT_EQ(outcome(send("DELETE", "/users/" + ada_.id())), "401 needlogin");
  EXPECT_EQ(outcome(send("DELETE", "/users/" + ada_.id(), {.token = bo_.token})),
            "403 nopermission");
  EXPECT_EQ(send("DELETE", "/users/me", {.token = ada_.token}).status, 204);
  EXPECT_THAT(ended_, Contains(ada_.login_id));
  ASSERT_EQ(room_.changed.size(), 1u);
  EXPECT_FALSE(room_.changed[0].can_chat);
  EXPECT_EQ(outcome(send("GET", "/users/" + ada_.id())), "404 notfound");
  EXPECT_EQ(
      json(send("GET", "/users/" + ada_.id(), {.token = root_.token})).find("deleted")->boolean(),
      true);
  EXPECT_EQ(outcome(send("PUT", "/users/me", {.body = "{}", .token = ada_.token})).substr(0, 3),
            "401");
  EXPECT_EQ(send("DELETE", "/users/" + bo_.id(), {.token = root_.token}).status, 204);
  EXPECT_EQ(record().size(), 2u);
}

TEST_F(UsersApi, LoginsAreListedAndEnded) {
  Person elsewhere = ada_;
  log_in(elsewhere);
  const auto response = send("GET", "/users/me/logins", {.token = ada_.token});
  const Json body = json(response);
  ASSERT_EQ(body.find("logins")->array().size(), 2u);
  int current = 0;
  for (const Json& login : body.find("logins")->array()) {
    if (login.find("current")->boolean() == true) {
      ++current;
      EXPECT_EQ(login.find_string("id"), ada_.login_id);
    }
  }
  EXPECT_EQ(current, 1);
  EXPECT_EQ(response.body.find("192.0.2.7"), std::string::npos);
  EXPECT_EQ(outcome(send("GET", "/users/" + ada_.id() + "/logins", {.token = bo_.token})),
            "403 nopermission");
  EXPECT_EQ(send("GET", "/users/" + ada_.id() + "/logins", {.token = root_.token}).status, 200);

  EXPECT_EQ(outcome(send("DELETE", "/users/me/logins/" + elsewhere.login_id, {.token = bo_.token})),
            "404 notfound");
  EXPECT_EQ(send("DELETE", "/users/me/logins/" + elsewhere.login_id, {.token = ada_.token}).status,
            204);
  EXPECT_THAT(ended_, ElementsAre(elsewhere.login_id));
  EXPECT_EQ(
      outcome(send("DELETE", "/users/me/logins/" + elsewhere.login_id, {.token = ada_.token})),
      "404 notfound");
}

TEST_F(UsersApi, LoginKeys) {
  EXPECT_EQ(outcome(send("POST", "/users/me/keys", {.body = R"({"name":"bot"})"})),
            "401 needlogin");
  EXPECT_EQ(outcome(send("POST", "/users/" + ada_.id() + "/keys",
                         {.body = R"({"name":"bot"})", .token = bo_.token})),
            "403 nopermission");
  EXPECT_EQ(
      outcome(send("POST", "/users/me/keys", {.body = R"({"name":""})", .token = ada_.token})),
      "400 invalid_name");
  EXPECT_EQ(outcome(send("POST", "/users/me/keys", {.body = "{}", .token = ada_.token})),
            "400 invalid");

  const auto made =
      send("POST", "/users/me/keys", {.body = R"({"name":"bot"})", .token = ada_.token});
  ASSERT_EQ(made.status, 201);
  const Json key = json(made);
  const std::string secret(*key.find_string("key"));
  const std::string id(*key.find_string("id"));
  EXPECT_EQ(json(send("GET", "/users/me", {.token = secret})).find_string("username"), "Ada");
  // A key speaks for its owner, and makes no further keys.
  EXPECT_EQ(outcome(send("POST", "/users/me/keys", {.body = R"({"name":"two"})", .token = secret})),
            "403 nopermission");
  EXPECT_EQ(outcome(send("DELETE", "/users/me", {.token = secret})), "403 nopermission");
  // Nor does an admin's key give rights away.
  const auto roots =
      send("POST", "/users/me/keys", {.body = R"({"name":"bot"})", .token = root_.token});
  ASSERT_EQ(roots.status, 201);
  const Json root_key = json(roots);
  EXPECT_EQ(outcome(send("PUT", "/users/" + ada_.id() + "/permissions",
                         {.body = R"({"role":"admin"})",
                          .token = std::string(*root_key.find_string("key"))})),
            "403 nopermission");
  EXPECT_TRUE(room_.changed.empty());

  const auto listed = send("GET", "/users/me/keys", {.token = ada_.token});
  ASSERT_EQ(json(listed).find("keys")->array().size(), 1u);
  EXPECT_EQ(listed.body.find(secret), std::string::npos);

  EXPECT_EQ(send("DELETE", "/users/me/keys/" + id, {.token = ada_.token}).status, 204);
  EXPECT_THAT(ended_, ElementsAre("key:" + id));
  EXPECT_EQ(outcome(send("DELETE", "/users/me/keys/" + id, {.token = ada_.token})), "404 notfound");
  EXPECT_EQ(send("PUT", "/users/me", {.body = "{}", .token = secret}).status, 401);
  EXPECT_TRUE(record().empty());
}

TEST_F(UsersApi, AdminsActOnForeignKeysOpenly) {
  const auto made = send("POST", "/users/" + bo_.id() + "/keys",
                         {.body = R"({"name":"bot"})", .token = root_.token});
  ASSERT_EQ(made.status, 201);
  const std::string id(*json(made).find_string("id"));
  EXPECT_EQ(send("DELETE", "/users/" + bo_.id() + "/keys/" + id, {.token = root_.token}).status,
            204);
  const auto lines = record();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1].action, "create_key");
  EXPECT_EQ(lines[0].action, "revoke_key");
  EXPECT_EQ(lines[0].target_nick, "Bobby");
  for (int i = 0; i < 5; ++i)
    send("POST", "/users/me/keys", {.body = R"({"name":"bot"})", .token = bo_.token});
  EXPECT_EQ(
      outcome(send("POST", "/users/me/keys", {.body = R"({"name":"bot"})", .token = bo_.token})),
      "409 too_many_keys");
}

}  // namespace
}  // namespace strims::api
