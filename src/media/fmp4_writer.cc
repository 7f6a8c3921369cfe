#include "media/fmp4_writer.h"

#include "base/bytes.h"
#include "media/box_writer.h"
#include "media/fragment_flags.h"

namespace strims::media {
namespace {

// `prft`: the two times belong together, though neither is that of a known step on the way.
constexpr uint32_t kConsistentTime = 24;

constexpr uint32_t kDefaultBaseIsMoof = 0x020000;  // tf_flags (section 8.8.7)

constexpr size_t kBoxHead = 8;

void put_prft(std::string& out, uint32_t track, TimeMs wall_ms, uint64_t media_time) {
  const auto wall = static_cast<uint64_t>(wall_ms);
  BoxScope box(out, "prft", 1, kConsistentTime);
  put_u32(out, track);
  put_u32(out, static_cast<uint32_t>(wall / 1000 + kNtpEpoch));  // wraps in 2036, as NTP does
  put_u32(out, static_cast<uint32_t>((wall % 1000 << 32) / 1000));
  put_u64(out, media_time);
}

// Returns where the data offset stands, to be filled in.
size_t put_traf(std::string& out, uint32_t track, const TrackRun& run) {
  BoxScope traf(out, "traf");
  {
    BoxScope tfhd(out, "tfhd", 0, kDefaultBaseIsMoof);
    put_u32(out, track);
  }
  {
    BoxScope tfdt(out, "tfdt", 1, 0);
    put_u64(out, run.decode_time);
  }
  const bool video = track == kVideoTrack;
  BoxScope trun(out, "trun", 1,
                kDataOffset | kDurations | kSizes | (video ? kFlags | kCompositionOffsets : 0));
  put_u32(out, static_cast<uint32_t>(run.samples.size()));
  const size_t data_offset = out.size();
  put_u32(out, 0);
  for (const Sample& sample : run.samples) {
    put_u32(out, sample.duration);
    put_u32(out, sample.size);
    if (!video) continue;
    put_u32(out, sample.sync ? kSyncSample : kNotSyncSample);
    put_u32(out, static_cast<uint32_t>(sample.composition_offset));
  }
  return data_offset;
}

void fill_in(std::string& out, size_t at, size_t value) {
  store_be32(reinterpret_cast<uint8_t*>(out.data() + at), static_cast<uint32_t>(value));
}

void put_moof(std::string& out, const Fragment& fragment) {
  const size_t moof_at = out.size();
  size_t video_offset = 0, audio_offset = 0;
  {
    BoxScope moof(out, "moof");
    {
      BoxScope mfhd(out, "mfhd", 0, 0);
      put_u32(out, fragment.sequence);
    }
    if (!fragment.video.samples.empty()) video_offset = put_traf(out, kVideoTrack, fragment.video);
    if (!fragment.audio.samples.empty()) audio_offset = put_traf(out, kAudioTrack, fragment.audio);
  }
  // Data offsets count from the beginning of `moof`.
  const size_t data = out.size() - moof_at + kBoxHead;
  if (video_offset) fill_in(out, video_offset, data);
  if (audio_offset) fill_in(out, audio_offset, data + fragment.video.data.size());
}

}  // namespace

std::string write_fragment(const Fragment& fragment) {
  const TrackRun& video = fragment.video;
  const TrackRun& audio = fragment.audio;
  std::string out;
  out.reserve(256 + video.samples.size() * 16 + audio.samples.size() * 8 + video.data.size() +
              audio.data.size());
  const bool by_video = !video.samples.empty();
  put_prft(out, by_video ? kVideoTrack : kAudioTrack, fragment.wall_ms,
           by_video ? video.decode_time : audio.decode_time);
  put_moof(out, fragment);
  {
    BoxScope mdat(out, "mdat");
    out += video.data;
    out += audio.data;
  }
  return out;
}

}  // namespace strims::media
