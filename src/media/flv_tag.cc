#include "media/flv_tag.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "base/bytes.h"

namespace strims::media {
namespace {

// FrameType and CodecID of VIDEODATA.
constexpr int kKeyframe = 1;
constexpr int kCommandFrame = 5;
constexpr int kAvc = 7;
// SoundFormat of AUDIODATA.
constexpr int kEnhancedAudio = 9;
constexpr int kAac = 10;
// AVCPacketType and AACPacketType; VideoPacketType and AudioPacketType of Enhanced RTMP begin with
// the same ones.
constexpr int kSequenceHeader = 0;
constexpr int kFrames = 1;
constexpr int kSequenceEnd = 2;
constexpr int kFramesWithoutOffset = 3;
constexpr int kMetadata = 4;
constexpr int kAudioSequenceStart = 0;
constexpr int kAudioFrames = 1;
constexpr int kAudioMultichannelConfig = 4;

std::unexpected<Error> malformed(std::string_view what) {
  return fail(Errc::invalid, "malformed", fmt::format("{} cannot be read", what));
}

std::unexpected<Error> codec_refused(std::string_view codec, std::string_view instead) {
  return fail(Errc::unsupported, "codec",
              fmt::format("codec {} is not enabled: set the encoder to {}", codec, instead));
}

std::string_view video_codec_name(int codec_id) {
  // 12 was never in the standard; HEVC was sent so before Enhanced RTMP.
  constexpr std::array<std::string_view, 14> kNames = {"0",
                                                       "JPEG",
                                                       "Sorenson H.263",
                                                       "Screen video",
                                                       "VP6",
                                                       "VP6 with alpha",
                                                       "Screen video 2",
                                                       "AVC",
                                                       "8",
                                                       "9",
                                                       "10",
                                                       "11",
                                                       "hvc1",
                                                       "av01"};
  return codec_id < static_cast<int>(kNames.size()) ? kNames[static_cast<size_t>(codec_id)]
                                                    : "unknown";
}

std::string_view audio_codec_name(int format) {
  constexpr std::array<std::string_view, 16> kNames = {
      "PCM",   "ADPCM", "MP3", "PCM",   "Nellymoser", "Nellymoser", "Nellymoser", "G.711",
      "G.711", "9",     "AAC", "Speex", "12",         "13",         "MP3",        "15"};
  return kNames[static_cast<size_t>(format)];
}

// A FourCC as it may be told to a person.
std::string four_cc_name(std::span<const uint8_t> four_cc) {
  std::string name;
  for (const uint8_t c : four_cc) name += c > 0x20 && c < 0x7f ? static_cast<char>(c) : '?';
  return name;
}

int32_t signed_24(const uint8_t* p) {
  const uint32_t bits = uint32_t{p[0]} << 16 | uint32_t{p[1]} << 8 | p[2];
  return static_cast<int32_t>(bits << 8) >> 8;
}

VideoTag frame_or_nothing(VideoTag tag, std::span<const uint8_t> payload) {
  tag.payload = payload;
  tag.content = payload.empty() ? TagContent::nothing : TagContent::frame;
  return tag;
}

Result<VideoTag> parse_enhanced_video(std::span<const uint8_t> body) {
  const int frame_type = body[0] >> 4 & 7;
  const int packet_type = body[0] & 15;
  VideoTag tag;
  tag.keyframe = frame_type == kKeyframe;
  if (frame_type == kCommandFrame) return tag;
  if (body.size() < 5) return malformed("a video tag");
  const auto four_cc = body.subspan(1, 4);
  if (packet_type > kMetadata)
    return fail(Errc::unsupported, "codec",
                "multitrack video is not enabled: send one track of H.264");
  if (as_text(four_cc) != "avc1") return codec_refused(four_cc_name(four_cc), "H.264");
  auto rest = body.subspan(5);
  switch (packet_type) {
    case kSequenceHeader:
      tag.content = TagContent::config;
      tag.payload = rest;
      return tag;
    case kFrames:
      if (rest.size() < 3) return malformed("a video tag");
      tag.composition_ms = signed_24(rest.data());
      return frame_or_nothing(tag, rest.subspan(3));
    case kFramesWithoutOffset:
      return frame_or_nothing(tag, rest);
    default:
      return tag;
  }
}

Result<AudioTag> parse_enhanced_audio(std::span<const uint8_t> body) {
  const int packet_type = body[0] & 15;
  if (body.size() < 5) return malformed("an audio tag");
  const auto four_cc = body.subspan(1, 4);
  if (packet_type > kAudioMultichannelConfig)
    return fail(Errc::unsupported, "codec",
                "multitrack audio is not enabled: send one track of AAC");
  if (as_text(four_cc) != "mp4a") return codec_refused(four_cc_name(four_cc), "AAC");
  const auto rest = body.subspan(5);
  if (packet_type == kAudioSequenceStart) return AudioTag{TagContent::config, rest};
  if (packet_type == kAudioFrames && !rest.empty()) return AudioTag{TagContent::frame, rest};
  return AudioTag{};
}

}  // namespace

Result<VideoTag> parse_video_tag(std::span<const uint8_t> body) {
  if (body.empty()) return VideoTag{};
  if (body[0] & 0x80) return parse_enhanced_video(body);
  const int frame_type = body[0] >> 4;
  const int codec_id = body[0] & 15;
  if (frame_type == kCommandFrame) return VideoTag{};
  if (codec_id != kAvc) return codec_refused(video_codec_name(codec_id), "H.264");
  if (body.size() < 5) return malformed("a video tag");
  VideoTag tag;
  tag.keyframe = frame_type == kKeyframe;
  const auto payload = body.subspan(5);
  switch (body[1]) {
    case kSequenceHeader:
      tag.content = TagContent::config;
      tag.payload = payload;
      return tag;
    case kFrames:
      tag.composition_ms = signed_24(body.data() + 2);
      return frame_or_nothing(tag, payload);
    case kSequenceEnd:
      return tag;
    default:
      return malformed("a video tag");
  }
}

Result<AudioTag> parse_audio_tag(std::span<const uint8_t> body) {
  if (body.empty()) return AudioTag{};
  const int format = body[0] >> 4;
  if (format == kEnhancedAudio) return parse_enhanced_audio(body);
  if (format != kAac) return codec_refused(audio_codec_name(format), "AAC");
  if (body.size() < 2) return malformed("an audio tag");
  const auto payload = body.subspan(2);
  if (body[1] == kSequenceHeader) return AudioTag{TagContent::config, payload};
  if (body[1] != kFrames) return malformed("an audio tag");
  return AudioTag{payload.empty() ? TagContent::nothing : TagContent::frame, payload};
}

}  // namespace strims::media
