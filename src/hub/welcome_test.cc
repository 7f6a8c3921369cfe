#include "hub/welcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/room_testing.h"
#include "proto/ws_encoder.h"

namespace strims::hub {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

class Welcome : public ::testing::Test, protected chat::RoomCase {
 protected:
  Welcome() : RoomCase({.history_lines = 100, .presence = {.names_max = 1}}) {}
  std::vector<std::string> frames(const UserPtr& user, Flavour flavour = Flavour::dgg,
                                  const WelcomeDesk::Resume& resume = {}) {
    const Dialect& dialect = flavour == Flavour::dgg ? *dgg_ : *strims_;
    std::vector<std::string> out;
    for (const Bytes& bytes : desk_.frames(room, user.get(), dialect, flavour, resume)) {
      EXPECT_EQ(proto::frame_length_at(as_bytes(*bytes)), bytes->size()) << "one whole frame each";
      const size_t header = bytes->size() - 2 < 126 ? 2 : 4;
      out.push_back(bytes->substr(header));
    }
    return out;
  }
  // A room with everything in it: pin, poll, submode, history, a paid event, Bo muted.
  void fill() {
    const chat::ConnId m = enter(mod), a = enter(ada), b = enter(boss);
    enter(bo);
    say(a, "hello");
    send(m, {.verb = chat::Verb::pin, .text = "be nice"});
    send(m, {.verb = chat::Verb::poll_start,
             .question = "Tea?",
             .options = {"Yes", "No"},
             .time_ms = 60'000});
    send(m, {.verb = chat::Verb::mute, .nick = "Bo"});
    send(b, {.verb = chat::Verb::event_add, .paid_kind = EntryKind::donation});
    commit();
    send(a, {.verb = chat::Verb::vote, .text = "2"});
    send(m, {.verb = chat::Verb::subonly, .tier = 2});
    commit();
  }

  std::unique_ptr<Dialect> dgg_ = make_dgg_dialect(300'000);
  std::unique_ptr<Dialect> strims_ = make_strims_dialect({});
  WelcomeDesk desk_{clock, 300'000};
};

// chat-websocket 4.1.
TEST_F(Welcome, AnEmptyRoom) {
  EXPECT_THAT(frames(nullptr), ElementsAre("ME null", R"(NAMES {"connectioncount":0,"users":[]})",
                                           "HISTORY []", "PAIDEVENTS []"));
}

TEST_F(Welcome, TheOrderOfTheFrames) {
  fill();
  EXPECT_THAT(frames(bo),
              ElementsAre(StartsWith(R"(ME {"id":2,"nick":"Bo")"), StartsWith("NAMES {"),
                          StartsWith(R"(HISTORY ["MSG )"), StartsWith(R"(PAIDEVENTS ["DONATION )"),
                          StartsWith("PIN {"), StartsWith("POLLSTART {"), StartsWith("SUBONLY {"),
                          R"(ERR {"description":"muted","muteTimeLeft":600})"));
}

TEST_F(Welcome, TheSubmodeComesAsItWasSaid) {
  fill();
  EXPECT_EQ(frames(bo)[6], dgg_->entry(*room.subonly_entry()));
  chat::Room fresh(1, clock, ids, port, {});
  fresh.restore({.subonly_tier = 2});
  const auto bare = desk_.frames(fresh, nullptr, *dgg_, Flavour::dgg, {});
  EXPECT_NE(bare.back()->find(R"(SUBONLY {"data":"on","tier":2)"), std::string::npos)
      << "older than the history";
}

TEST_F(Welcome, TheViewOfAPoll) {
  fill();
  const auto poll_for = [&](const UserPtr& user) { return frames(user)[5]; };
  EXPECT_NE(poll_for(ada).find(R"("canvote":false,"myvote":2)"), std::string::npos);
  EXPECT_NE(poll_for(bo).find(R"("canvote":true,"myvote":0)"), std::string::npos);
  EXPECT_NE(poll_for(nullptr).find(R"("canvote":false,"myvote":0)"), std::string::npos)
      << "a guest";
  EXPECT_NE(poll_for(bo).find(R"("totals":[0,1],"totalvotes":1)"), std::string::npos);
}

TEST_F(Welcome, AnUnpinningIsToldToWhoWasAway) {
  const chat::ConnId m = enter(mod);
  const auto pins = [&](std::optional<Seq> echoed) {
    WelcomeDesk::Resume resume;
    resume.echoed = echoed;
    size_t count = 0;
    for (const Bytes& bytes : desk_.frames(room, ada.get(), *dgg_, Flavour::dgg, resume))
      if (proto::frame_payload(*bytes).starts_with("PIN {")) {
        EXPECT_NE(bytes->find(R"("data":"")"), std::string::npos);
        ++count;
      }
    return count;
  };
  send(m, {.verb = chat::Verb::pin, .text = "be nice"});
  commit();
  const Seq pinned = room.last_seq();
  send(m, {.verb = chat::Verb::pin, .text = ""});
  commit();
  EXPECT_EQ(pins(pinned), 1u);
  EXPECT_EQ(pins(room.last_seq()), 0u) << "he has had it";
  EXPECT_EQ(pins(std::nullopt), 0u) << "a newcomer";
}

TEST_F(Welcome, TheOldFlavour) {
  fill();
  EXPECT_THAT(frames(bo, Flavour::strims),
              ElementsAre(StartsWith("NAMES {"), StartsWith("SUBONLY {")));
}

TEST_F(Welcome, NamesAreBounded) {
  fill();  // four users
  const std::string names = frames(nullptr)[1];
  size_t users = 0;
  for (size_t at = names.find("\"nick\""); at != std::string::npos;
       at = names.find("\"nick\"", at + 1))
    ++users;
  EXPECT_EQ(users, 3U);
  EXPECT_THAT(names, StartsWith(R"(NAMES {"connectioncount":4,"usercount":4,"users":[{"id":4,)"))
      << "how many there are, and staff first";
}

TEST_F(Welcome, WhoIsInGraceIsInTheListAndNotInTheCount) {
  const chat::ConnId a = enter(ada);
  room.leave(a);
  EXPECT_THAT(frames(nullptr)[1], StartsWith(R"(NAMES {"connectioncount":0,"users":[{"id":1,)"));
}

TEST_F(Welcome, AListShowsTheNewestRecords) {
  enter(ada);
  const auto names = [&] { return frames(nullptr, Flavour::strims)[0]; };
  EXPECT_EQ(names(), R"(NAMES {"connectioncount":1,"users":[{"nick":"Ada","features":[]}]})");
  room.user_changed(*chat::person(1, "Ada", Role::admin));
  room.end_round();
  EXPECT_EQ(names(),
            R"(NAMES {"connectioncount":1,"users":[{"nick":"Ada","features":["admin"]}]})");
}

TEST_F(Welcome, SharedFramesAreEncodedOnceUntilTheyChange) {
  const auto names = [&] { return desk_.frames(room, nullptr, *dgg_, Flavour::dgg, {})[1]; };
  const auto history = [&] { return desk_.frames(room, nullptr, *dgg_, Flavour::dgg, {})[2]; };
  const chat::ConnId a = enter(ada);
  const Bytes first = names(), lines = history();
  EXPECT_EQ(names(), first);
  enter(nullptr);
  EXPECT_NE(names(), first);
  EXPECT_EQ(history(), lines);
  say(a, "hello");
  commit();
  EXPECT_NE(history(), lines);
}

TEST_F(Welcome, WhatIsOverIsNotShown) {
  fill();
  clock.advance(700'000);
  const auto got = frames(bo);
  EXPECT_EQ(got[3], "PAIDEVENTS []");
  EXPECT_FALSE(got.back().starts_with("ERR"));
}

TEST_F(Welcome, AnEchoMakesTheHistoryAsLongAsTheGap) {
  const chat::ConnId b = enter(bot);
  for (int i = 1; i <= 300; ++i) say(b, "line " + std::to_string(i));
  commit();
  const auto shown = [&](std::optional<Seq> echoed) {
    const std::string history = frames(nullptr, Flavour::dgg, {.echoed = echoed})[2];
    std::vector<int> lines;
    for (size_t at = history.find("line "); at != std::string::npos;
         at = history.find("line ", at + 1))
      lines.push_back(std::stoi(history.substr(at + 5)));
    for (size_t i = 1; i < lines.size(); ++i) EXPECT_EQ(lines[i], lines[i - 1] + 1);
    EXPECT_EQ(lines.back(), 300);
    return lines.size();
  };
  EXPECT_EQ(shown({}), 100U);
  EXPECT_EQ(shown(250), 100U) << "never less than a newcomer sees";
  EXPECT_EQ(shown(180), 125U) << "120 were missed: a few more, so that many share a frame";
  EXPECT_EQ(shown(175), 125U);
  EXPECT_EQ(shown(60), 250U);
  EXPECT_EQ(shown(1), 250U) << "more than the client keeps would come again";
}

TEST_F(Welcome, WhoComesBackGetsWhatWasMissed) {
  fill();
  const auto missed = std::make_shared<const std::string>(proto::text_frame("MSG {}"));
  const auto back = frames(bo, Flavour::dgg, {true, std::vector<Bytes>{missed}});
  EXPECT_THAT(back[2], "MSG {}");
  EXPECT_THAT(back[3], StartsWith("PAIDEVENTS "));
  const auto lost = frames(bo, Flavour::dgg, {true, std::nullopt});
  EXPECT_EQ(lost.size(), back.size() + 1);
  EXPECT_EQ(lost[2], R"(RESUME {"recovered":false,"from":1})");
  EXPECT_THAT(lost[3], StartsWith("HISTORY "));
}

}  // namespace
}  // namespace strims::hub
