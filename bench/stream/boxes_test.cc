#include "bench/stream/boxes.h"

#include <gtest/gtest.h>

namespace strims::stream_load {
namespace {

std::string box(std::string_view type, size_t payload) {
  std::string out(4, '\0');
  out[3] = static_cast<char>(8 + payload);
  return out + std::string(type) + std::string(payload, 'x');
}

TEST(Boxes, FillTheBytesToTheLast) {
  EXPECT_EQ(box_types(box("prft", 4) + box("moof", 0) + box("mdat", 9)), "prft moof mdat");
  EXPECT_EQ(box_types(box("moof", 0) + "x"), "");
  EXPECT_EQ(box_types(box("moof", 0) + box("mdat", 9).substr(0, 16)), "");
  EXPECT_EQ(box_types(std::string(8, '\0')), "");
}

TEST(Boxes, TellInitsAndFragments) {
  EXPECT_TRUE(is_init(box("ftyp", 8) + box("moov", 40)));
  EXPECT_FALSE(is_init(box("moof", 8) + box("mdat", 40)));
  EXPECT_TRUE(is_fragment(box("prft", 4) + box("moof", 0) + box("mdat", 9)));
  EXPECT_FALSE(is_fragment(box("moof", 0)));
  EXPECT_FALSE(is_fragment(box("mdat", 0)));
  EXPECT_FALSE(is_fragment("<html>no such file</html>"));
}

}  // namespace
}  // namespace strims::stream_load
