// The hub over a real journal and database: what goes through them and comes back.
#include "hub/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hub/hub_testing.h"
#include "storage/repositories/moderation.h"
#include "storage/repositories/users.h"

namespace strims::hub {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

class HubTest : public ::testing::Test, protected HubCase {
 protected:
  UserPtr account(const std::string& nick, Role role = Role::user) {
    const auto db_connection = storage::connect(storage.database());
    storage::NewUser fresh;
    fresh.nick = nick;
    fresh.skeleton = nick;
    fresh.created_at = 1;
    fresh.role = role;
    auto made = storage::create_user(*db_connection, fresh);
    if (!made) throw std::runtime_error(made.error().detail);
    return std::make_shared<const User>(std::move(*made));
  }
  // The answer of a call, awaited.
  Result<chat::Receipt> ask(UserPtr user, chat::Command command) {
    std::optional<Result<chat::Receipt>> answer;
    hub->call(std::move(user), std::move(command),
              [&](Result<chat::Receipt> r) { answer = std::move(r); });
    until([&] { return answer.has_value(); });
    return answer ? std::move(*answer) : fail(Errc::timeout, "timeout");
  }
  static bool has(const std::vector<std::string>& frames, std::string_view part) {
    return std::any_of(frames.begin(), frames.end(),
                       [&](const std::string& f) { return f.find(part) != std::string::npos; });
  }
};

TEST_F(HubTest, AMessageIsShownToAllAndAcknowledgedBehindIt) {
  Peer ada = enter(chat::person(1, "Ada")), guest = enter(),
       old = enter(nullptr, {.flavour = Flavour::strims});
  heard(ada);
  ada.send(R"(MSG {"data":"hello","nonce":"n1"})");
  const auto mine = heard(ada, "ACK ");
  ASSERT_EQ(mine.size(), 2U);
  EXPECT_THAT(mine[0], StartsWith(R"(MSG {"id":1,"nick":"Ada")"));
  EXPECT_NE(mine[1].find(R"("seq":1)"), std::string::npos);
  EXPECT_EQ(heard(guest, "MSG").back(), mine[0]);
  EXPECT_THAT(heard(old, "MSG").back(), StartsWith(R"(MSG {"nick":"Ada","features":[])"));
  EXPECT_EQ(storage.stored().size(), 1U);
}

TEST_F(HubTest, TheWelcomeAndTheFeedHaveNeitherGapNorOverlap) {
  Peer ada = enter(chat::person(5, "Ada", Role::user, {"bot"}));
  for (int i = 0; i < 50; ++i) {
    ada.send("MSG {\"data\":\"line " + std::to_string(i) + "\"}");
    reactor().run_once(1);
    if (i != 20) continue;
    Peer late = connect();
    ada.send(R"(MSG {"data":"last"})");
    std::string all;
    until([&] {
      late.read();
      return late.raw.find("last") != std::string::npos;
    });
    size_t at = 0;
    for (int line = 0; line <= 20; ++line) {
      const std::string text = "line " + std::to_string(line) + (line <= 20 ? "\\\"" : "");
      const size_t live = late.raw.find("\"line " + std::to_string(line) + "\""),
                   old = late.raw.find(text);
      EXPECT_NE(live == std::string::npos, old == std::string::npos)
          << line << ": once, live or from the history";
      const size_t here = std::min(live, old);
      EXPECT_GE(here, at) << line;
      at = here;
    }
  }
}

TEST_F(HubTest, CallsWithoutAConnection) {
  Peer guest = enter();
  const auto stored = ask(chat::person(1, "Ada"), {.verb = chat::Verb::message, .text = "by REST"});
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->seq, 1U);
  EXPECT_NE(heard(guest, "MSG").back().find("by REST"), std::string::npos);
  const auto refused = ask(nullptr, {.verb = chat::Verb::message, .text = "x"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "needlogin");

  std::string history;
  hub->history([&](std::string json) { history = std::move(json); });
  until([&] { return !history.empty(); });
  EXPECT_THAT(history, StartsWith("[\"MSG {"));
}

TEST_F(HubTest, SomebodyOfflineIsFoundInTheDatabase) {
  const UserPtr mod = account("Mod", Role::moderator), bo = account("Bo");
  Peer m = enter(mod);
  m.send(R"(MUTE {"data":"bo"})");
  EXPECT_NE(heard(m, "MUTE ").back().find(R"("data":"bo","duration":600)"), std::string::npos);
  m.send(R"(BAN {"nick":"Nobody","reason":"x"})");
  EXPECT_THAT(heard(m, "ERR "), ElementsAre(R"(ERR {"description":"notfound"})"));
  Peer b = connect(bo);
  EXPECT_TRUE(until([&] {
    b.read();
    return b.raw.find(R"(ERR {"description":"muted")") != std::string::npos;
  }));
}

TEST_F(HubTest, WhispersAreStoredAndDelivered) {
  const UserPtr ada = account("Ada"), bo = account("Bo");
  clock.advance(0);
  Peer a = enter(ada), b = enter(bo), b2 = enter(bo);
  heard(a);
  a.send(R"(PRIVMSG {"nick":"bo","data":" psst "})");
  EXPECT_THAT(heard(a, "PRIVMSGSENT ").back(), StartsWith("PRIVMSGSENT {\"messageid\":"));
  EXPECT_NE(heard(b, "PRIVMSG ").back().find(R"("data":"psst")"), std::string::npos);
  EXPECT_NE(heard(b2, "PRIVMSG ").back().find(R"("nick":"Ada")"), std::string::npos);
  clock.advance(1000);
  a.send(R"(PRIVMSG {"nick":"nobody","data":"psst"})");
  EXPECT_THAT(heard(a, "ERR "), ElementsAre(R"(ERR {"description":"notfound"})"));
}

TEST_F(HubTest, ABanIsShownThenTheTargetLeaves) {
  const UserPtr mod = account("Mod", Role::moderator), bo = account("Bo");
  Peer m = enter(mod), b = enter(bo, {.address = "192.0.2.3"});
  b.send("PING 1");
  m.send(R"(BAN {"nick":"Bo","reason":"spam","banip":true})");
  const auto got = heard(b, "close");
  ASSERT_GE(got.size(), 3U);
  EXPECT_THAT(got[got.size() - 3], StartsWith("BAN {"));
  EXPECT_EQ(got[got.size() - 2], R"(ERR {"description":"banned"})");
  b.send_close(1008);
  EXPECT_TRUE(until([&] {
    b.read();
    return b.ended;
  }));
  EXPECT_THAT(heard(m, "QUIT ").back(), StartsWith(R"(QUIT {"id":)"));
  const auto db_connection = storage::connect(storage.database());
  const auto ban = storage::active_ban_of_address(*db_connection, 1, *IpAddress::parse("192.0.2.3"),
                                                  clock.wall_ms());
  ASSERT_TRUE(ban);
  EXPECT_TRUE(ban->has_value());
  Peer again = connect(nullptr, {.address = "192.0.2.3"});
  EXPECT_TRUE(until([&] {
    again.read();
    return again.raw.find("banned") != std::string::npos;
  }));
  EXPECT_EQ(again.raw.find("NAMES"), std::string::npos);
}

TEST_F(HubTest, DeletedMessagesLeaveTheHistory) {
  const UserPtr ada = account("Ada");
  const auto stored = ask(ada, {.verb = chat::Verb::message, .text = "oops"});
  ASSERT_TRUE(stored);
  ASSERT_TRUE(ask(ada, {.verb = chat::Verb::delete_message, .entry_id = stored->id}));
  const auto twice = ask(ada, {.verb = chat::Verb::delete_message, .entry_id = stored->id});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().reason, "notfound");
}

TEST_F(HubTest, ChangedUsers) {
  const UserPtr bo = account("Bo"), boss = account("Boss", Role::admin);
  Peer b = enter(bo), guest = enter();
  heard(b);
  User changed = *bo;
  changed.role = Role::moderator;
  hub->user_changed(changed);
  EXPECT_THAT(heard(guest, "UPDATEUSER").back(), StartsWith("UPDATEUSER {\"id\":"));
  b.send(R"(SUBONLY {"data":"on"})");
  EXPECT_THAT(heard(guest, "SUBONLY").back(), StartsWith("SUBONLY {"));
  // In the database he is still what he was.
  ASSERT_TRUE(ask(boss, {.verb = chat::Verb::reload_users}));
  EXPECT_THAT(heard(guest, "UPDATEUSER").back(), StartsWith("UPDATEUSER {\"id\":"));
  b.send(R"(SUBONLY {"data":"off"})");
  EXPECT_THAT(heard(b, "ERR "), ::testing::Contains(R"(ERR {"description":"nopermission"})"));
}

TEST_F(HubTest, WhoConnectsAfterAChangeIsNotAheadOfIt) {
  const UserPtr bo = account("Bo");
  Peer guest = enter();
  // Lately, so that the record known here counts more than that of a newcomer.
  hub->user_changed(*bo);
  settle();
  User changed = *bo;
  changed.role = Role::moderator;
  hub->user_changed(changed);
  // From another shard one comes by the mailbox.
  ASSERT_TRUE(reactor().post([&] {
    hub->join({.slot = 99, .generation = 1}, std::make_shared<const User>(changed),
              *IpAddress::parse("192.0.2.9"), {}, 0);
  }));
  EXPECT_NE(heard(guest, "JOIN").back().find("\"moderator\""), std::string::npos);
}

TEST_F(HubTest, ReloadPagesReachesEveryone) {
  Peer guest = enter();
  ASSERT_TRUE(ask(chat::person(4, "Boss", Role::admin), {.verb = chat::Verb::reload_pages}));
  EXPECT_THAT(heard(guest), ElementsAre("RELOAD {}"));
}

TEST_F(HubTest, ComingBackByNumber) {
  const UserPtr bot = chat::person(5, "Bot", Role::user, {"bot"});
  for (int i = 1; i <= 5; ++i)
    ASSERT_TRUE(ask(bot, {.verb = chat::Verb::message, .text = "line " + std::to_string(i)}));
  Peer back = connect(nullptr, {.since = 3});
  settle();
  back.read();
  EXPECT_EQ(back.raw.find("line 3"), std::string::npos);
  EXPECT_NE(back.raw.find("line 4"), std::string::npos);
  EXPECT_NE(back.raw.find("line 5"), std::string::npos);
  EXPECT_EQ(back.raw.find("HISTORY"), std::string::npos);
  Peer lost = connect(nullptr, {.since = 99});
  settle();
  lost.read();
  EXPECT_NE(lost.raw.find("HISTORY"), std::string::npos);
}

}  // namespace
}  // namespace strims::hub
