#include "media/hls_playlist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/window_testing.h"

namespace strims::media {
namespace {

using ::testing::EndsWith;
using testing::Feeder;
using ::testing::HasSubstr;
using ::testing::Not;
using State = LiveWindow::State;

TEST(HlsPlaylist, OfTheFirstPart) {
  LiveWindow window;
  Feeder feeder{window};
  feeder.init();
  feeder.part();
  EXPECT_EQ(media_playlist(window),
            "#EXTM3U\n"
            "#EXT-X-VERSION:9\n"
            "#EXT-X-TARGETDURATION:2\n"
            "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.553100\n"
            "#EXT-X-PART-INF:PART-TARGET=0.501000\n"
            "#EXT-X-MEDIA-SEQUENCE:0\n"
            "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
            "#EXT-X-MAP:URI=\"init-1.mp4\"\n"
            "#EXT-X-PROGRAM-DATE-TIME:2025-10-09T08:53:20.000Z\n"
            "#EXT-X-PART:DURATION=0.500000,URI=\"part-0.0.m4s\",INDEPENDENT=YES\n"
            "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"part-0.1.m4s\"\n");
}

TEST(HlsPlaylist, OfAFullWindow) {
  LiveWindow window({.segments = 3, .part_segments = 1});
  Feeder feeder{window};
  feeder.init();
  feeder.parts_per_segment = 4;
  feeder.segments(3);
  feeder.init();
  feeder.discontinuity();
  feeder.segments(2);
  feeder.part();
  EXPECT_EQ(media_playlist(window),
            "#EXTM3U\n"
            "#EXT-X-VERSION:9\n"
            "#EXT-X-TARGETDURATION:2\n"
            "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.553100\n"
            "#EXT-X-PART-INF:PART-TARGET=0.501000\n"
            "#EXT-X-MEDIA-SEQUENCE:2\n"
            "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
            "#EXT-X-MAP:URI=\"init-1.mp4\"\n"
            "#EXT-X-PROGRAM-DATE-TIME:2025-10-09T08:53:24.000Z\n"
            "#EXTINF:2.000000,\n"
            "seg-2.m4s\n"
            "#EXT-X-DISCONTINUITY\n"
            "#EXT-X-MAP:URI=\"init-2.mp4\"\n"
            "#EXT-X-PROGRAM-DATE-TIME:2025-10-09T08:53:26.000Z\n"
            "#EXTINF:2.000000,\n"
            "seg-3.m4s\n"
            "#EXT-X-PROGRAM-DATE-TIME:2025-10-09T08:53:28.000Z\n"
            "#EXT-X-PART:DURATION=0.500000,URI=\"part-4.0.m4s\",INDEPENDENT=YES\n"
            "#EXT-X-PART:DURATION=0.500000,URI=\"part-4.1.m4s\"\n"
            "#EXT-X-PART:DURATION=0.500000,URI=\"part-4.2.m4s\"\n"
            "#EXT-X-PART:DURATION=0.500000,URI=\"part-4.3.m4s\"\n"
            "#EXTINF:2.000000,\n"
            "seg-4.m4s\n"
            "#EXT-X-PROGRAM-DATE-TIME:2025-10-09T08:53:30.000Z\n"
            "#EXT-X-PART:DURATION=0.500000,URI=\"part-5.0.m4s\",INDEPENDENT=YES\n"
            "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"part-5.1.m4s\"\n");
}

TEST(HlsPlaylist, TheHintBehindACompleteSegmentIsTheNextOne) {
  LiveWindow window;
  Feeder feeder{window};
  feeder.init();
  feeder.segments(1);
  EXPECT_THAT(media_playlist(window),
              EndsWith("seg-0.m4s\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"part-1.0.m4s\"\n"));
}

TEST(HlsPlaylist, PartsOfTheLastThreeSegments) {
  LiveWindow window;
  Feeder feeder{window};
  feeder.init();
  feeder.segments(7);
  feeder.part();
  const std::string playlist = media_playlist(window);
  EXPECT_THAT(playlist, HasSubstr("part-4.0.m4s"));
  EXPECT_THAT(playlist, Not(HasSubstr("part-3.")));
  EXPECT_THAT(playlist, HasSubstr("part-7.0.m4s"));
}

// hls.js traps 1 and 2.
TEST(HlsPlaylist, AnInterruptedStreamPromisesADiscontinuity) {
  LiveWindow window;
  Feeder feeder{window};
  feeder.init();
  feeder.segments(2);
  feeder.part();
  window.set_state(State::interrupted);
  const std::string interrupted = media_playlist(window);
  EXPECT_THAT(interrupted, EndsWith("seg-2.m4s\n#EXT-X-DISCONTINUITY\n"));
  EXPECT_THAT(interrupted, Not(HasSubstr("PRELOAD-HINT")));
  EXPECT_THAT(interrupted, Not(HasSubstr("ENDLIST")));
  EXPECT_THAT(interrupted, HasSubstr("#EXTINF:0.500000,\nseg-2.m4s"));

  feeder.next.segment = 3;
  feeder.next.index = 0;
  feeder.discontinuity();
  feeder.part();
  EXPECT_THAT(media_playlist(window), HasSubstr("seg-2.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM"));
  feeder.segments(10);
  EXPECT_THAT(media_playlist(window), HasSubstr("#EXT-X-DISCONTINUITY-SEQUENCE:1\n"));
  EXPECT_THAT(media_playlist(window), Not(HasSubstr("#EXT-X-DISCONTINUITY\n")));
}

TEST(HlsPlaylist, AnEndedStreamSaysSo) {
  LiveWindow window;
  Feeder feeder{window};
  feeder.init();
  feeder.segments(2);
  window.set_state(State::ended);
  EXPECT_THAT(media_playlist(window), EndsWith("seg-1.m4s\n#EXT-X-ENDLIST\n"));
  EXPECT_THAT(media_playlist(window), Not(HasSubstr("part-"))) << "and has whole segments only";
}

TEST(HlsPlaylist, Multivariant) {
  Init init{.number = 1, .codecs = "avc1.64001f,mp4a.40.2", .width = 1920, .height = 1080};
  init.has_video = init.has_audio = true;
  init.frame_rate = 60'000.0 / 1001;
  EXPECT_EQ(multivariant_playlist(init, 6'200'000, 6'000'000, "live.m3u8"),
            "#EXTM3U\n"
            "#EXT-X-VERSION:9\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=6200000,AVERAGE-BANDWIDTH=6000000,"
            "CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1920x1080,FRAME-RATE=59.940\n"
            "live.m3u8\n");
  Init audio{.number = 1, .codecs = "mp4a.40.2"};
  audio.has_audio = true;
  EXPECT_EQ(multivariant_playlist(audio, 130'000, 128'000, "live.m3u8"),
            "#EXTM3U\n"
            "#EXT-X-VERSION:9\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=128000,CODECS=\"mp4a.40.2\"\n"
            "live.m3u8\n");
}

TEST(HlsPlaylist, Vod) {
  constexpr TimeMs kWall = 1'760'000'000'000;
  const std::vector<VodSegment> segments = {
      {"file-1.mp4", 1200, 50'000, 1200, 2'000'000, kWall, false},
      {"file-1.mp4", 51'200, 48'000, 1200, 4'600'000, kWall + 2'000, false},
      {"file-1.mp4", 99'200, 10, 1200, 33'333, kWall + 20'000, true},
      {"file-2.mp4", 1100, 60'000, 1100, 2'000'000, kWall + 20'033, false},
  };
  EXPECT_EQ(vod_playlist(segments),
            "#EXTM3U\n"
            "#EXT-X-VERSION:7\n"
            "#EXT-X-TARGETDURATION:5\n"
            "#EXT-X-MEDIA-SEQUENCE:0\n"
            "#EXT-X-PLAYLIST-TYPE:VOD\n"
            "#EXT-X-MAP:URI=\"file-1.mp4\",BYTERANGE=\"1200@0\"\n"
            "#EXT-X-PROGRAM-DATE-TIME:2025-10-09T08:53:20.000Z\n"
            "#EXTINF:2.000000,\n"
            "#EXT-X-BYTERANGE:50000@1200\n"
            "file-1.mp4\n"
            "#EXTINF:4.600000,\n"
            "#EXT-X-BYTERANGE:48000@51200\n"
            "file-1.mp4\n"
            "#EXT-X-DISCONTINUITY\n"
            "#EXT-X-PROGRAM-DATE-TIME:2025-10-09T08:53:40.000Z\n"
            "#EXTINF:0.033333,\n"
            "#EXT-X-BYTERANGE:10@99200\n"
            "file-1.mp4\n"
            "#EXT-X-MAP:URI=\"file-2.mp4\",BYTERANGE=\"1100@0\"\n"
            "#EXTINF:2.000000,\n"
            "#EXT-X-BYTERANGE:60000@1100\n"
            "file-2.mp4\n"
            "#EXT-X-ENDLIST\n");
}

TEST(HlsPlaylist, VodTellsTheTimeAgainWhereItDoesNotFollow) {
  const std::vector<VodSegment> segments = {{"a", 9, 9, 9, 2'000'000, 1'000, false},
                                            {"a", 18, 9, 9, 2'000'000, 3'004, false},
                                            {"a", 27, 9, 9, 2'000'000, 5'500, false}};
  const std::string playlist = vod_playlist(segments);
  EXPECT_THAT(playlist, Not(HasSubstr(":03.004Z")));
  EXPECT_THAT(playlist, HasSubstr("#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:05.500Z"));
  EXPECT_EQ(vod_playlist({}),
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n"
            "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-ENDLIST\n");
}

}  // namespace
}  // namespace strims::media
