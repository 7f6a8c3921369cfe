// How often the past may be searched, and how far.
#include <gtest/gtest.h>

#include "api/test_api.h"

namespace strims::api {
namespace {

class DggChat : public ApiTest {
 protected:
  int search(const std::string& target, const Person& who) {
    return send("GET", target, {.token = who.token}).status;
  }
  Person root_ = person("Root", Role::admin);
  Person ada_ = person("Ada");
  Person bo_ = person("Bob");
};

TEST_F(DggChat, SearchesArePacedPerUser) {
  const std::string stalk = "/api/chat/stalk?username=Bob";
  const std::string mentions = "/api/chat/mentions?username=Bob";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(search(i % 2 == 0 ? stalk : mentions, ada_), 200) << i;
  for (const auto& target : {stalk, mentions}) {
    const auto refused = send("GET", target, {.token = ada_.token});
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.header("Retry-After"), "1");
    EXPECT_EQ(json(refused).find_string("error"), "throttled");
  }
  EXPECT_EQ(search(mentions, bo_), 200);
  clock_.advance(1000);
  EXPECT_EQ(search(mentions, ada_), 200);
  EXPECT_EQ(search(mentions, ada_), 429);
  clock_.advance(5000);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(search(stalk, ada_), 200) << i;
  EXPECT_EQ(search(stalk, ada_), 429);
}

TEST_F(DggChat, MentionsAreLookedForInTheLastMessagesOnly) {
  const auto say = [&](Seq seq, std::string text) {
    store(storage::test_entry(seq, EntryKind::message, std::move(text)));
  };
  ASSERT_TRUE(db().begin());
  say(1, "hi Bob, too long ago");
  say(2, "hi Bob");
  for (Seq seq = 3; seq <= 2001; ++seq) say(seq, "nothing");
  ASSERT_TRUE(db().commit());
  const auto found = send("GET", "/api/chat/mentions?username=Bob", {.token = ada_.token});
  ASSERT_EQ(found.status, 200);
  const auto lines = json(found).find("data")->array();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].find_string("text"), "hi Bob");
}

}  // namespace
}  // namespace strims::api
