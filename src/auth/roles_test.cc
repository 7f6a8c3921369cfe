#include "auth/roles.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace strims::auth {
namespace {

struct Kind {
  const char* name;
  User user;
};

User make(UserId id, Role role, std::vector<std::string> features = {}) {
  User user;
  user.id = id;
  user.role = role;
  user.features = std::move(features);
  return user;
}

std::vector<Kind> kinds() {
  return {{"user", make(1, Role::user)},
          {"subscriber", make(2, Role::user, {"flair13"})},
          {"protected", make(3, Role::user, {"protected"})},
          {"streamer", make(4, Role::streamer)},
          {"bot", make(5, Role::user, {"bot"})},
          {"moderator", make(6, Role::moderator)},
          {"admin", make(7, Role::admin)}};
}

std::string document() {
  std::string text =
      "# Who may do what\n\n"
      "Made from `src/auth/roles.cc`; the test `RolesTest.TheDocumentIsCurrent` holds the two\n"
      "together (`STRIMS_REGENERATE=1 auth_test --gtest_filter='RolesTest.*'` writes it anew).\n"
      "Guests may read, and nothing in this table. An account that may not chat loses the rows of\n"
      "speaking (`send_message`, `send_whisper`, `vote`, `speak_in_submode`). A grant is a site "
      "role\n"
      "that an administrator gives beside the rank.\n\n"
      "| Permission | Guards |";
  for (const auto& kind : kinds()) text += std::string(" ") + kind.name + " |";
  text += " grant |\n|---|---|";
  for (size_t i = 0; i < kinds().size(); ++i) text += ":-:|";
  text += "---|\n";
  for (const auto& row : permission_table()) {
    text += "| `" + std::string(row.word) + "` | " + std::string(row.where) + " |";
    for (const auto& kind : kinds()) text += allowed(kind.user, row.permission) ? " yes |" : " · |";
    text += row.grant.empty() ? " |\n" : " `" + std::string(row.grant) + "` |\n";
  }
  text +=
      "\n## Who may mute and ban whom\n\nNobody himself. Down: the one who acts; across: the "
      "target.\n\n|  |";
  for (const auto& kind : kinds()) text += std::string(" ") + kind.name + " |";
  text += "\n|---|";
  for (size_t i = 0; i < kinds().size(); ++i) text += ":-:|";
  text += "\n";
  for (const auto& actor : kinds()) {
    text += std::string("| **") + actor.name + "** |";
    for (auto target : kinds()) {
      target.user.id += 100;  // another person of that kind
      text += may_punish(actor.user, target.user) ? " yes |" : " · |";
    }
    text += "\n";
  }
  return text;
}

TEST(RolesTest, TheDocumentIsCurrent) {
  const std::string text = document();
  std::fputs(text.c_str(), stdout);
  const std::string path = STRIMS_SOURCE_DIR "/docs/PERMISSIONS.md";
  if (std::getenv("STRIMS_REGENERATE")) std::ofstream(path) << text;
  std::ifstream in(path);
  const std::string committed{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(text, committed);
}

TEST(RolesTest, NobodyAndTheDeletedMayNothing) {
  User gone = make(7, Role::admin);
  gone.deleted = true;
  for (const auto& row : permission_table()) {
    EXPECT_FALSE(allowed(User{}, row.permission)) << row.word;
    EXPECT_FALSE(allowed(gone, row.permission)) << row.word;
  }
}

TEST(RolesTest, WhoMayNotChatDoesNotSpeak) {
  User mute = make(1, Role::user, {"vip"});
  mute.can_chat = false;
  for (const auto p : {Permission::send_message, Permission::send_whisper, Permission::vote,
                       Permission::speak_in_submode})
    EXPECT_FALSE(allowed(mute, p)) << to_string(p);
  EXPECT_TRUE(allowed(mute, Permission::edit_profile));
}

TEST(RolesTest, GrantsGiveOnePowerEach) {
  User user = make(1, Role::user);
  EXPECT_FALSE(allowed(user, Permission::run_poll));
  user.grants = {"POLLS"};
  EXPECT_TRUE(allowed(user, Permission::run_poll));
  EXPECT_FALSE(allowed(user, Permission::host_stream));
  EXPECT_FALSE(allowed(user, Permission::mute));
}

TEST(RolesTest, RankRule) {
  const auto user = make(1, Role::user);
  const auto moderator = make(2, Role::moderator);
  const auto other = make(3, Role::moderator);
  const auto guarded = make(4, Role::moderator, {"protected"});
  const auto admin = make(5, Role::admin);
  const auto other_admin = make(6, Role::admin);
  const auto bot = make(7, Role::user, {"bot"});
  EXPECT_FALSE(may_punish(user, make(9, Role::user)));
  EXPECT_TRUE(may_punish(moderator, user));
  EXPECT_TRUE(may_punish(moderator, other));
  EXPECT_TRUE(may_punish(admin, moderator));
  EXPECT_TRUE(may_punish(bot, moderator));
  EXPECT_FALSE(may_punish(moderator, moderator));
  EXPECT_FALSE(may_punish(moderator, guarded));
  EXPECT_FALSE(may_punish(admin, guarded));
  EXPECT_FALSE(may_punish(moderator, admin));
  EXPECT_FALSE(may_punish(admin, other_admin));
  EXPECT_FALSE(may_punish(make(8, Role::streamer), user));
}

}  // namespace
}  // namespace strims::auth
