#include "text/mentions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strims::text {
namespace {

using ::testing::ElementsAre;

TEST(Mentions, WordsOfANicksShapeOnceAndInOrder) {
  EXPECT_THAT(mention_candidates("Hi @Ada, hi Bob! ADA? a_b me @"),
              ElementsAre("ada", "bob", "a_b"));
  EXPECT_THAT(mention_candidates(""), ElementsAre());
  EXPECT_THAT(mention_candidates("ab abcdefghijklmnopqrstu"), ElementsAre());
}

TEST(Mentions, LettersOutsideAsciiBelongToTheirWord) {
  EXPECT_THAT(mention_candidates("naïves Fräulein 😀Ada"), ElementsAre());
  EXPECT_THAT(mention_candidates("\xff"
                                 "Ada Bob"),
              ElementsAre("bob"));
}

TEST(Mentions, AreBounded) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "nick" + std::to_string(i) + " ";
  EXPECT_EQ(mention_candidates(text).size(), 64u);
  EXPECT_EQ(mention_candidates(text, 3).size(), 3u);
}

TEST(Mentions, OfOneNick) {
  EXPECT_TRUE(mentions("hello @aDa", "Ada"));
  EXPECT_TRUE(mentions("Ada", "ada"));
  EXPECT_TRUE(mentions("see https://x.example/u/Ada", "ada"));
  EXPECT_FALSE(mentions("Adam", "Ada"));
  EXPECT_FALSE(mentions("Ada_", "Ada"));
  EXPECT_FALSE(mentions("a b c", "a"));
  EXPECT_FALSE(mentions("", ""));
}

}  // namespace
}  // namespace strims::text
