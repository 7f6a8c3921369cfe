#include "base/json_integers.h"

#include <gtest/gtest.h>

namespace strims {
namespace {

TEST(JsonIntegers, OnlyLongIntegersGetAnExponent) {
  const auto same = [](std::string_view json) {
    EXPECT_EQ(long_integers_as_doubles(json), json) << json;
  };
  EXPECT_EQ(
      long_integers_as_doubles(R"({"a":[1,-100000000000000000000],"b":18446744073709551616})"),
      R"({"a":[1,-100000000000000000000e0],"b":18446744073709551616e0})");
  same(R"({"a":123456789012345678})");
  same(R"({"a":100000000000000000000.5,"b":100000000000000000000e3,"c":1E999})");
  same(R"({"a":"100000000000000000000","b\"1000000000000000000000":"\\","c":1})");
  same(R"({"a":"\"100000000000000000000)");
  same("");
  same("-");
  same("\"\\");
}

}  // namespace
}  // namespace strims
