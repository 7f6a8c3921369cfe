#include "base/json_write.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/json_read.h"

namespace strims {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonWrite, PlacesCommas) {
  JsonWriter w("MSG ");
  w.object().field("a", 1).key("b").array().value("x").value(true).null().object().end_object();
  w.end_array().field("c", 1.5).end_object();
  EXPECT_EQ(w.text(), R"(MSG {"a":1,"b":["x",true,null,{}],"c":1.5})");
}

TEST(JsonWrite, NumbersAtTheEdges) {
  JsonWriter w;
  w.array().value(INT64_MIN).value(UINT64_MAX).value(0.1).value(1e21).value(-0.0);
  w.value(std::nan("")).value(std::numeric_limits<double>::infinity()).end_array();
  EXPECT_EQ(w.text(), "[-9223372036854775808,18446744073709551615,0.1,1e+21,0,null,null]");
  EXPECT_TRUE(Json::parse(w.text()));
}

TEST(JsonWrite, EscapesWhatMustBe) {
  EXPECT_EQ(escaped("a\"b\\c\n\r\t\x01\x7f"), "\"a\\\"b\\\\c\\n\\r\\t\\u0001\x7f\"");
  EXPECT_EQ(escaped(std::string_view("\0", 1)), "\"\\u0000\"");
  EXPECT_EQ(escaped("é€😀"), "\"é€😀\"");
  EXPECT_EQ(escaped("\u2028\u2029\u2027"), "\"\\u2028\\u2029\u2027\"");
  EXPECT_EQ(escaped("</script>"), "\"</script>\"");
}

TEST(JsonWrite, EveryByteIsSeenAtEveryPlace) {
  for (int byte = 0; byte < 256; ++byte)
    for (size_t at = 0; at < 20; ++at) {
      std::string text(20, '~');
      text[at] = static_cast<char>(byte);
      const bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
      EXPECT_EQ(escaped(text) == '"' + text + '"', plain) << byte << " at " << at;
      std::string alone;
      append_json_string(alone, text.substr(at, 1));
      const std::string tildes(19, '~');
      EXPECT_EQ(escaped(text), '"' + tildes.substr(0, at) + alone.substr(1, alone.size() - 2) +
                                   tildes.substr(at) + '"');
    }
}

TEST(JsonWrite, BrokenUtf8BecomesTheReplacementCharacter) {
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(escaped("a\xff"), "\"a" + r + "\"");
  EXPECT_EQ(escaped("\xc3"), "\"" + r + "\"");
  EXPECT_EQ(escaped("\xe2\x82"), "\"" + r + r + "\"");
  EXPECT_EQ(escaped("\xed\xa0\x80x"), "\"" + r + r + r + "x\"");
  EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "\"" + r + r + r + r + "\"");
  EXPECT_EQ(escaped("\xc0\xaf"), "\"" + r + r + "\"");
}

TEST(JsonWrite, EveryByteStringRoundTripsAsValidJson) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (size_t start = 0; start < all.size(); ++start) {
    const auto json = Json::parse(escaped(std::string_view(all).substr(start)));
    ASSERT_TRUE(json) << start;
  }
}

}  // namespace
}  // namespace strims
