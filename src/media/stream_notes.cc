#include "media/stream_notes.h"

#include <fmt/format.h>

#include <cstdlib>

namespace strims::media {
namespace {

// Longer than what a player can wait for without being noticed; the common setting is two seconds.
constexpr int64_t kKeyframeGapMs = 4'500;
// Encoders send video and audio as they come; a viewer's buffer of some two seconds is no more than
// this.
constexpr int64_t kSkewMs = 1'000;

}  // namespace

std::vector<std::string> stream_notes(const StreamFacts& facts) {
  std::vector<std::string> notes;
  if (facts.has_video && (facts.chroma_format != 1 || facts.bit_depth != 8))
    notes.emplace_back(
        "most browsers cannot show this picture: set the encoder's colour format to NV12 (4:2:0, 8 "
        "bit)");
  if (facts.audio_is_elsewhere)
    notes.emplace_back("no sound: the timestamps of audio do not fit those of video");
  if (facts.keyframe_gap_ms > kKeyframeGapMs)
    notes.push_back(fmt::format("keyframe every {} s: set the keyframe interval to 2 s",
                                (facts.keyframe_gap_ms + 500) / 1000));
  if (std::abs(facts.av_skew_ms) > kSkewMs)
    notes.push_back(fmt::format("{} comes {:.1f} s behind {}",
                                facts.av_skew_ms > 0 ? "audio" : "video",
                                static_cast<double>(std::abs(facts.av_skew_ms)) / 1000,
                                facts.av_skew_ms > 0 ? "video" : "audio"));
  if (!facts.has_audio) notes.emplace_back("no audio");
  if (!facts.has_video) notes.emplace_back("no video");
  return notes;
}

}  // namespace strims::media
