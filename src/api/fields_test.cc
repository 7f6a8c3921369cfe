#include "api/fields.h"

#include <gtest/gtest.h>

namespace strims::api {
namespace {

Json parse(std::string_view text) {
  return *Json::parse(text);
}

TEST(Fields, AbsentAndNullAreTheSame) {
  for (const char* text : {"{}", R"({"a":null})"}) {
    const Json body = parse(text);
    EXPECT_FALSE(*optional_string(body, "a"));
    EXPECT_FALSE(*optional_int(body, "a", 0, 9));
    EXPECT_FALSE(*optional_bool(body, "a"));
    EXPECT_FALSE(*optional_words(body, "a"));
    EXPECT_FALSE(*optional_id(body, "a"));
    EXPECT_EQ(require_string(body, "a").error().detail, "a is missing.");
    EXPECT_EQ(require_int(body, "a", 0, 9).error().reason, "invalid");
  }
}

TEST(Fields, TypesAreNotGuessed) {
  const Json body = parse(R"({"s":"7","n":7,"b":true,"list":["x",1],"f":7.5,"o":{}})");
  EXPECT_FALSE(optional_string(body, "n"));
  EXPECT_FALSE(optional_int(body, "s", 0, 9));
  EXPECT_FALSE(optional_int(body, "f", 0, 9));
  EXPECT_FALSE(optional_bool(body, "n"));
  EXPECT_FALSE(optional_words(body, "s"));
  EXPECT_FALSE(optional_words(body, "list"));
  EXPECT_FALSE(optional_id(body, "b"));
  EXPECT_FALSE(optional_id(body, "o"));
  const auto wrong = optional_int(body, "n", 8, 9);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().reason, "invalid");
  EXPECT_EQ(wrong.error().detail, "n must be a whole number from 8 to 9.");
}

TEST(Fields, IdsAreTextOrNumbers) {
  const Json body =
      parse(R"({"a":"42","b":42,"c":"0","d":-1,"e":"1e3","f":"9223372036854775808"})");
  EXPECT_EQ(**optional_id(body, "a"), 42);
  EXPECT_EQ(**optional_id(body, "b"), 42);
  for (const char* key : {"c", "d", "e", "f"}) EXPECT_FALSE(optional_id(body, key)) << key;
}

TEST(Fields, ForeignMembersAreRefusedWhereTheyWouldMatter) {
  EXPECT_TRUE(only_members(parse(R"({"role":"x"})"), {"role"}));
  EXPECT_EQ(only_members(parse(R"({"role":"x","y":1})"), {"role"}).error().reason,
            "forbidden_field");
  EXPECT_TRUE(refuse_rights(parse(R"({"email":"x"})")));
  EXPECT_EQ(refuse_rights(parse(R"({"Role":"x"})")).error().reason, "forbidden_field");
}

TEST(Fields, LongListsAreRefused) {
  std::string text = "[\"x\"";
  for (int i = 0; i < 100; ++i) text += ",\"x\"";
  EXPECT_FALSE(optional_words(parse("{\"a\":" + text + "]}"), "a"));
}

}  // namespace
}  // namespace strims::api
