#include "base/json_read.h"

#include <gtest/gtest.h>

#include <string>

namespace strims {
namespace {

Json parsed(std::string_view text) {
  auto json = Json::parse(text);
  EXPECT_TRUE(json) << text;
  return json ? *json : Json();
}

bool refused(std::string_view text) {
  const auto json = Json::parse(text);
  return !json && json.error().code == Errc::invalid && json.error().reason == "invalid_json";
}

std::string nested(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonRead, ReadsEveryKind) {
  const Json json = parsed(
      R"({"s":"aé\n\u20ac","i":-7,"d":1.5,"t":true,"f":false,"n":null,"a":[1,2],"o":{"x":1}})");
  EXPECT_EQ(json.find_string("s"), "aé\n€");
  EXPECT_EQ(json.find("i")->integer(), -7);
  EXPECT_EQ(json.find("i")->number(), -7.0);
  EXPECT_EQ(json.find("d")->number(), 1.5);
  EXPECT_FALSE(json.find("d")->integer());
  EXPECT_EQ(json.find("t")->boolean(), true);
  EXPECT_EQ(json.find("f")->boolean(), false);
  EXPECT_TRUE(json.find("n")->is_null());
  EXPECT_EQ(json.find("a")->array().size(), 2u);
  EXPECT_EQ(json.find("o")->find("x")->integer(), 1);
  EXPECT_EQ(json.find("absent"), nullptr);
}

TEST(JsonRead, WrongTypesGiveNothingInsteadOfThrowing) {
  const Json json = parsed("[1]");
  EXPECT_FALSE(json.string());
  EXPECT_FALSE(json.integer());
  EXPECT_FALSE(json.number());
  EXPECT_FALSE(json.boolean());
  EXPECT_TRUE(json.object().empty());
  EXPECT_EQ(json.find("a"), nullptr);
  EXPECT_FALSE(json.find_string("a"));
}

TEST(JsonRead, IntegersAtTheEdges) {
  EXPECT_EQ(parsed("9223372036854775807").integer(), INT64_MAX);
  EXPECT_EQ(parsed("-9223372036854775808").integer(), INT64_MIN);
  EXPECT_FALSE(parsed("9223372036854775808").integer());  // fits only a double
  EXPECT_TRUE(parsed("9223372036854775808").number());
  for (const char* huge : {"18446744073709551616", "100000000000000000000", "1e20"})
    EXPECT_GT(parsed(huge).number(), 1.8e19) << huge;  // as JavaScript writes it
  EXPECT_LT(parsed("[-100000000000000000000]").array()[0].number(), -9e19);
  EXPECT_TRUE(refused(R"({"a":000000000000000000001})"));
  EXPECT_TRUE(refused("1e999"));
  EXPECT_EQ(parsed("86400000000000.0").integer(), 86'400'000'000'000);
  EXPECT_EQ(parsed("1e3").integer(), 1000);
  EXPECT_EQ(parsed("-0").integer(), 0);
  EXPECT_FALSE(parsed("1e300").integer());
}

TEST(JsonRead, RepeatedKeyKeepsTheLastValueInTheFirstPlace) {
  const Json json = parsed(R"({"a":1,"b":2,"a":3})");
  EXPECT_EQ(json.dump(), R"({"a":3,"b":2})");
}

TEST(JsonRead, RepeatedKeysInALargeObject) {
  std::string text = "{";
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 300; ++i)
      text += "\"key" + std::to_string(i) + "\":" + std::to_string(i + 1000 * round) + ",";
  text.back() = '}';
  const Json json = parsed(text);
  ASSERT_EQ(json.object().size(), 300u);
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(json.object()[static_cast<size_t>(i)].first, "key" + std::to_string(i));
    EXPECT_EQ(json.object()[static_cast<size_t>(i)].second.integer(), i + 1000);
  }
}

TEST(JsonRead, CaseInsensitiveFindTakesTheLastAndSkipsNull) {
  const Json json = parsed(R"({"Data":"a","DATA":"b","none":null})");
  EXPECT_EQ(json.find_nocase("data")->string(), "b");
  EXPECT_EQ(json.find_nocase("none"), nullptr);
  EXPECT_EQ(json.find_nocase("x"), nullptr);
}

TEST(JsonRead, RefusesWhatIsNotJson) {
  for (const std::string_view text : {"",
                                      " ",
                                      "{",
                                      "[1,]",
                                      "{\"a\":}",
                                      "{a:1}",
                                      "'a'",
                                      "01",
                                      "+1",
                                      ".5",
                                      "1.",
                                      "nul",
                                      "NaN",
                                      "\"a",
                                      "\"\t\"",
                                      "\"\\x\"",
                                      "[1] 2",
                                      "{\"a\" 1}",
                                      "\"\\ud800\"",
                                      "\"\\udc00\\ud800\"",
                                      "\"\xff\"",
                                      "\"\xed\xa0\x80\"",
                                      "1e999",
                                      "\xef\xbb\xbf"})
    EXPECT_TRUE(refused(text)) << text;
  EXPECT_TRUE(refused(std::string_view("\0", 1)));
  EXPECT_TRUE(refused(std::string_view("\"a\0b\"", 5)));
}

TEST(JsonRead, SurrogatePairsBecomeOneCharacter) {
  EXPECT_EQ(parsed(R"("\ud83d\ude00")").string(), "\xf0\x9f\x98\x80");
  EXPECT_EQ(parsed(R"("\u0000")").string(), std::string_view("\0", 1));
}

TEST(JsonRead, DepthIsBoundedForShortAndLongTexts) {
  EXPECT_TRUE(Json::parse(nested(60)));
  EXPECT_TRUE(refused(nested(65)));
  EXPECT_TRUE(refused(nested(1000)));
  EXPECT_TRUE(refused(nested(100'000)));
  // The parser grows for a long text; the bound must not grow with it.
  const std::string padding(100'000, ' ');
  EXPECT_TRUE(Json::parse(padding + nested(60)));
  EXPECT_TRUE(refused(padding + nested(65)));
  EXPECT_TRUE(refused(std::string(100'000, '[')));
}

TEST(JsonRead, MembersOfAnObjectAreBounded) {
  const auto object = [](size_t n) {
    std::string text = "{";
    for (size_t i = 0; i < n; ++i) text += "\"" + std::to_string(i) + "\":0,";
    text.back() = '}';
    return text;
  };
  EXPECT_EQ(parsed(object(1024)).object().size(), 1024u);
  EXPECT_TRUE(refused(object(1025)));
  EXPECT_TRUE(refused("[" + object(50'000) + "]"));
  // The same key over and over is as much work.
  std::string same = "{";
  for (int i = 0; i < 2000; ++i) same += "\"a\":1,";
  same.back() = '}';
  EXPECT_TRUE(refused(same));
}

TEST(JsonRead, ALargeDocumentIsReadAndThenTheNextSmallOne) {
  std::string large = "[";
  for (int i = 0; i < 300'000; ++i) large += "12345,";
  large.back() = ']';
  EXPECT_EQ(parsed(large).array().size(), 300'000u);
  EXPECT_EQ(parsed("[1]").array().size(), 1u);
  EXPECT_TRUE(refused(nested(65)));
}

TEST(JsonRead, DumpGivesTheSameTreeBack) {
  const std::string text = R"({"a":[1,-2,2.5,true,null,"x\"\\\n"],"b":{"c":{}},"d":[]})";
  EXPECT_EQ(parsed(text).dump(), text);
}

}  // namespace
}  // namespace strims
