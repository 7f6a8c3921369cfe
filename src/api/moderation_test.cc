#include <gmock/gmock.h>

#include "api/test_api.h"

namespace strims::api {
namespace {

using chat::Verb;
using storage::test_act;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ModerationApi : public ApiTest {
 protected:
  ModerationApi() : mod_(person("Mod", Role::moderator)), ada_(person("Ada")) {}
  proto::Response post(const std::string& path, const std::string& body) {
    return send("POST", path, {.body = body, .token = mod_.token});
  }
  proto::Response get(const std::string& target) {
    return send("GET", target, {.token = mod_.token});
  }
  Person mod_, ada_;
};

TEST_F(ModerationApi, Ban) {
  const auto response =
      post("/moderation/ban",
           R"({"user_id":")" + ada_.id() + R"(","duration":3600,"ip":true,"reason":"spam"})");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(json(response).find_string("id"), "7001");
  EXPECT_EQ(last().verb, Verb::ban);
  EXPECT_EQ(last().target_id, ada_.user.id);
  EXPECT_EQ(last().duration_ns, 3600'000'000'000);
  EXPECT_TRUE(last().with_addresses);
  EXPECT_FALSE(last().permanent);
  EXPECT_EQ(last().reason, "spam");
  EXPECT_EQ(room_.users.back()->id, mod_.user.id);

  EXPECT_EQ(post("/moderation/ban", R"({"nick":"Ada","permanent":true,"reason":"spam"})").status,
            201);
  EXPECT_EQ(last().nick, "Ada");
  EXPECT_TRUE(last().permanent);
  EXPECT_FALSE(last().duration_ns);
}

TEST_F(ModerationApi, BanRefuses) {
  const std::string good = R"({"nick":"Ada","duration":60,"reason":"spam"})";
  EXPECT_EQ(outcome(send("POST", "/moderation/ban", {.body = good})), "401 needlogin");
  EXPECT_EQ(outcome(send("POST", "/moderation/ban", {.body = good, .token = ada_.token})),
            "403 nopermission");
  EXPECT_EQ(outcome(send("POST", "/moderation/ban",
                         {.body = good, .sid = mod_.sid, .origin = "https://evil.test"})),
            "403 origin");
  for (const char* body :
       {R"({"duration":60,"reason":"spam"})", R"({"nick":"Ada","reason":"spam"})",
        R"({"nick":"Ada","user_id":"1","duration":60,"reason":"spam"})",
        R"({"nick":"Ada","duration":60,"permanent":true,"reason":"spam"})",
        R"({"nick":"Ada","duration":0,"reason":"spam"})",
        R"({"nick":"Ada","duration":"60","reason":"spam"})",
        R"({"nick":"Ada","duration":9223372036854775807,"reason":"spam"})",
        R"({"nick":"Ada","duration":60,"ip":"yes","reason":"spam"})",
        R"({"user_id":"zero","duration":60,"reason":"spam"})",
        R"({"nick":"Ada","duration":60,"reason":7})"})
    EXPECT_EQ(outcome(post("/moderation/ban", body)), "400 invalid") << body;
  EXPECT_TRUE(room_.commands.empty());
  // Rank and reason are the room's to judge.
  room_.next = std::unexpected(chat::to_error({.word = "needbanreason"}));
  EXPECT_EQ(outcome(post("/moderation/ban", R"({"nick":"Ada","duration":60})")),
            "400 needbanreason");
}

TEST_F(ModerationApi, ABanIsLiftedByItsId) {
  store(test_act(1, EntryKind::ban, ada_.user.id, 0, "spam"));
  EXPECT_EQ(outcome(send("DELETE", "/moderation/ban/999", {.token = mod_.token})), "404 notfound");
  EXPECT_EQ(outcome(send("DELETE", "/moderation/ban/1001", {.token = ada_.token})),
            "403 nopermission");
  EXPECT_EQ(send("DELETE", "/moderation/ban/1001", {.token = mod_.token}).status, 204);
  EXPECT_EQ(last().verb, Verb::unban);
  EXPECT_EQ(last().target_id, ada_.user.id);
  store(test_act(2, EntryKind::unban, ada_.user.id));
  EXPECT_EQ(outcome(send("DELETE", "/moderation/ban/1001", {.token = mod_.token})), "404 notfound");
}

TEST_F(ModerationApi, BansAreListedWithoutAddresses) {
  Entry first = test_act(1, EntryKind::ban, 50, 0, "spam");
  first.flag = true;
  first.extra = R"({"addresses":["203.0.113.9"]})";
  store(first);
  store(test_act(2, EntryKind::ban, 51, 1, "short"));
  store(test_act(3, EntryKind::ban, 52, 0, "more"));
  clock_.advance(60'000);
  const auto response = get("/moderation/bans");
  EXPECT_THAT(response.body, Not(HasSubstr("203.0.113.9")));
  const Json active = json(response);
  ASSERT_EQ(active.find("bans")->array().size(), 2u);
  EXPECT_EQ(active.find("bans")->array()[0].find_string("user_id"), "52");
  EXPECT_EQ(active.find("bans")->array()[1].find_string("reason"), "spam");
  EXPECT_EQ(active.find("bans")->array()[1].find("permanent")->boolean(), true);
  EXPECT_EQ(json(get("/moderation/bans?all=1")).find("bans")->array().size(), 3u);
  const Json page = json(get("/moderation/bans?limit=1"));
  EXPECT_EQ(page.find_string("next"), "1003");
  const Json next = json(get("/moderation/bans?limit=1&before=1003"));
  EXPECT_EQ(next.find("bans")->array()[0].find_string("user_id"), "50");
  EXPECT_TRUE(next.find("next")->is_null());
  EXPECT_EQ(send("GET", "/moderation/bans", {.token = ada_.token}).status, 403);
}

TEST_F(ModerationApi, Mute) {
  EXPECT_EQ(post("/moderation/mute", R"({"nick":"Ada","duration":60,"reason":"calm down"})").status,
            201);
  EXPECT_EQ(last().verb, Verb::mute);
  EXPECT_EQ(last().duration_ns, 60'000'000'000);
  EXPECT_EQ(last().reason, "calm down");
  EXPECT_EQ(post("/moderation/mute", R"({"user_id":5})").status, 201);
  EXPECT_EQ(last().target_id, 5);
  EXPECT_FALSE(last().duration_ns);
  EXPECT_EQ(outcome(post("/moderation/mute", R"({"nick":"Ada","duration":604801})")),
            "400 invalid");
  EXPECT_EQ(outcome(post("/moderation/mute", "{}")), "400 invalid");
  EXPECT_EQ(
      outcome(send("POST", "/moderation/mute", {.body = R"({"nick":"Mod"})", .token = ada_.token})),
      "403 nopermission");

  EXPECT_EQ(send("DELETE", "/moderation/mute/5", {.token = mod_.token}).status, 204);
  EXPECT_EQ(last().verb, Verb::unmute);
  EXPECT_EQ(last().target_id, 5);
  EXPECT_EQ(outcome(send("DELETE", "/moderation/mute/x", {.token = mod_.token})), "404 notfound");
}

TEST_F(ModerationApi, MutesAreListed) {
  store(test_act(1, EntryKind::mute, 50, 3600));
  store(test_act(2, EntryKind::mute, 51, 1));
  clock_.advance(60'000);
  const Json body = json(get("/moderation/mutes"));
  ASSERT_EQ(body.find("mutes")->array().size(), 1u);
  EXPECT_EQ(body.find("mutes")->array()[0].find_string("user_id"), "50");
  EXPECT_EQ(body.find("mutes")->array()[0].find_string("by_nick"), "Mod");
}

TEST_F(ModerationApi, TheLogTellsWhoDidWhat) {
  store(test_act(1, EntryKind::ban, 50, 0, "spam"));
  store(test_act(2, EntryKind::mute, 51, 60, "calm down"));
  const Json body = json(get("/moderation/log"));
  ASSERT_EQ(body.find("entries")->array().size(), 2u);
  const Json& mute = body.find("entries")->array()[0];
  EXPECT_EQ(mute.find_string("action"), "mute");
  EXPECT_EQ(mute.find_string("reason"), "calm down");
  EXPECT_EQ(mute.find_string("actor_nick"), "Mod");
  EXPECT_EQ(mute.find_string("target_id"), "51");
  EXPECT_EQ(mute.find("detail")->find("seconds")->integer(), 60);
  EXPECT_TRUE(mute.find_string("at"));
  EXPECT_EQ(json(get("/moderation/log?action=ban")).find("entries")->array().size(), 1u);
  EXPECT_EQ(json(get("/moderation/log?target=51")).find("entries")->array().size(), 1u);
  EXPECT_EQ(json(get("/moderation/log?actor=4")).find("entries")->array().size(), 0u);
  const Json page = json(get("/moderation/log?limit=1"));
  EXPECT_EQ(page.find_string("next"), "1002");
  EXPECT_EQ(json(get("/moderation/log?limit=1&before=1002"))
                .find("entries")
                ->array()[0]
                .find_string("action"),
            "ban");
}

TEST_F(ModerationApi, BotsModerateButDoNotReadTheLog) {
  const Person bot = person("Botty", Role::user, {"bot"});
  EXPECT_EQ(outcome(send("GET", "/moderation/log", {.token = bot.token})), "403 nopermission");
  EXPECT_EQ(
      send("POST", "/moderation/mute", {.body = R"({"nick":"Ada"})", .token = bot.token}).status,
      201);
  EXPECT_EQ(outcome(send("GET", "/moderation/log")), "401 needlogin");
  EXPECT_EQ(outcome(send("GET", "/moderation/log", {.token = ada_.token})), "403 nopermission");
}

TEST_F(ModerationApi, SubscriberMode) {
  const auto response = post("/moderation/subonly", R"({"tier":2})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(last().verb, Verb::subonly);
  EXPECT_EQ(last().tier, 2);
  EXPECT_EQ(outcome(post("/moderation/subonly", R"({"tier":6})")), "400 invalid");
  EXPECT_EQ(outcome(post("/moderation/subonly", "{}")), "400 invalid");
}

TEST_F(ModerationApi, Phrases) {
  EXPECT_EQ(post("/moderation/phrases", R"({"phrase":"/a+b/i"})").status, 201);
  EXPECT_EQ(last().verb, Verb::phrase_add);
  EXPECT_EQ(last().text, "/a+b/i");
  EXPECT_EQ(outcome(post("/moderation/phrases", "{}")), "400 invalid");
  EXPECT_EQ(send("DELETE", "/moderation/phrases?phrase=%2Fa%2Bb%2Fi", {.token = mod_.token}).status,
            204);
  EXPECT_EQ(last().verb, Verb::phrase_remove);
  EXPECT_EQ(last().text, "/a+b/i");
  EXPECT_EQ(outcome(send("DELETE", "/moderation/phrases", {.token = mod_.token})), "400 invalid");
  store(test_act(1, EntryKind::phrase_add, 0, 0, "bad thing"));
  EXPECT_EQ(get("/moderation/phrases").body, R"({"phrases":["bad thing"]})");
  EXPECT_EQ(send("GET", "/moderation/phrases").status, 401);
}

}  // namespace
}  // namespace strims::api
