// Frames of one stretch of media, in decoding order, to parts and segments: where to cut, and what
// each cut holds. A stretch has no jump in it and one configuration. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "media/fmp4_writer.h"

namespace strims::media {

struct CutRules {
  int64_t part_target_ms = 500;
  int64_t segment_min_ms = 2'000;
  int64_t segment_max_ms = 20'000;
  size_t max_part_bytes = 8 << 20;
  size_t max_segment_bytes = 32 << 20;  // past it a segment ends without a keyframe, too
};

// One part, to be written.
struct Cut {
  int64_t start_us = 0;  // media time
  int64_t duration_us = 0;
  bool independent = false;
  bool ends_segment = false;
  bool hard = false;  // ends its segment without a keyframe behind it
  Fragment fragment;  // valid during the call
};

class CutSink {
 public:
  // Must not call the builder.
  virtual void on_cut(const Cut& cut) = 0;

 protected:
  ~CutSink() = default;
};

class PartBuilder {
 public:
  PartBuilder(CutSink& sink, CutRules rules) : sink_(sink), rules_(rules) {}

  struct Stretch {
    int64_t start_ms = 0;  // media time
    TimeMs epoch_ms = 0;   // wall time of media time 0
    bool video = false;
    // 0: no audio.
    uint32_t audio_rate = 0;
    uint32_t audio_frame_samples = 1024;
  };
  // Begins one. The one before must be finished.
  void start(const Stretch& stretch);

  // Times are media time. `dts_ms` is later than that of the frame before, by less than ten hours.
  void add_video(int64_t dts_ms, int32_t composition_ms, bool keyframe,
                 std::span<const uint8_t> data);
  // False: dropped, because what its time says overlaps what came before too much.
  bool add_audio(int64_t time_ms, std::span<const uint8_t> data);
  // Cuts the rest, as the end of its segment. Returns where the stretch ends: microseconds of media
  // time.
  int64_t finish();

  // How far the times of audio have been from what its samples say: the last frame's, and how often
  // it had to be set right.
  int64_t audio_drift_ms() const { return audio_drift_ms_; }
  uint64_t audio_resyncs() const { return audio_resyncs_; }

 private:
  // Frames that are not cut yet.
  struct Track {
    int64_t first = 0;  // decode time of the first one, ticks
    int64_t next = 0;   // behind the last one
    std::vector<Sample> samples;
    std::string data;

    void append(std::span<const uint8_t> bytes, Sample sample);
    size_t bytes_of(size_t count) const;
    TrackRun run(size_t count) const;
    void drop(size_t count);
  };

  int64_t audio_us(int64_t samples) const;
  bool is_too_long(int64_t until_us) const;
  bool cut_late_frame(int64_t at_us);  // true: there was one
  void cut_slices(int64_t until_us);
  void cut_before_video(int64_t at_us, bool keyframe);
  void cut_before_audio(int64_t at_us);
  bool part_is_full(int64_t at_us, int64_t frame_us) const;
  // How many samples of audio begin before: the others wait for the next part.
  size_t audio_before(int64_t at_us) const;
  // `videos` samples of video, those that are finished, and `audios` samples of audio, as the part
  // that lasts until `at_us`.
  void cut(int64_t at_us, size_t videos, size_t audios, bool ends_segment, bool hard);
  size_t finished_videos() const { return video_.samples.size() - (video_open_ ? 1 : 0); }

  CutSink& sink_;
  CutRules rules_;
  Stretch stretch_;
  Track video_;
  Track audio_;
  bool video_open_ = false;  // the last video sample has no duration yet
  int64_t part_start_us_ = 0;
  int64_t segment_start_us_ = 0;
  size_t segment_bytes_ = 0;    // of what was cut of it
  int64_t video_frame_us_ = 0;  // how long a frame lasts: the last one that was not late
  int64_t audio_drift_ms_ = 0;
  uint64_t audio_resyncs_ = 0;
  bool audio_early_ = false;  // the frame before was dropped
  uint32_t sequence_ = 0;
};

}  // namespace strims::media
