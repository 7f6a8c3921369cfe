#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/json_read.h"
#include "chat/room_testing.h"
#include "hub/dialects/dialect.h"

namespace strims::hub {
namespace {

constexpr TimeMs kAt = 1'760'000'004'123;

class StrimsDialect : public ::testing::Test {
 protected:
  static Entry entry(EntryKind kind, std::string text = {}) {
    Entry e;
    e.id = 99;
    e.seq = 42;
    e.at = kAt;
    e.kind = kind;
    e.actor = Actor::of(*chat::person(7, "Bo", Role::user, {"flair3"}));
    e.text = std::move(text);
    e.target_nick = "Ada";
    return e;
  }
  std::unique_ptr<Dialect> dialect_ = make_strims_dialect({"Wow", "Hmm"});
};

TEST_F(StrimsDialect, Messages) {
  EXPECT_EQ(dialect_->entry(entry(EntryKind::message, "hello")),
            R"(MSG {"nick":"Bo","features":["flair3","subscriber"],"data":"hello","entities":{},)"
            R"("timestamp":1760000004123,"seq":42})");
}

TEST_F(StrimsDialect, NicksOfThosePresentAreMarked) {
  const auto dialect = make_strims_dialect({"Wow"}, [](std::string_view word) {
    return ascii_iequals(word, "ada") ? std::string("Ada") : std::string();
  });
  const std::string frame = dialect->entry(entry(EntryKind::message, "é @ada and nobody"));
  EXPECT_NE(frame.find(R"("entities":{"nicks":[{"nick":"Ada","bounds":[3,6]}]})"),
            std::string::npos)
      << frame;
}

TEST_F(StrimsDialect, CombosShowFromTheSecondOn) {
  Entry e = entry(EntryKind::message, "Wow");
  e.number = 1;
  EXPECT_EQ(dialect_->entry(e).find("combo"), std::string::npos);
  e.number = 2;
  EXPECT_NE(dialect_->entry(e).find(R"("combo":2)"), std::string::npos);
  e.text = "Wow Hmm";
  EXPECT_EQ(dialect_->entry(e).find("combo"), std::string::npos) << "only on a lone emote";
}

TEST_F(StrimsDialect, ErrorsAreBareStrings) {
  EXPECT_EQ(dialect_->refusal({.word = "throttled", .retry_after_ms = 5}, "n1"),
            R"(ERR "throttled")");
  EXPECT_EQ(dialect_->refusal({.word = "muted", .mute_seconds_left = 5}, ""), R"(ERR "muted")");
  EXPECT_EQ(dialect_->muted(5), "") << "nobody is told at the door";
}

TEST_F(StrimsDialect, ModerationHasNoExtras) {
  Entry e = entry(EntryKind::mute);
  e.number = 600;
  EXPECT_EQ(
      dialect_->entry(e),
      R"(MUTE {"nick":"Bo","features":["flair3","subscriber"],"data":"Ada","timestamp":1760000004123,"seq":42})");
  for (const auto& [kind, event] : {std::pair{EntryKind::unmute, "UNMUTE "},
                                    {EntryKind::ban, "BAN "},
                                    {EntryKind::unban, "UNBAN "}}) {
    e.kind = kind;
    EXPECT_TRUE(dialect_->entry(e).starts_with(event));
  }
  e.kind = EntryKind::subonly;
  EXPECT_NE(dialect_->entry(e).find(R"("data":"on")"), std::string::npos);
}

TEST_F(StrimsDialect, WhatItDoesNotKnowIsNotShown) {
  for (const EntryKind kind : {EntryKind::pin, EntryKind::poll_start, EntryKind::vote,
                               EntryKind::poll_stop, EntryKind::phrase_add, EntryKind::death,
                               EntryKind::donation, EntryKind::tombstone, EntryKind::event_remove})
    EXPECT_EQ(dialect_->entry(entry(kind)), "") << to_string(kind);
  const User user = *chat::person(7, "Bo");
  EXPECT_EQ(dialect_->presence(chat::PresenceKind::update, user, kAt), "");
  EXPECT_EQ(dialect_->me(nullptr), "") << "ME null throws there";
  EXPECT_EQ(dialect_->me(&user), "");
  EXPECT_EQ(dialect_->history({}), "");
  EXPECT_EQ(dialect_->paid_events({}, 1), "");
  EXPECT_EQ(dialect_->vote_counted(1), "");
  EXPECT_EQ(dialect_->reload(), "");
  EXPECT_EQ(dialect_->poll({}), "");
}

TEST_F(StrimsDialect, NamesAndPresence) {
  EXPECT_EQ(dialect_->names({}, 1, {}), R"(NAMES {"connectioncount":1,"users":[]})");
  EXPECT_EQ(dialect_->names(dialect_->listed(*chat::person(7, "Bo")), 1, {}),
            R"(NAMES {"connectioncount":1,"users":[{"nick":"Bo","features":[]}]})");
  EXPECT_EQ(dialect_->presence(chat::PresenceKind::join, *chat::person(7, "Bo"), kAt),
            R"(JOIN {"nick":"Bo","features":[],"timestamp":1760000004123})");
  EXPECT_TRUE(dialect_->presence(chat::PresenceKind::quit, *chat::person(7, "Bo"), kAt)
                  .starts_with("QUIT "));
}

TEST_F(StrimsDialect, Whispers) {
  const chat::Whisper whisper{1337, kAt, *chat::person(1, "Ada"), "Bo", "Wow"};
  for (const auto& [frame, event] : {std::pair{dialect_->whisper(whisper), "PRIVMSG "},
                                     {dialect_->whisper_sent(whisper), "PRIVMSGSENT "}}) {
    ASSERT_TRUE(frame.starts_with(event));
    const auto json = Json::parse(frame.substr(frame.find(' ') + 1));
    ASSERT_TRUE(json);
    EXPECT_EQ(json->find_string("nick"), "Ada");
    EXPECT_EQ(json->find_string("targetNick"), "Bo");
    EXPECT_EQ(json->find_string("data"), "Wow");
    EXPECT_NE(json->find("entities")->find("emotes"), nullptr);
  }
}

TEST_F(StrimsDialect, NoPayloadIsEverNull) {
  std::vector<std::string> frames = {dialect_->notice("x", kAt),
                                     dialect_->subonly(0),
                                     dialect_->subonly(2),
                                     dialect_->pong("x"),
                                     dialect_->acknowledgement({.id = 1}, "n"),
                                     dialect_->entry(entry(EntryKind::broadcast, "x"))};
  for (const std::string& frame : frames) {
    const auto json = Json::parse(frame.substr(frame.find(' ') + 1));
    ASSERT_TRUE(json) << frame;
    EXPECT_FALSE(json->is_null()) << frame;
  }
}

TEST_F(StrimsDialect, TheOldCommandsOnly) {
  EXPECT_EQ(dialect_->parse("DIE {}").kind, Parsed::Kind::ignore);
  EXPECT_EQ(dialect_->parse(R"(PRIVMSG {"data":{"nick":"x","message":"y"}})").kind,
            Parsed::Kind::refused);
  EXPECT_TRUE(dialect_->parse(R"(MSG {"data":"x"})").command.combo_rule);
}

}  // namespace
}  // namespace strims::hub
