// Visits of real programs, recorded byte by byte: a second of a small picture and a tone. The first
// byte of each file is for the fuzz target that shares them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "media/rtmp/testing.h"

namespace strims::media {
namespace {

using rtmp_testing::Owner;

std::string recording(const std::string& name) {
  std::ifstream in(STRIMS_SOURCE_DIR "/tests/fuzz/corpus/rtmp_session/" + name, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  return bytes.empty() ? bytes : bytes.substr(1);
}

struct Recording {
  const char* name;
  size_t audio;
  size_t video;
  size_t data;
  const char* last_time;
};

class Recorded : public testing::TestWithParam<Recording> {};

TEST_P(Recorded, GivesItsTagsHoweverItIsCut) {
  const Recording& expected = GetParam();
  const std::string wire = recording(expected.name);
  for (const size_t piece : {0, 1, 2, 13, 1000, 1460}) {
    Owner owner(Owner::Answer::later);
    owner.feed(wire, piece);
    EXPECT_EQ(owner.error, "");
    ASSERT_GT(owner.seen.size(), 2u);
    EXPECT_EQ(owner.seen.front(), "publish(live,slug,key=sk_1)");
    EXPECT_EQ(owner.seen.back(), "end");
    const auto count = [&](std::string_view kind) {
      return static_cast<size_t>(std::ranges::count_if(
          owner.seen, [&](const std::string& line) { return line.starts_with(kind); }));
    };
    EXPECT_EQ(count("audio@"), expected.audio);
    EXPECT_EQ(count("video@"), expected.video);
    EXPECT_EQ(count("data@"), expected.data);
    EXPECT_THAT(owner.seen[owner.seen.size() - 2], testing::HasSubstr(expected.last_time));
  }
}

INSTANTIATE_TEST_SUITE_P(Publishers, Recorded,
                         testing::Values(Recording{"ffmpeg", 10, 4, 1, "@628("},
                                         Recording{"ffmpeg-extended-time", 10, 4, 1, "@16777628("},
                                         Recording{"librtmp", 10, 4, 4, "@1024("},
                                         Recording{"gstreamer-rtmp2", 10, 4, 4, "@1024("}));

}  // namespace
}  // namespace strims::media
