#include "bench/stream/playlist.h"

#include <gtest/gtest.h>

namespace strims::stream_load {
namespace {

constexpr std::string_view kText =
    "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2\n"
    "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.553100\n"
    "#EXT-X-PART-INF:PART-TARGET=0.501000\n"
    "#EXT-X-MEDIA-SEQUENCE:41\n"
    "#EXT-X-MAP:URI=\"init-1.mp4\"\n"
    "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:10.000Z\n"
    "#EXTINF:2.000000,\nseg-41.m4s\n"
    "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:12.000Z\n"
    "#EXT-X-PART:DURATION=0.500000,URI=\"part-42.0.m4s\",INDEPENDENT=YES\n"
    "#EXT-X-PART:DURATION=0.500000,URI=\"part-42.1.m4s\"\n"
    "#EXTINF:1.000000,\nseg-42.m4s\n"
    "#EXT-X-PART:DURATION=0.250000,URI=\"part-43.0.m4s\",INDEPENDENT=YES\n"
    "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"part-43.1.m4s\"\n";

TEST(Playlist, NamesPartsWithTheTimeTheyEnd) {
  const auto list = parse_playlist(kText);
  ASSERT_TRUE(list);
  ASSERT_EQ(list->parts.size(), 3u);
  const ListedPart& first = list->parts[0];
  EXPECT_EQ(first.number, (PartNumber{42, 0}));
  EXPECT_EQ(first.end_us, 12'500'000);
  EXPECT_TRUE(first.independent);
  EXPECT_FALSE(first.last_of_segment);
  EXPECT_EQ(first.uri, "part-42.0.m4s");
  EXPECT_TRUE(list->parts[1].last_of_segment);
  EXPECT_FALSE(list->parts[1].independent);
  EXPECT_EQ(list->parts[2].number, (PartNumber{43, 0}));
  EXPECT_EQ(list->parts[2].end_us, 13'250'000);  // without a date of its own
  EXPECT_EQ(list->next, (PartNumber{43, 1}));
  EXPECT_EQ(list->map, "init-1.mp4");
  EXPECT_EQ(list->hold_back_us, 1'553'100);
  EXPECT_FALSE(list->ended);
}

TEST(Playlist, BehindAWholeSegmentTheNextOneComes) {
  const std::string_view cut = kText.substr(0, kText.find("#EXT-X-PART:DURATION=0.25"));
  const auto list = parse_playlist(std::string(cut) + "#EXT-X-ENDLIST\n");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->next, (PartNumber{43, 0}));
  EXPECT_TRUE(list->ended);
}

TEST(Playlist, SaysWhatIsWrong) {
  const auto reason = [](std::string_view text) { return parse_playlist(text).error().reason; };
  EXPECT_EQ(reason("{\"error\":\"x\"}"), "no_playlist");
  EXPECT_EQ(reason("#EXTM3U\n"), "no_parts");
  EXPECT_EQ(reason("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:x\n"), "bad_number");
  EXPECT_EQ(reason("#EXTM3U\n#EXT-X-PART:DURATION=0.5,URI=\"a\"\n"), "no_date");
  EXPECT_EQ(reason("#EXTM3U\n#EXT-X-PROGRAM-DATE-TIME:yesterday\n"), "no_date");
  EXPECT_EQ(reason("#EXTM3U\n#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:12.000Z\n"
                   "#EXT-X-PART:DURATION=-1,URI=\"a\"\n"),
            "bad_number");
}

}  // namespace
}  // namespace strims::stream_load
