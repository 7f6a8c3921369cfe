#include "auth/profile.h"

#include <gtest/gtest.h>

namespace strims::auth {
namespace {

Result<storage::ProfileUpdate> parse(std::string_view text) {
  return parse_profile(*Json::parse(text));
}
std::string_view reason(std::string_view text) {
  const auto result = parse(text);
  return result ? "ok" : result.error().reason;
}

TEST(ProfileTest, ReadsWhatIsThere) {
  const auto update =
      parse(R"({"bio":"line one\nline two","age":"55+","gender":null,"color":"x"})");
  ASSERT_TRUE(update.has_value());
  EXPECT_EQ(update->bio, "line one\nline two");
  EXPECT_EQ(update->age, "55+");
  EXPECT_EQ(update->gender, "");
  EXPECT_EQ(parse(R"({"bio":""})")->age, std::nullopt);
  EXPECT_EQ(reason("{}"), "ok");
}

TEST(ProfileTest, KeysThatChangeRightsAreRefused) {
  for (const char* key : {"role", "Role", "ROLES", "features", "permissions", "grants", "id",
                          "admin", "is_admin", "username", "nick", "password", "can_chat"})
    EXPECT_EQ(reason(std::string(R"({"bio":"x",")") + key + R"(":null})"), "forbidden_field")
        << key;
}

TEST(ProfileTest, BioIsShortPlainText) {
  std::string accents;
  for (int i = 0; i < 500; ++i) accents += "\xc3\xa9";
  EXPECT_EQ(reason(R"({"bio":")" + accents + R"("})"), "ok");
  EXPECT_EQ(reason(R"({"bio":")" + accents + R"(x"})"), "invalid_bio");
  EXPECT_EQ(reason(R"({"bio":"a\u0000b"})"), "invalid_bio");
  EXPECT_EQ(reason(R"({"bio":"a\u202eb"})"), "invalid_bio");
  EXPECT_EQ(reason(R"({"bio":"a\tb"})"), "invalid_bio");
  EXPECT_EQ(reason(R"({"bio":5})"), "invalid_bio");
}

TEST(ProfileTest, ChoicesAreKnownWords) {
  EXPECT_EQ(reason(R"({"gender":"nonbinary","age":"under-18"})"), "ok");
  EXPECT_EQ(reason(R"({"gender":"Female"})"), "invalid_gender");
  EXPECT_EQ(reason(R"({"gender":["male"]})"), "invalid_gender");
  EXPECT_EQ(reason(R"({"age":"18"})"), "invalid_age");
  EXPECT_EQ(reason("[]"), "invalid");
}

}  // namespace
}  // namespace strims::auth
