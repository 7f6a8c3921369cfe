#include "media/part_builder.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"

namespace strims::media {
namespace {

constexpr int64_t kTicksPerMs = kVideoTimescale / 1000;
constexpr int64_t kUsPerTickTimes9 = 100;  // 1/90,000 s is 100/9 microseconds
// Timestamps are whole milliseconds, and fifteen frames of NTSC last 500.5 of them: cutting before
// the fifteenth would make five parts of four.
constexpr int64_t kRoundingUs = 1'000;
// An encoder whose keyframes come every two seconds means it, though its clock may tremble.
constexpr int64_t kEarlyKeyframeUs = 50'000;
// Audio so far ahead of video goes out alone: video has stopped, or is multiplexed badly.
constexpr int64_t kAudioAheadUs = 4'000'000;
// Audio is placed by counting samples, so that its rounded timestamps leave no seams. When these
// differ by more, samples are missing or too many, or the two clocks have drifted apart.
constexpr int64_t kAudioSlackMs = 80;
// What is said of the last frame when nothing else is known.
constexpr int64_t kDefaultFrameUs = 33'000;

int64_t video_us(int64_t ticks) {
  return ticks * kUsPerTickTimes9 / 9;
}

}  // namespace

void PartBuilder::Track::append(std::span<const uint8_t> bytes, Sample sample) {
  if (samples.empty()) first = next;
  sample.size = static_cast<uint32_t>(bytes.size());
  samples.push_back(sample);
  data += as_text(bytes);
  next += sample.duration;
}

size_t PartBuilder::Track::bytes_of(size_t count) const {
  size_t bytes = 0;
  for (size_t i = 0; i < count; ++i) bytes += samples[i].size;
  return bytes;
}

TrackRun PartBuilder::Track::run(size_t count) const {
  return {.decode_time = static_cast<uint64_t>(first),
          .samples = std::span(samples).first(count),
          .data = std::string_view(data).substr(0, bytes_of(count))};
}

void PartBuilder::Track::drop(size_t count) {
  data.erase(0, bytes_of(count));
  for (size_t i = 0; i < count; ++i) first += samples[i].duration;
  samples.erase(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(count));
}

int64_t PartBuilder::audio_us(int64_t samples) const {
  const int64_t rate = stretch_.audio_rate;
  return samples / rate * 1'000'000 + samples % rate * 1'000'000 / rate;
}

void PartBuilder::start(const Stretch& stretch) {
  stretch_ = stretch;
  video_ = {};
  audio_ = {};
  video_open_ = false;
  part_start_us_ = segment_start_us_ = stretch.start_ms * 1000;
  segment_bytes_ = 0;
  video_frame_us_ = 0;
  video_.next = stretch.start_ms * kTicksPerMs;
  audio_.next = -1;
  audio_drift_ms_ = 0;
  audio_early_ = false;
}

void PartBuilder::add_video(int64_t dts_ms, int32_t composition_ms, bool keyframe,
                            std::span<const uint8_t> data) {
  const int64_t ticks = dts_ms * kTicksPerMs;
  const bool open = std::exchange(video_open_, false);
  const int64_t duration = ticks - video_.next;
  video_.next = ticks;
  if (open) {
    video_.samples.back().duration = static_cast<uint32_t>(duration);
    const bool late = cut_late_frame(dts_ms * 1000);
    if (!late || video_frame_us_ == 0) video_frame_us_ = video_us(duration);
    cut_before_video(dts_ms * 1000, keyframe);
  }
  video_.append(data, {.composition_offset = static_cast<int32_t>(composition_ms * kTicksPerMs),
                       .sync = keyframe});
  video_open_ = true;
}

bool PartBuilder::add_audio(int64_t time_ms, std::span<const uint8_t> data) {
  const int64_t rate = stretch_.audio_rate;
  if (rate == 0) return false;
  const auto in_samples = [rate](int64_t ms) {
    return ms / 1000 * rate + (ms % 1000 * rate + 500) / 1000;
  };
  if (audio_.next < 0) audio_.next = in_samples(time_ms);
  audio_drift_ms_ = time_ms - audio_us(audio_.next) / 1000;
  if (audio_drift_ms_ < -kAudioSlackMs) {
    if (!audio_early_) ++audio_resyncs_;
    audio_early_ = true;
    return false;
  }
  audio_early_ = false;
  if (audio_drift_ms_ > kAudioSlackMs) {
    ++audio_resyncs_;
    const int64_t next = in_samples(time_ms);
    // The frame before lasts until this one, if it is still here.
    if (!audio_.samples.empty())
      audio_.samples.back().duration += static_cast<uint32_t>(next - audio_.next);
    audio_.next = next;
  }
  cut_before_audio(audio_us(audio_.next));
  audio_.append(data, {.duration = stretch_.audio_frame_samples});
  return true;
}

bool PartBuilder::part_is_full(int64_t at_us, int64_t frame_us) const {
  return is_too_long(at_us + frame_us) ||
         video_.data.size() + audio_.data.size() >= rules_.max_part_bytes;
}

bool PartBuilder::is_too_long(int64_t until_us) const {
  return until_us - part_start_us_ > rules_.part_target_ms * 1000 + kRoundingUs;
}

// An encoder left frames out: the last one lasted longer than anybody could know, and what is here
// is more than a part may be. That frame begins a part of its own; where it alone is too long, what
// is heard meanwhile follows in parts without video.
bool PartBuilder::cut_late_frame(int64_t at_us) {
  if (!is_too_long(at_us)) return false;
  const size_t videos = video_.samples.size();
  const int64_t late_us =
      video_us(video_.next - static_cast<int64_t>(video_.samples.back().duration));
  if (videos > 1 && late_us > part_start_us_)
    cut(late_us, videos - 1, audio_before(late_us), false, false);
  cut_slices(at_us);
  return true;
}

// Parts of one length, so that sound begins in each of them: no part is empty, so without sound
// there is a long one.
void PartBuilder::cut_slices(int64_t until_us) {
  while (is_too_long(until_us)) {
    const int64_t length_us = until_us - part_start_us_;
    const int64_t most_us = rules_.part_target_ms * 1000;
    const int64_t end_us = part_start_us_ + length_us / ((length_us + most_us - 1) / most_us);
    const size_t videos = finished_videos();
    const size_t audios = audio_before(end_us);
    if (videos + audios == 0 || audio_before(until_us) <= audios) return;
    cut(end_us, videos, audios, false, false);
  }
}

void PartBuilder::cut_before_video(int64_t at_us, bool keyframe) {
  const int64_t age_us = at_us - segment_start_us_;
  if (keyframe && age_us >= rules_.segment_min_ms * 1000 - kEarlyKeyframeUs) {
    cut(at_us, finished_videos(), audio_before(at_us), true, false);
  } else if (part_is_full(at_us, video_frame_us_)) {
    const bool hard = age_us + rules_.part_target_ms * 1000 > rules_.segment_max_ms * 1000;
    cut(at_us, finished_videos(), audio_before(at_us), hard, hard);
  }
}

void PartBuilder::cut_before_audio(int64_t at_us) {
  if (audio_.samples.empty()) return;
  if (stretch_.video) {
    if (at_us - part_start_us_ <= kAudioAheadUs &&
        video_.data.size() + audio_.data.size() < rules_.max_part_bytes)
      return;
    cut_slices(at_us);
    cut(at_us, finished_videos(), audio_.samples.size(), false, false);
  } else if (part_is_full(at_us, audio_us(stretch_.audio_frame_samples))) {
    cut(at_us, 0, audio_.samples.size(), at_us - segment_start_us_ >= rules_.segment_min_ms * 1000,
        false);
  }
}

size_t PartBuilder::audio_before(int64_t at_us) const {
  size_t count = 0;
  for (int64_t time = audio_.first; count < audio_.samples.size() && audio_us(time) < at_us;
       ++count)
    time += audio_.samples[count].duration;
  return count;
}

void PartBuilder::cut(int64_t at_us, size_t videos, size_t audios, bool ends_segment, bool hard) {
  if (videos + audios == 0) return;

  // Times may stand still while bytes come.
  segment_bytes_ += video_.bytes_of(videos) + audio_.bytes_of(audios);
  if (!ends_segment && segment_bytes_ >= rules_.max_segment_bytes) ends_segment = hard = true;
  // Behind audio that went out alone, video may come from before the last cut.
  const int64_t end_us = std::max(at_us, part_start_us_ + kRoundingUs);
  Cut made{.start_us = part_start_us_,
           .duration_us = end_us - part_start_us_,
           .independent = stretch_.video ? videos > 0 && video_.samples[0].sync : true,
           .ends_segment = ends_segment,
           .hard = hard,
           .fragment = {.sequence = ++sequence_,
                        .video = video_.run(videos),
                        .audio = audios ? audio_.run(audios) : TrackRun()}};
  const int64_t first_us = videos ? video_us(video_.first) : audio_us(audio_.first);
  made.fragment.wall_ms = stretch_.epoch_ms + first_us / 1000;
  sink_.on_cut(made);
  video_.drop(videos);
  audio_.drop(audios);
  part_start_us_ = end_us;
  if (!ends_segment) return;
  segment_start_us_ = end_us;
  segment_bytes_ = 0;
}

int64_t PartBuilder::finish() {
  if (video_open_) {
    const int64_t frame_us = video_frame_us_ > 0 ? video_frame_us_ : kDefaultFrameUs;
    const int64_t duration = frame_us * 9 / kUsPerTickTimes9;
    video_.samples.back().duration = static_cast<uint32_t>(duration);
    video_.next += duration;
    video_open_ = false;
  }
  const int64_t video_end_us = video_.samples.empty() ? part_start_us_ : video_us(video_.next);
  const int64_t audio_end_us = audio_.samples.empty() ? part_start_us_ : audio_us(audio_.next);
  // Audio hangs over by what B-frames delay video; that does not make the part longer than parts
  // may be.
  const bool hangs_over = audio_end_us > video_end_us + rules_.part_target_ms * 1000;
  const int64_t end_us = hangs_over || !stretch_.video ? audio_end_us : video_end_us;
  if (stretch_.video) cut_slices(end_us);
  cut(end_us, finished_videos(), audio_.samples.size(), true, false);
  return std::max({part_start_us_, video_end_us, audio_end_us});
}

}  // namespace strims::media
