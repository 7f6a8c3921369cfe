#include "hooks/xml_scan.h"

#include <gtest/gtest.h>

namespace strims::hooks {
namespace {

std::string walked(std::string_view text) {
  std::string out;
  XmlScan scan(text);
  while (const auto piece = scan.next()) {
    const char* mark = piece->kind == XmlScan::Kind::open    ? "<"
                       : piece->kind == XmlScan::Kind::close ? ">"
                                                             : "=";
    out += mark + std::string(piece->word) + std::to_string(scan.open().size()) + " ";
  }
  return out + (scan.failed() ? "failed" : "end");
}

TEST(XmlScan, ElementsAndText) {
  EXPECT_EQ(walked("<?xml v?><!-- > -->\n<a b=\"c\"> x y <d/><e ></e ></a>"),
            "<a1 =x y1 <d2 >d1 <e2 >e1 >a0 end");
  EXPECT_EQ(walked(""), "end");
  EXPECT_EQ(walked("<a>"), "<a1 end");
}

TEST(XmlScan, WhatIsNoXml) {
  EXPECT_EQ(walked("<a"), "failed");
  EXPECT_EQ(walked("<>"), "failed");
  EXPECT_EQ(walked("</a>"), "failed");
  EXPECT_EQ(walked("<a></b>"), "<a1 failed");
  EXPECT_EQ(walked("<!-- x"), "failed");
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  EXPECT_TRUE(walked(deep).ends_with("<a32 failed"));
}

TEST(XmlScan, Entities) {
  EXPECT_EQ(xml_text("a&amp;b&lt;&gt;&quot;&apos;"), "a&b<>\"'");
  EXPECT_EQ(xml_text("&#65;&#x42;&#0;&#999;&nbsp;&"), "AB&#0;&#999;&nbsp;&");
  EXPECT_EQ(xml_text("&amp;lt;"), "&lt;");
}

}  // namespace
}  // namespace strims::hooks
