#include <gtest/gtest.h>

#include "base/json_read.h"
#include "chat/poll.h"
#include "chat/room_testing.h"
#include "hub/dialects/dialect.h"

namespace strims::hub {
namespace {

constexpr TimeMs kAt = 1'760'000'004'123;

class DggDialect : public ::testing::Test {
 protected:
  // The payload of a frame that must begin with `event`.
  static Json payload(const std::string& frame, std::string_view event) {
    EXPECT_TRUE(frame.starts_with(std::string(event) + " ")) << frame;
    auto json =
        Json::parse(std::string_view(frame).substr(std::min(frame.size(), event.size() + 1)));
    EXPECT_TRUE(json) << frame;
    return json ? std::move(*json) : Json();
  }
  static std::string dump(const Json& json, std::string_view key) {
    const Json* value = json.find(key);
    return value ? value->dump() : "absent";
  }
  static std::string text(const Json& json, std::string_view key) {
    return std::string(json.find_string(key).value_or("absent"));
  }
  static Entry entry(EntryKind kind) {
    Entry e;
    e.id = 123'456'789'012'345'678;
    e.seq = 42;
    e.at = kAt;
    e.kind = kind;
    e.actor = Actor::of(*chat::person(3, "Mod", Role::moderator));
    return e;
  }
  Json shown(const Entry& e, std::string_view event) { return payload(dialect_->entry(e), event); }
  // The flat fields of who acted (chat-websocket 3.2).
  static void expect_user(const Json& json, int64_t id, std::string_view nick) {
    EXPECT_EQ(dump(json, "id"), std::to_string(id));
    EXPECT_EQ(text(json, "nick"), nick);
    ASSERT_NE(json.find("features"), nullptr);
    EXPECT_TRUE(json.find("features")->is_array());
    ASSERT_NE(json.find("roles"), nullptr);
    EXPECT_TRUE(json.find("roles")->is_array());
    if (const Json* created = json.find("createdDate")) {
      EXPECT_TRUE(parse_rfc3339(created->string().value_or(""))) << created->dump();
    }
  }

  std::unique_ptr<Dialect> dialect_ = make_dgg_dialect(300'000);
};

TEST_F(DggDialect, Messages) {
  Entry e = entry(EntryKind::message);
  e.text = "hello @Bo";
  const Json json = shown(e, "MSG");
  expect_user(json, 3, "Mod");
  EXPECT_EQ(dump(json, "features"), R"(["moderator"])");
  EXPECT_EQ(dump(json, "roles"), R"(["USER","MODERATOR"])");
  EXPECT_EQ(text(json, "createdDate"), "2023-11-14T22:13:20Z");
  EXPECT_EQ(dump(json, "timestamp"), std::to_string(kAt));
  EXPECT_EQ(text(json, "data"), "hello @Bo");
  EXPECT_EQ(dump(json, "seq"), "42");
  EXPECT_EQ(json.find("uuid"), nullptr) << "seq is its name";
}

TEST_F(DggDialect, StreamStatesAreTheObjectThatWasAnnounced) {
  Entry e = entry(EntryKind::stream);
  e.extra = R"({"channel":"main","state":"live","viewers":3})";
  const Json json = shown(e, "STREAM");
  EXPECT_EQ(text(json, "channel"), "main");
  EXPECT_EQ(text(json, "state"), "live");
  EXPECT_EQ(dump(json, "viewers"), "3");
  EXPECT_EQ(dump(json, "seq"), "42");
  EXPECT_EQ(dialect_->stream(R"({"viewers":4})"), R"(STREAM {"viewers":4})");
}

TEST_F(DggDialect, PunishmentsAndModes) {
  Entry e = entry(EntryKind::mute);
  e.target_id = 7;
  e.target_nick = "bO";
  e.number = 600;
  e.text = "between us";
  Json json = shown(e, "MUTE");
  expect_user(json, 3, "Mod");
  EXPECT_EQ(text(json, "data"), "bO");
  EXPECT_EQ(dump(json, "duration"), "600");

  e.kind = EntryKind::ban;
  e.extra = R"({"addresses":["192.0.2.1"]})";
  const std::string ban = dialect_->entry(e);
  EXPECT_EQ(ban.find("192.0.2.1"), std::string::npos) << "addresses are nobody's business";
  EXPECT_EQ(ban.find("between us"), std::string::npos) << "nor is the reason";
  json = payload(ban, "BAN");
  EXPECT_EQ(text(json, "data"), "bO");
  EXPECT_EQ(json.find("duration"), nullptr);

  for (const auto& [kind, event] :
       {std::pair{EntryKind::unmute, "UNMUTE"}, {EntryKind::unban, "UNBAN"}}) {
    e.kind = kind;
    EXPECT_EQ(text(shown(e, event), "data"), "bO");
  }

  e = entry(EntryKind::subonly);
  e.number = 2;
  json = shown(e, "SUBONLY");
  EXPECT_EQ(text(json, "data"), "on");
  EXPECT_EQ(dump(json, "tier"), "2");
  e.number = 0;
  json = shown(e, "SUBONLY");
  EXPECT_EQ(text(json, "data"), "off");
  EXPECT_EQ(json.find("tier"), nullptr);
}

TEST_F(DggDialect, SmallEvents) {
  Entry e = entry(EntryKind::broadcast);
  e.text = "soon";
  e.uuid = "b-1";
  Json json = shown(e, "BROADCAST");
  EXPECT_EQ(text(json, "nick"), "Mod");
  EXPECT_EQ(text(json, "uuid"), "b-1");
  ASSERT_NE(json.find("user"), nullptr);
  expect_user(*json.find("user"), 3, "Mod");

  e = entry(EntryKind::pin);
  e.text = "be nice";
  e.uuid = "p-1";
  json = shown(e, "PIN");
  expect_user(json, 3, "Mod");
  EXPECT_EQ(text(json, "data"), "be nice");
  EXPECT_EQ(text(json, "uuid"), "p-1");
  e.text.clear();
  EXPECT_EQ(text(shown(e, "PIN"), "data"), "");

  e = entry(EntryKind::death);
  e.text = "fell off the map";
  e.number = 600;
  json = shown(e, "DEATH");
  EXPECT_EQ(dump(json, "duration"), "600");
  EXPECT_EQ(text(json, "data"), "fell off the map");

  e = entry(EntryKind::phrase_add);
  e.text = "gold";
  EXPECT_EQ(text(shown(e, "ADDPHRASE"), "data"), "gold");
  e.kind = EntryKind::phrase_remove;
  EXPECT_EQ(text(shown(e, "REMOVEPHRASE"), "data"), "gold");

  e = entry(EntryKind::tombstone);
  e.target_entry = 99;
  e.target_nick = "Bo";
  e.number = 41;
  json = shown(e, "DELETE");
  EXPECT_EQ(text(json, "data"), "99");
  EXPECT_EQ(dump(json, "targetSeq"), "41");
  EXPECT_EQ(dialect_->entry(entry(EntryKind::event_remove)), "");
  EXPECT_EQ(dialect_->entry(entry(EntryKind::stream)), "");
}

TEST_F(DggDialect, TheSystemActs) {
  Entry e = entry(EntryKind::unmute);
  e.actor = {};
  e.target_nick = "Bo";
  const Json json = shown(e, "UNMUTE");
  expect_user(json, -1, "System");
  EXPECT_EQ(dump(json, "features"), "[]");
  EXPECT_EQ(json.find("createdDate"), nullptr) << "absent, never empty";
  e.kind = EntryKind::broadcast;
  const Json broadcast = shown(e, "BROADCAST");
  EXPECT_EQ(text(broadcast, "nick"), "System");
  expect_user(*broadcast.find("user"), -1, "System");
  expect_user(*payload(dialect_->notice("stalled", kAt), "BROADCAST").find("user"), -1, "System");
}

TEST_F(DggDialect, Polls) {
  Entry e = entry(EntryKind::poll_start);
  e.extra = chat::Poll::make_extra("Tea?", {"Yes", "No"}, true, 30'000);
  Json json = shown(e, "POLLSTART");
  expect_user(json, 3, "Mod");
  EXPECT_EQ(dump(json, "canvote"), "true");
  EXPECT_EQ(dump(json, "myvote"), "0");
  EXPECT_EQ(dump(json, "weighted"), "true");
  EXPECT_EQ(text(json, "start"), "2025-10-09T08:53:24.123Z");
  EXPECT_EQ(text(json, "now"), "2025-10-09T08:53:24.123Z");
  EXPECT_EQ(dump(json, "time"), "30000");
  EXPECT_EQ(text(json, "question"), "Tea?");
  EXPECT_EQ(dump(json, "options"), R"(["Yes","No"])");
  EXPECT_EQ(dump(json, "totals"), "[0,0]");
  EXPECT_EQ(dump(json, "totalvotes"), "0");

  json = payload(dialect_->poll({.start = &e,
                                 .question = "Tea?",
                                 .options = {"Yes", "No"},
                                 .totals = {3, 4},
                                 .total = 7,
                                 .time_ms = 30'000,
                                 .can_vote = false,
                                 .my_vote = 2,
                                 .now = kAt + 1000}),
                 "POLLSTART");
  EXPECT_EQ(dump(json, "canvote"), "false");
  EXPECT_EQ(dump(json, "myvote"), "2");
  EXPECT_EQ(dump(json, "totals"), "[3,4]");
  EXPECT_EQ(text(json, "now"), "2025-10-09T08:53:25.123Z");

  Entry vote = entry(EntryKind::vote);
  vote.number = 2;
  vote.extra = chat::vote_extra(8);
  json = shown(vote, "VOTECAST");
  EXPECT_EQ(text(json, "vote"), "2");
  EXPECT_EQ(dump(json, "quantity"), "8");
  EXPECT_EQ(json.find("nick"), nullptr) << "anonymous";
  EXPECT_EQ(payload(dialect_->vote_counted(2), "VOTECOUNTED").dump(), R"({"vote":"2"})");

  chat::Poll poll = *chat::Poll::from_entry(e);
  poll.admit(7, 2, 8);
  Entry stop = entry(EntryKind::poll_stop);
  stop.at = kAt + 30'000;
  stop.extra = poll.final_extra();
  json = shown(stop, "POLLSTOP");
  expect_user(json, 3, "Mod");
  EXPECT_EQ(dump(json, "options"), R"(["Yes","No"])");
  EXPECT_EQ(dump(json, "totals"), "[0,8]");
  EXPECT_EQ(dump(json, "totalvotes"), "8");
  EXPECT_EQ(text(json, "start"), "2025-10-09T08:53:24.123Z");
}

TEST_F(DggDialect, PaidEvents) {
  Entry e = entry(EntryKind::gift_sub);
  e.uuid = "e-1";
  e.extra =
      R"({"user":{"id":1,"nick":"Ada","features":[]},"recipient":{"id":7,"nick":"Bo","features":[]},)"
      R"("tier":1,"tierLabel":"Tier I","amount":500,"fromMassGift":false})";
  for (const auto& [kind, event] : {std::pair{EntryKind::subscription, "SUBSCRIPTION"},
                                    {EntryKind::gift_sub, "GIFTSUB"},
                                    {EntryKind::mass_gift, "MASSGIFT"},
                                    {EntryKind::donation, "DONATION"}}) {
    e.kind = kind;
    const Json json = shown(e, event);
    EXPECT_EQ(text(json, "nick"), "Ada") << "the buyer, not the shop";
    EXPECT_EQ(text(json, "data"), "") << "a string even when there is no message";
    EXPECT_EQ(text(json, "uuid"), "e-1");
    EXPECT_EQ(dump(json, "timestamp"), std::to_string(kAt));
    EXPECT_EQ(dump(json, "expirationTimestamp"), std::to_string(kAt + 300'000));
    EXPECT_EQ(dump(json, "amount"), "500");
    EXPECT_EQ(text(*json.find("recipient"), "nick"), "Bo");
  }
  EXPECT_EQ(dialect_->paid_events({}, 300'000), "PAIDEVENTS []");
  const Json bar = payload(dialect_->paid_events({e, e}, 300'000), "PAIDEVENTS");
  ASSERT_EQ(bar.array().size(), 2U);
  EXPECT_EQ(bar.array()[0].string(), dialect_->entry(e));
}

TEST_F(DggDialect, PresenceAndNames) {
  User user = *chat::person(7, "Bo", Role::user, {"flair3"});
  for (const auto& [kind, event] : {std::pair{chat::PresenceKind::join, "JOIN"},
                                    {chat::PresenceKind::quit, "QUIT"},
                                    {chat::PresenceKind::update, "UPDATEUSER"}}) {
    const Json json = payload(dialect_->presence(kind, user, kAt), event);
    expect_user(json, 7, "Bo");
    EXPECT_EQ(dump(json, "features"), R"(["flair3","subscriber"])");
    EXPECT_EQ(dump(json, "timestamp"), std::to_string(kAt));
  }
  EXPECT_EQ(dialect_->me(nullptr), "ME null");
  user.created_at = 0;
  user.features.clear();
  const Json me = payload(dialect_->me(&user), "ME");
  expect_user(me, 7, "Bo");
  EXPECT_EQ(dump(me, "features"), "[]");
  EXPECT_EQ(me.find("createdDate"), nullptr);

  EXPECT_EQ(dialect_->names({}, 3, {}), R"(NAMES {"connectioncount":3,"users":[]})");
  const std::string two =
      dialect_->listed(*chat::person(1, "Ada")) + "," + dialect_->listed(*chat::person(7, "Bo"));
  const Json names = payload(dialect_->names(two, 5, 1234), "NAMES");
  EXPECT_EQ(dump(names, "connectioncount"), "5");
  EXPECT_EQ(dump(names, "usercount"), "1234");
  ASSERT_EQ(names.find("users")->array().size(), 2U);
  expect_user(names.find("users")->array()[1], 7, "Bo");
}

TEST_F(DggDialect, ErrorsAreObjects) {
  EXPECT_EQ(dialect_->refusal({.word = "needlogin"}, ""), R"(ERR {"description":"needlogin"})");
  EXPECT_EQ(dialect_->refusal({.word = "muted", .mute_seconds_left = 583}, ""),
            R"(ERR {"description":"muted","muteTimeLeft":583})");
  EXPECT_EQ(dialect_->muted(583), R"(ERR {"description":"muted","muteTimeLeft":583})");
  EXPECT_EQ(dialect_->refusal({.word = "submode", .tier = 2}, "n1"),
            R"(ERR {"description":"submode","tier":2,"nonce":"n1"})");
  EXPECT_EQ(
      text(payload(dialect_->refusal({.word = "bannedphrase", .filtered = "a\"b"}, ""), "ERR"),
           "filtered"),
      "a\"b");
}

TEST_F(DggDialect, Answers) {
  const Json ack = payload(
      dialect_->acknowledgement({.id = 123'456'789'012'345'678, .seq = 42, .at = kAt}, "n\"1"),
      "ACK");
  EXPECT_EQ(text(ack, "nonce"), "n\"1");
  EXPECT_EQ(text(ack, "id"), "123456789012345678") << "a string: too long for JavaScript";
  EXPECT_EQ(dump(ack, "seq"), "42");
  EXPECT_EQ(dialect_->pong(R"({"timestamp":1})"), R"(PONG "eyJ0aW1lc3RhbXAiOjF9")");
  EXPECT_EQ(dialect_->subonly(0), R"(SUBONLY {"data":"off"})");
  EXPECT_EQ(dialect_->subonly(3), R"(SUBONLY {"data":"on","tier":3})");
  EXPECT_EQ(dialect_->reload(), "RELOAD {}");

  const chat::Whisper whisper{90'001, kAt, *chat::person(1, "Ada"), "Bo", "psst"};
  const Json got = payload(dialect_->whisper(whisper), "PRIVMSG");
  EXPECT_EQ(dump(got, "messageid"), "90001");
  expect_user(got, 1, "Ada");
  EXPECT_EQ(text(got, "data"), "psst");
  const Json sent = payload(dialect_->whisper_sent(whisper), "PRIVMSGSENT");
  EXPECT_EQ(text(sent, "targetNick"), "Bo");
  EXPECT_EQ(text(sent, "data"), "psst");
}

TEST_F(DggDialect, HistoryStringsAreTheLiveFrames) {
  Entry a = entry(EntryKind::message), b = entry(EntryKind::mute);
  a.text = "say \"hi\" \\ \u2028 \n \x01 </script> \U0001F600";
  b.target_nick = "Bo";
  const Json history = payload(dialect_->history({&a, &b}), "HISTORY");
  ASSERT_EQ(history.array().size(), 2U);
  EXPECT_EQ(history.array()[0].string(), dialect_->entry(a)) << "byte for byte";
  EXPECT_EQ(history.array()[1].string(), dialect_->entry(b));
  EXPECT_EQ(text(payload(std::string(*history.array()[0].string()), "MSG"), "data"), a.text);
  EXPECT_EQ(dialect_->history({}), "HISTORY []");
}

TEST_F(DggDialect, HostileTextStaysText) {
  for (const std::string& hostile :
       {std::string("\"},{\"x\":\""), std::string("\\\"\\u0022\\"), std::string("\0\x1f\x7f", 3),
        std::string("\u2028\u2029"), std::string("\"]}\nERR \"")}) {
    Entry e = entry(EntryKind::message);
    e.text = e.target_nick = e.uuid = hostile;
    e.actor.nick = hostile;
    for (const EntryKind kind :
         {EntryKind::message, EntryKind::broadcast, EntryKind::mute, EntryKind::ban, EntryKind::pin,
          EntryKind::phrase_add, EntryKind::death, EntryKind::donation}) {
      e.kind = kind;
      const std::string frame = dialect_->entry(e);
      const Json json = payload(frame, frame.substr(0, frame.find(' ')));
      EXPECT_TRUE(json.is_object());
      EXPECT_EQ(dump(json, "seq"), "42") << frame;
      EXPECT_EQ(frame.find('\n'), std::string::npos);
    }
    e.kind = EntryKind::message;
    EXPECT_EQ(text(shown(e, "MSG"), "data"), hostile);
  }
  Entry broken = entry(EntryKind::message);
  broken.text =
      "a\xff"
      "b";
  EXPECT_EQ(text(shown(broken, "MSG"), "data"), "a\uFFFDb") << "frames are always UTF-8";
}

TEST_F(DggDialect, AnEntryWhoseExtraIsBrokenStillShows) {
  for (const EntryKind kind :
       {EntryKind::poll_start, EntryKind::poll_stop, EntryKind::vote, EntryKind::donation}) {
    for (const char* extra : {"", "nonsense", "[]", "{\"options\":5,\"totals\":{},\"user\":[]}"}) {
      Entry e = entry(kind);
      e.extra = extra;
      const std::string frame = dialect_->entry(e);
      EXPECT_TRUE(payload(frame, frame.substr(0, frame.find(' '))).is_object()) << frame;
    }
  }
}

}  // namespace
}  // namespace strims::hub
