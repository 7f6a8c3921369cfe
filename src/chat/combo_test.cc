#include "chat/combo.h"

#include <gtest/gtest.h>

namespace strims::chat {
namespace {

class ComboTest : public ::testing::Test {
 protected:
  ComboTest() { combo_.set_emotes({"Wow", "Hmm"}); }
  int64_t say(UserId user, std::string_view text) {
    const int64_t place = combo_.place(text);
    combo_.accept(user, text);
    return place;
  }
  Combo combo_;
};

TEST_F(ComboTest, CountsOneEmoteInARow) {
  EXPECT_EQ(say(1, "Wow"), 1);
  EXPECT_EQ(say(2, "Wow"), 2);
  EXPECT_EQ(say(3, "Wow:wide"), 3) << "modifiers aside";
}

TEST_F(ComboTest, AnotherEmoteBeginsAnew) {
  say(1, "Wow");
  say(2, "Wow");
  EXPECT_EQ(say(3, "Hmm"), 1);
  EXPECT_EQ(say(4, "Wow"), 1);
}

TEST_F(ComboTest, AnyOtherMessageEndsIt) {
  say(1, "Wow");
  EXPECT_EQ(say(2, "nice"), 0);
  EXPECT_EQ(say(3, "Wow"), 1);
}

TEST_F(ComboTest, OnlyALoneEmoteCounts) {
  for (const char* text : {"Wow Wow", "Wow nice", "wow", "Wow: nice", "Wow\nHmm", "", ":", ":wide"})
    EXPECT_EQ(say(1, text), 0) << text;
}

TEST_F(ComboTest, KnowsWhoIsInIt) {
  say(1, "Wow");
  EXPECT_TRUE(combo_.repeats(1, "Wow"));
  EXPECT_TRUE(combo_.repeats(1, "Wow:wide"));
  EXPECT_FALSE(combo_.repeats(2, "Wow"));
  EXPECT_FALSE(combo_.repeats(1, "Hmm"));
  EXPECT_FALSE(combo_.repeats(1, "Wow: what a day")) << "a sentence that begins with an emote";
  say(2, "nice");
  EXPECT_FALSE(combo_.repeats(1, "Wow"));
}

TEST_F(ComboTest, WithoutEmotesThereAreNoCombos) {
  Combo none;
  EXPECT_EQ(none.place("Wow"), 0);
  none.accept(1, "");
  EXPECT_FALSE(none.repeats(1, ""));
}

}  // namespace
}  // namespace strims::chat
