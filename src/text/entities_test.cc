#include "text/entities.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/json_read.h"

namespace strims::text {
namespace {

const EntityWords& words() {
  static const EntityWords kWords{{"Wow", "LUL"}, {"wide", "flip"}, {"nsfw", "loud"}};
  return kWords;
}

std::string lookup(std::string_view word) {
  if (word == "ada" || word == "Ada") return "Ada";
  if (word == "Wow") return "Wow";
  return "";
}

std::string json(std::string_view text) {
  return find_entities(text, words(), lookup).to_json();
}

TEST(Entities, NothingIsAnEmptyObject) {
  EXPECT_EQ(json("just words"), "{}");
  EXPECT_EQ(json(""), "{}");
}

TEST(Entities, LinksInBytesAndTheRestInCodePoints) {
  EXPECT_EQ(json("é https://a.example Wow"),
            R"({"links":[{"url":"https://a.example","bounds":[3,20]}],)"
            R"("emotes":[{"name":"Wow","bounds":[20,23]}]})");
}

TEST(Entities, WhereLinksEnd) {
  const auto link = [](std::string_view text) {
    const auto found = find_entities(text, words(), lookup).links;
    return found.size() == 1 ? found[0].url : "(" + std::to_string(found.size()) + ")";
  };
  EXPECT_EQ(link("see https://a.example/x, ok"), "https://a.example/x");
  EXPECT_EQ(link("(https://a.example/x)"), "https://a.example/x");
  EXPECT_EQ(link("https://a.example/x_(y)"), "https://a.example/x_(y)");
  EXPECT_EQ(link("HTTP://a.example?q=1#f."), "HTTP://a.example?q=1#f");
  EXPECT_EQ(link("||https://a.example||"), "https://a.example");
  EXPECT_EQ(link("<https://a.example>"), "https://a.example");
  EXPECT_EQ(link("https://"), "(0)");
  EXPECT_EQ(link("https:// a"), "(0)");
  EXPECT_EQ(link("xhttps://a.example"), "(0)");
  EXPECT_EQ(link("javascript:alert(1)"), "(0)");
}

TEST(Entities, WhatLiesInALinkOrCodeIsLeftOut) {
  EXPECT_EQ(json("https://a.example/Wow/nsfw"),
            R"({"links":[{"url":"https://a.example/Wow/nsfw","bounds":[0,26]}]})");
  EXPECT_EQ(json("`Wow nsfw`"), R"({"codes":[{"bounds":[0,10]}]})");
}

TEST(Entities, EmotesWithModifiers) {
  EXPECT_EQ(json("Wow:wide:flip"),
            R"({"emotes":[{"name":"Wow","modifiers":["wide","flip"],"bounds":[0,13]}]})");
  EXPECT_EQ(json("Wow:wide:none"),
            R"({"emotes":[{"name":"Wow","modifiers":["wide"],"bounds":[0,8]}]})");
  EXPECT_EQ(json("wow WoWs Wow_"), "{}");
  EXPECT_EQ(json("(LUL)"), R"({"emotes":[{"name":"LUL","bounds":[1,4]}]})");
}

TEST(Entities, NicksAsDisplayedAndAddressedOnesBeforeEmotes) {
  EXPECT_EQ(json("hi ada"), R"({"nicks":[{"nick":"Ada","bounds":[3,6]}]})");
  EXPECT_EQ(json("@ada @Wow"),
            R"({"nicks":[{"nick":"Ada","bounds":[1,4]},{"nick":"Wow","bounds":[6,9]}]})");
  EXPECT_EQ(json("@ Wow"), R"({"emotes":[{"name":"Wow","bounds":[2,5]}]})");
}

TEST(Entities, Tags) {
  EXPECT_EQ(json("NSFW x"), R"({"tags":[{"name":"nsfw","bounds":[0,4]}]})");
}

TEST(Entities, CodesAndSpoilersComeInPairs) {
  EXPECT_EQ(json("`a` b `c"), R"({"codes":[{"bounds":[0,3]}]})");
  EXPECT_EQ(json("``"), "{}");
  EXPECT_EQ(json("||a|| ||b"), R"({"spoilers":[{"bounds":[0,5]}]})");
  EXPECT_EQ(json("||||"), "{}");
  EXPECT_EQ(json("||||x||"), R"({"spoilers":[{"bounds":[2,7]}]})");
  EXPECT_EQ(json("||Wow||"),
            R"({"emotes":[{"name":"Wow","bounds":[2,5]}],"spoilers":[{"bounds":[0,7]}]})");
}

TEST(Entities, GreentextAndMe) {
  EXPECT_EQ(json(">be me"), R"({"greentext":{"bounds":[0,6]}})");
  EXPECT_EQ(json("a >b"), "{}");
  EXPECT_EQ(json("/me waves"), R"({"me":{"bounds":[0,9]}})");
  EXPECT_EQ(json("/me"), "{}");
}

TEST(Entities, OneEmoteAlone) {
  const auto alone = [](std::string_view text) {
    return find_entities(text, words(), lookup).only_one_emote(text);
  };
  EXPECT_TRUE(alone("Wow"));
  EXPECT_TRUE(alone("Wow:wide"));
  EXPECT_FALSE(alone("Wow Wow"));
  EXPECT_FALSE(alone("Wow!"));
  EXPECT_FALSE(alone(""));
  Entities e = find_entities("Wow", words(), lookup);
  e.emotes[0].combo = 2;
  EXPECT_EQ(e.to_json(), R"({"emotes":[{"name":"Wow","bounds":[0,3],"combo":2}]})");
}

TEST(Entities, HostileTextIsBoundedAndLinear) {
  for (const std::string_view piece :
       {"`", "||", "https://a ", "Wow:wide", "@", "Wow ", "\xff", "("}) {
    std::string text;
    while (text.size() < 100'000) text += piece;
    const int64_t start = mono_ns();
    const Entities e = find_entities(text, words(), lookup);
    EXPECT_LT(mono_ns() - start, 3'000'000'000) << piece;
    EXPECT_LE(e.links.size() + e.emotes.size() + e.codes.size() + e.spoilers.size(), 4 * 128u);
    EXPECT_TRUE(Json::parse(e.to_json()));
  }
}

}  // namespace
}  // namespace strims::text
