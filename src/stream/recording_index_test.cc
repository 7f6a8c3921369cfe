#include "stream/recording_index.h"

#include <gtest/gtest.h>

namespace strims::stream {
namespace {

std::vector<Fragment> two_fragments() {
  return {{.offset = 700,
           .length = 1'000,
           .segment = 4,
           .start_us = 0,
           .duration_us = 500'000,
           .wall_ms = 1'760'000'000'000,
           .independent = true,
           .discontinuity = true},
          {.offset = 1'700,
           .length = 900,
           .segment = 4,
           .start_us = 500'000,
           .duration_us = 500'000,
           .wall_ms = 1'760'000'000'500}};
}

std::string text_of(const std::vector<Fragment>& fragments) {
  std::string text = init_line(700);
  for (const Fragment& fragment : fragments) text += fragment_line(fragment);
  return text;
}

TEST(RecordingIndex, ReadsWhatItWrote) {
  const auto file = parse_index(3, text_of(two_fragments()));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->number, 3u);
  EXPECT_EQ(file->init_length, 700u);
  EXPECT_EQ(file->fragments, two_fragments());
  EXPECT_EQ(file->end(), 2'600u);
}

TEST(RecordingIndex, ALineThatWasCutIsLeftOut) {
  std::string text = text_of(two_fragments());
  for (size_t cut = 1; cut < 20; ++cut) {
    const auto file = parse_index(1, std::string_view(text).substr(0, text.size() - cut));
    ASSERT_TRUE(file);
    EXPECT_EQ(file->fragments.size(), 1u) << cut;
  }
}

TEST(RecordingIndex, NothingIsReadBehindAGapOrNonsense) {
  auto fragments = two_fragments();
  fragments[1].offset += 1;
  EXPECT_EQ(parse_index(1, text_of(fragments))->fragments.size(), 1u);
  for (const char* line : {"1700 900 4 5 5 5 k\n", "1700 900 4 -5 5 5 --\n", "1700 900\n", "\n",
                           "1700 0 4 5 5 5 --\n", "99999999999999999999 1 4 5 5 5 --\n"}) {
    const std::string text = text_of({two_fragments()[0]}) + line;
    EXPECT_EQ(parse_index(1, text)->fragments.size(), 1u) << line;
  }
}

TEST(RecordingIndex, WithoutItsFirstLineItIsNone) {
  EXPECT_FALSE(parse_index(1, ""));
  EXPECT_FALSE(parse_index(1, "init 700"));
  EXPECT_FALSE(parse_index(1, "init x\n"));
  EXPECT_FALSE(parse_index(1, fragment_line(two_fragments()[0])));
}

TEST(RecordingIndex, NamesSortAsTheyWereMade) {
  EXPECT_EQ(media_name(1), "part-0001.mp4");
  EXPECT_EQ(index_name(12), "part-0012.idx");
}

}  // namespace
}  // namespace strims::stream
