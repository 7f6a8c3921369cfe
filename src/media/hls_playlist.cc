#include "media/hls_playlist.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace strims::media {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
// Low-latency tags need 9; fragmented MP4 alone, for VOD, needs 7 (section 8).
constexpr int kLiveVersion = 9;
constexpr int kVodVersion = 7;
// How far players stay from the end, in parts. Three is the least; a little more spares them from
// asking for what is not quite there.
constexpr int kHoldBackPerMille = 3'100;
// A part may be so much longer than the target: timestamps are rounded (part_builder.cc).
constexpr int kRoundingMs = 1;
// A recording's times are told again where they do not follow from durations.
constexpr int64_t kWallSlackMs = 5;

// Microseconds as seconds.
std::string seconds(int64_t us) {
  return fmt::format("{}.{:06}", us / kSecondUs, us % kSecondUs);
}

int rounded_seconds(int64_t us) {
  return static_cast<int>((us + kSecondUs / 2) / kSecondUs);
}

template <class... Args>
void line(std::string& out, fmt::format_string<Args...> form, Args&&... args) {
  fmt::format_to(std::back_inserter(out), form, std::forward<Args>(args)...);
  out += '\n';
}

// The names of what is listed.
class Names {
 public:
  explicit Names(const LiveWindow& window)
      : series_(window.options().series + (window.options().series.empty() ? "" : "-")) {}
  std::string init(uint32_t number) const { return fmt::format("init-{}{}.mp4", series_, number); }
  std::string segment(uint64_t msn) const { return fmt::format("seg-{}{}.m4s", series_, msn); }
  std::string part(uint64_t msn, uint32_t index) const {
    return fmt::format("part-{}{}.{}.m4s", series_, msn, index);
  }

 private:
  const std::string series_;
};

void put_head(std::string& out, const LiveWindow& window) {
  const int part_target_ms = window.options().part_target_ms + kRoundingMs;
  line(out, "#EXTM3U\n#EXT-X-VERSION:{}", kLiveVersion);
  line(out, "#EXT-X-TARGETDURATION:{}", window.target_duration_s());
  line(out, "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={}",
       seconds(int64_t{part_target_ms} * kHoldBackPerMille));
  line(out, "#EXT-X-PART-INF:PART-TARGET={}", seconds(int64_t{part_target_ms} * 1000));
  line(out, "#EXT-X-MEDIA-SEQUENCE:{}", window.listed().front().number);
  line(out, "#EXT-X-DISCONTINUITY-SEQUENCE:{}", window.discontinuity_sequence());
}

void put_parts(std::string& out, const Names& names, const LiveWindow::Segment& segment) {
  for (const Part& part : segment.parts)
    line(out, "#EXT-X-PART:DURATION={},URI=\"{}\"{}", seconds(part.duration_us),
         names.part(part.segment, part.index), part.independent ? ",INDEPENDENT=YES" : "");
}

// What is to come. A player that is told of a next part waits for it; one that sees segments go on
// behind a discontinuity it was not told of gives up (hls.js issue 7962).
void put_tail(std::string& out, const Names& names, const LiveWindow& window) {
  const LiveWindow::Segment& last = window.listed().back();
  switch (window.state()) {
    case LiveWindow::State::live: {
      const std::string next =
          last.complete ? names.part(last.number + 1, 0)
                        : names.part(last.number, static_cast<uint32_t>(last.parts.size()));
      line(out, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{}\"", next);
      break;
    }
    case LiveWindow::State::interrupted:
      line(out, "#EXT-X-DISCONTINUITY");
      break;
    case LiveWindow::State::ended:
      line(out, "#EXT-X-ENDLIST");
      break;
  }
}

}  // namespace

std::string media_playlist(const LiveWindow& window) {
  const auto segments = window.listed();
  const size_t complete = segments.size() - (segments.back().complete ? 0 : 1);
  // Who comes to an ended stream, or is surprised by its end, wants whole segments: hls.js 1.7.4
  // does not fetch the last part behind the end, and then never says that it has ended.
  const bool ended = window.state() == LiveWindow::State::ended;
  const size_t with_parts = ended ? 0 : window.options().part_segments;
  const size_t first_with_parts = complete - std::min(complete, with_parts);
  const Names names(window);
  std::string out;
  out.reserve(4096);
  put_head(out, window);
  uint32_t init = 0;
  for (size_t i = 0; i < segments.size(); ++i) {
    const LiveWindow::Segment& segment = segments[i];
    if (segment.discontinuity) line(out, "#EXT-X-DISCONTINUITY");
    if (segment.init != init) line(out, "#EXT-X-MAP:URI=\"{}\"", names.init(segment.init));
    init = segment.init;
    line(out, "#EXT-X-PROGRAM-DATE-TIME:{}", format_rfc3339_ms(segment.wall_ms));
    if (i >= first_with_parts) put_parts(out, names, segment);
    if (segment.complete)
      line(out, "#EXTINF:{},\n{}", seconds(segment.duration_us), names.segment(segment.number));
  }
  put_tail(out, names, window);
  return out;
}

std::string multivariant_playlist(const Init& init, uint64_t peak_bandwidth,
                                  uint64_t average_bandwidth, std::string_view media_uri) {
  std::string out;
  line(out, "#EXTM3U\n#EXT-X-VERSION:{}", kLiveVersion);
  fmt::format_to(std::back_inserter(out),
                 "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\"",
                 std::max(peak_bandwidth, average_bandwidth), average_bandwidth, init.codecs);
  if (init.has_video)
    fmt::format_to(std::back_inserter(out), ",RESOLUTION={}x{}", init.width, init.height);
  if (init.frame_rate > 0)
    fmt::format_to(std::back_inserter(out), ",FRAME-RATE={:.3f}", init.frame_rate);
  line(out, "\n{}", media_uri);
  return out;
}

std::string vod_playlist(std::span<const VodSegment> segments) {
  int target_duration_s = 1;
  for (const VodSegment& segment : segments)
    target_duration_s = std::max(target_duration_s, rounded_seconds(segment.duration_us));
  std::string out;
  line(out, "#EXTM3U\n#EXT-X-VERSION:{}", kVodVersion);
  line(out, "#EXT-X-TARGETDURATION:{}", target_duration_s);
  line(out, "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD");
  std::string_view file;
  TimeMs told_ms = 0;    // the last wall time in the playlist
  int64_t since_us = 0;  // and what lies behind it
  for (const VodSegment& segment : segments) {
    if (segment.discontinuity) line(out, "#EXT-X-DISCONTINUITY");
    if (segment.uri != file)
      line(out, "#EXT-X-MAP:URI=\"{}\",BYTERANGE=\"{}@0\"", segment.uri, segment.init_length);
    const bool follows = !file.empty() && !segment.discontinuity &&
                         std::abs(segment.wall_ms - (told_ms + since_us / 1000)) <= kWallSlackMs;
    if (!follows) {
      line(out, "#EXT-X-PROGRAM-DATE-TIME:{}", format_rfc3339_ms(segment.wall_ms));
      told_ms = segment.wall_ms;
      since_us = 0;
    }
    file = segment.uri;
    since_us += segment.duration_us;
    line(out, "#EXTINF:{},\n#EXT-X-BYTERANGE:{}@{}\n{}", seconds(segment.duration_us),
         segment.length, segment.offset, segment.uri);
  }
  line(out, "#EXT-X-ENDLIST");
  return out;
}

}  // namespace strims::media
