#include <gmock/gmock.h>

#include "api/test_api.h"

namespace strims::api {
namespace {

using chat::Verb;
using storage::test_act;
using storage::test_entry;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ChatApi : public ApiTest {
 protected:
  ChatApi() : ada_(person("Ada")) {}
  // The numbers of a page of history, and its `next`.
  std::pair<std::vector<int64_t>, int64_t> page(const std::string& query) {
    const auto response = send("GET", "/chat/history" + query);
    EXPECT_EQ(response.status, 200) << response.body;
    const Json body = json(response);
    std::vector<int64_t> seqs;
    for (const Json& message : body.find("messages")->array())
      seqs.push_back(*message.find("seq")->integer());
    return {seqs, body.find("next")->integer().value_or(0)};
  }
  Person ada_;
};

TEST_F(ChatApi, HistoryIsReadUpAndDown) {
  EXPECT_EQ(page("").first, std::vector<int64_t>{});
  for (Seq n = 1; n <= 5; ++n)
    store(test_entry(n, EntryKind::message, "line " + std::to_string(n)));
  EXPECT_THAT(page("").first, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(page("").second, 0);
  EXPECT_THAT(page("?limit=2").first, ElementsAre(4, 5));
  EXPECT_EQ(page("?limit=2").second, 4);
  EXPECT_THAT(page("?limit=2&before=4").first, ElementsAre(2, 3));
  EXPECT_THAT(page("?limit=2&before=2").first, ElementsAre(1));
  EXPECT_EQ(page("?limit=2&before=2").second, 0);
  EXPECT_THAT(page("?limit=2&after=0").first, ElementsAre(1, 2));
  EXPECT_EQ(page("?limit=2&after=0").second, 2);
  EXPECT_THAT(page("?limit=3&after=2").first, ElementsAre(3, 4, 5));
  EXPECT_EQ(page("?limit=3&after=2").second, 0);
  EXPECT_THAT(page("?after=1&before=4&room=main").first, ElementsAre(2, 3));
  EXPECT_THAT(page("?after=9999").first, ElementsAre());
}

TEST_F(ChatApi, AMessageShowsWhatItShowedLive) {
  store(test_entry(1, EntryKind::message, "hello <b>"));
  const Json body = json(send("GET", "/chat/history"));
  const Json& message = body.find("messages")->array().at(0);
  EXPECT_EQ(message.find_string("id"), "1001");
  EXPECT_EQ(message.find_string("user_id"), "7");
  EXPECT_EQ(message.find_string("nick"), "Ada");
  EXPECT_EQ(message.find_string("text"), "hello <b>");
  EXPECT_EQ(message.find_string("kind"), "message");
  EXPECT_EQ(message.find_string("at"), "2025-10-09T08:53:21.000Z");
  EXPECT_EQ(message.find("features")->array().size(), 2u);
}

TEST_F(ChatApi, HistoryRefusesBadParameters) {
  for (const char* query :
       {"?limit=0", "?limit=201", "?limit=x", "?limit=-1", "?before=0", "?after=-1",
        "?after=99999999999999999999", "?kinds=nonsense", "?kinds=vote",
        "?kinds=message,"
        "vote"})
    EXPECT_EQ(outcome(send("GET", std::string("/chat/history") + query)), "400 invalid") << query;
  EXPECT_EQ(outcome(send("GET", "/chat/history?room=other")), "404 channel");
}

TEST_F(ChatApi, HistoryNeverTellsWhatIsForModerators) {
  Entry ban = test_act(1, EntryKind::ban, 9, 3600, "because of a secret");
  ban.flag = true;
  ban.extra = R"({"addresses":["203.0.113.9"]})";
  store(ban);
  store(test_act(2, EntryKind::mute, 9, 60));
  const auto response = send("GET", "/chat/history?kinds=ban,mute,message");
  EXPECT_THAT(response.body, Not(HasSubstr("203.0.113.9")));
  EXPECT_THAT(response.body, Not(HasSubstr("secret")));
  const Json body = json(response);
  ASSERT_EQ(body.find("messages")->array().size(), 2u);
  const Json& line = body.find("messages")->array()[0];
  EXPECT_EQ(line.find_string("kind"), "ban");
  EXPECT_EQ(line.find_string("target_nick"), "user9");
  EXPECT_EQ(line.find("permanent")->boolean(), false);
  EXPECT_EQ(line.find("seconds")->integer(), 3600);
  EXPECT_THAT(page("").first, ElementsAre());
}

TEST_F(ChatApi, DeletedMessagesAreGone) {
  store(test_entry(1, EntryKind::message, "bad words"));
  Entry tombstone = test_act(2, EntryKind::tombstone, 7);
  tombstone.target_entry = 1001;
  store(tombstone);
  EXPECT_THAT(send("GET", "/chat/history?kinds=message,tombstone").body,
              Not(HasSubstr("bad words")));
  EXPECT_THAT(page("?kinds=tombstone").first, ElementsAre(2));
}

TEST_F(ChatApi, AMessageIsAnsweredOnceItIsStored) {
  const auto response =
      send("POST", "/chat/message",
           {.body = R"({"room":"main","text":"hi","nonce":"n1"})", .token = ada_.token});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, R"({"id":"7001","seq":42})");
  EXPECT_EQ(response.header("Cache-Control"), "no-store");
  EXPECT_EQ(last().verb, Verb::message);
  EXPECT_EQ(last().text, "hi");
  EXPECT_EQ(last().nonce, "n1");
  EXPECT_EQ(room_.users.back()->nick, "Ada");
  // The room knows the nonce and gives the same receipt: so does the answer.
  EXPECT_EQ(
      send("POST", "/chat/message", {.body = R"({"text":"hi","nonce":"n1"})", .token = ada_.token})
          .body,
      response.body);
}

TEST_F(ChatApi, AMessageIsRefused) {
  const auto say = [&](const std::string& body) {
    return outcome(send("POST", "/chat/message", {.body = body, .token = ada_.token}));
  };
  EXPECT_EQ(outcome(send("POST", "/chat/message", {.body = R"({"text":"hi"})"})), "401 needlogin");
  EXPECT_EQ(
      outcome(send("POST", "/chat/message",
                   {.body = R"({"text":"hi"})", .sid = ada_.sid, .origin = "https://evil.test"})),
      "403 origin");
  EXPECT_EQ(say("{}"), "400 invalid");
  EXPECT_EQ(say(R"({"text":7})"), "400 invalid");
  EXPECT_EQ(say(R"({"text":"hi","nonce":5})"), "400 invalid");
  EXPECT_EQ(say(R"({"text":"hi","nonce":")" + std::string(65, 'n') + "\"}"), "400 invalid");
  EXPECT_EQ(say(R"({"text":"hi","room":"other"})"), "404 channel");
  EXPECT_TRUE(room_.commands.empty());
}

TEST_F(ChatApi, TheRoomsRefusalsHaveAStatus) {
  const auto say = [&](const chat::Refusal& refusal) {
    room_.next = std::unexpected(chat::to_error(refusal));
    return send("POST", "/chat/message", {.body = R"({"text":"hi"})", .token = ada_.token});
  };
  const auto stalled = say({.word = "unavailable"});
  EXPECT_EQ(outcome(stalled), "503 unavailable");
  EXPECT_EQ(stalled.header("Retry-After"), "1");
  const auto muted = say({.word = "muted", .mute_seconds_left = 30});
  EXPECT_EQ(outcome(muted), "403 muted");
  EXPECT_EQ(muted.header("Retry-After"), "30");
  EXPECT_EQ(outcome(say({.word = "throttled", .retry_after_ms = 400})), "429 throttled");
  EXPECT_EQ(outcome(say({.word = "duplicate"})), "409 duplicate");
  EXPECT_EQ(outcome(say({.word = "banned"})), "403 banned");
  EXPECT_THAT(say({.word = "banned"}).body, HasSubstr("r-1"));
}

TEST_F(ChatApi, ARoomThatGoesAwayLeavesNobodyHanging) {
  room_.answers = false;
  EXPECT_EQ(send("POST", "/chat/message", {.body = R"({"text":"hi"})", .token = ada_.token}).status,
            500);
}

TEST_F(ChatApi, MessagesAreDeletedThroughTheRoom) {
  EXPECT_EQ(outcome(send("DELETE", "/chat/message/1001")), "401 needlogin");
  EXPECT_EQ(outcome(send("DELETE", "/chat/message/abc", {.token = ada_.token})), "404 notfound");
  EXPECT_EQ(send("DELETE", "/chat/message/1001", {.token = ada_.token}).status, 204);
  EXPECT_EQ(last().verb, Verb::delete_message);
  EXPECT_EQ(last().entry_id, 1001);
  room_.next = std::unexpected(chat::to_error({.word = "nopermission"}));
  EXPECT_EQ(outcome(send("DELETE", "/chat/message/1002", {.token = ada_.token})),
            "403 nopermission");
}

TEST_F(ChatApi, WhoIsHere) {
  const IpAddress address = *IpAddress::parse("192.0.2.9");
  room_.room.join({.slot = 1, .generation = 1}, std::make_shared<const User>(ada_.user), address);
  room_.room.join({.slot = 2, .generation = 1}, nullptr, address);
  room_.room.end_round();
  const auto response = send("GET", "/chat/users");
  const Json body = json(response);
  EXPECT_EQ(body.find("count")->integer(), 1);
  EXPECT_EQ(body.find("connections")->integer(), 2);
  ASSERT_EQ(body.find("users")->array().size(), 1u);
  EXPECT_EQ(body.find("users")->array()[0].find_string("username"), "Ada");
  EXPECT_THAT(response.body, Not(HasSubstr("192.0.2.9")));
  EXPECT_EQ(outcome(send("GET", "/chat/users?limit=1001")), "400 invalid");
}

TEST_F(ChatApi, ReloadIsForAdmins) {
  const Person root = person("Root1", Role::admin);
  EXPECT_EQ(outcome(send("POST", "/chat/reload", {.token = ada_.token})), "403 nopermission");
  EXPECT_EQ(send("POST", "/chat/reload", {.token = root.token}).status, 204);
  EXPECT_EQ(last().verb, Verb::reload_pages);
}

class EventApi : public ChatApi {
 protected:
  EventApi() : root_(person("Root1", Role::admin)) {}
  std::string report(const std::string& body) {
    return outcome(send("POST", "/chat/events", {.body = body, .token = root_.token}));
  }
  Json extra() { return *Json::parse(last().extra); }
  Person root_;
};

TEST_F(EventApi, Subscription) {
  const auto response = send(
      "POST", "/chat/events",
      {.body =
           R"({"type":"subscription","nick":"ada","tier":3,"amount":2000,"streak":4,"text":"yay"})",
       .token = root_.token});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, R"({"id":"7001","seq":42,"uuid":"e-7001"})");
  EXPECT_EQ(last().verb, Verb::event_add);
  EXPECT_EQ(last().paid_kind, EntryKind::subscription);
  EXPECT_EQ(last().text, "yay");
  const Json fields = extra();
  EXPECT_EQ(fields.find("user")->find_string("nick"), "Ada");
  EXPECT_EQ(fields.find("user")->find("id")->integer(), ada_.user.id);
  EXPECT_EQ(fields.find("tier")->integer(), 3);
  EXPECT_EQ(fields.find_string("tierLabel"), "Tier III");
  EXPECT_EQ(fields.find("amount")->integer(), 2000);
  EXPECT_EQ(fields.find("streak")->integer(), 4);
}

TEST_F(EventApi, GiftsAndDonations) {
  EXPECT_EQ(report(R"({"type":"gift_sub","user_id":")" + ada_.id() +
                   R"(","recipient":"Root1","tier":1,"tier_label":"Gold","from_mass_gift":true})"),
            "201");
  EXPECT_EQ(extra().find("recipient")->find_string("nick"), "Root1");
  EXPECT_EQ(extra().find_string("tierLabel"), "Gold");
  EXPECT_EQ(extra().find("fromMassGift")->boolean(), true);
  EXPECT_EQ(report(R"({"type":"mass_gift","nick":"Ada","tier":1,"quantity":10,"amount":5000})"),
            "201");
  EXPECT_EQ(extra().find("quantity")->integer(), 10);
  EXPECT_EQ(report(R"({"type":"donation","nick":"Ada","amount":2500})"), "201");
  EXPECT_EQ(last().text, "");
  EXPECT_EQ(extra().find("amount")->integer(), 2500);
  EXPECT_FALSE(extra().find("tier"));
}

TEST_F(EventApi, Refusals) {
  EXPECT_EQ(outcome(send(
                "POST", "/chat/events",
                {.body = R"({"type":"donation","nick":"Ada","amount":1})", .token = ada_.token})),
            "403 nopermission");
  EXPECT_EQ(report(R"({"type":"heist","nick":"Ada"})"), "400 invalid");
  EXPECT_EQ(report(R"({"type":"donation","nick":"Ada"})"), "400 invalid");
  EXPECT_EQ(report(R"({"type":"donation","nick":"Ada","amount":-1})"), "400 invalid");
  EXPECT_EQ(report(R"({"type":"donation","nick":"Nobody","amount":1})"), "404 notfound");
  EXPECT_EQ(report(R"({"type":"subscription","nick":"Ada","tier":6})"), "400 invalid");
  EXPECT_EQ(report(R"({"type":"subscription","nick":"Ada"})"), "400 invalid");
  EXPECT_EQ(report(R"({"type":"gift_sub","nick":"Ada","tier":1})"), "400 invalid");
  EXPECT_EQ(report(R"({"type":"mass_gift","nick":"Ada","tier":1,"quantity":"<b>"})"),
            "400 invalid");
  EXPECT_EQ(report(R"({"type":"donation","nick":"Ada","amount":1,"text":")" +
                   std::string(600, 'x') + "\"}"),
            "400 msgtoolong");
  EXPECT_TRUE(room_.commands.empty());
}

}  // namespace
}  // namespace strims::api
