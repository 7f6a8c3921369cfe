// Tags of a publisher to the init and the parts of a broadcast. Sans-I/O; one thread.
//
// A broadcast outlives its publishers: begin_session() lets the next one continue it. Its media
// time runs with the wall clock over the gap, so that epoch + media time is the wall time of every
// frame of the broadcast (EXT-X-PROGRAM-DATE-TIME), whoever sent it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "media/part.h"
#include "media/tag.h"

namespace strims::media {

struct PackagerOptions {
  // A part is no longer than this; PART-TARGET of the playlist.
  int64_t part_target_ms = 500;
  // A segment ends at the first keyframe after this ...
  int64_t segment_min_ms = 2'000;
  // ... and without one, which is no good to anybody, here.
  int64_t segment_max_ms = 20'000;
  // How much media may pass until the first init is written without a track that is still silent.
  int64_t header_wait_ms = 1'000;
  // Timestamps that jump further ahead, or back by more than a tremble, are a discontinuity.
  int64_t jump_ms = 5'000;
  // A part is cut when it has grown to this, whatever it lasts.
  size_t max_part_bytes = 8 << 20;
  // A segment ends when it has grown to this: what a broadcast holds in memory is bounded whatever
  // its timestamps say.
  size_t max_segment_bytes = 32 << 20;
};

// Where a broadcast goes on after a restart of the server. All zero: a new one.
struct PackagerStart {
  uint64_t segment = 0;          // number of the next segment
  uint32_t init = 0;             // number of the last init
  int64_t media_us = 0;          // end of what was made so far
  TimeMs epoch_ms = 0;           // wall time of media time 0; 0: nothing was made so far
  uint64_t discontinuities = 0;  // of its parts; LiveWindow::Options wants to know
};

class PackagerSink {
 public:
  // Before the first part that needs it. Neither may call the packager.
  virtual void on_init(const Init& init) = 0;
  virtual void on_part(const Part& part) = 0;

 protected:
  ~PackagerSink() = default;
};

// Since the packager was made, but for those of "now".
struct PackagerStats {
  uint64_t bytes = 0;  // of tags, audio and video
  uint64_t video_frames = 0;
  uint64_t audio_frames = 0;
  uint64_t keyframes = 0;
  uint64_t dropped_frames = 0;    // before a header or keyframe, or at times that fit nowhere
  uint64_t malformed_frames = 0;  // dropped too
  uint64_t parts = 0;
  uint64_t segments = 0;
  uint64_t sessions = 0;
  uint64_t jumps = 0;            // timestamps that began a discontinuity
  uint64_t hard_cuts = 0;        // segments that ended without a keyframe
  uint64_t audio_resyncs = 0;    // audio whose timestamps did not fit its samples
  int64_t media_ms = 0;          // of the broadcast, gaps included
  int64_t session_media_ms = 0;  // of this session: against wall time, the realtime factor
  // Now:
  int64_t keyframe_interval_ms = 0;  // between the last two; 0: fewer than two
  int64_t audio_drift_ms = 0;  // the timestamp of the last audio frame minus what its samples say
  int64_t av_skew_ms = 0;      // newest video minus newest audio timestamp
  bool has_video = false;
  bool has_audio = false;
};

class Packager {
 public:
  // `sink` outlives the packager.
  explicit Packager(PackagerSink& sink, PackagerOptions options = {}, PackagerStart start = {});
  ~Packager();

  // A publisher begins: the first one, or the next one. Gives out what is left of the one before.
  void begin_session();
  // What onMetaData says is coming; true and true by default. May come at any time; it only decides
  // how long the first init waits for a sequence header.
  void declare_tracks(bool video, bool audio);
  // A tag that came at wall time `now`. Data tags are ignored; what cannot be read is dropped and
  // counted. Errors end the session, their detail is for the streamer: unsupported/"codec",
  // invalid/"sequence_header", rate_limited/"too_many_formats".
  Result<void> push(const Tag& tag, TimeMs now);
  // The publisher is gone: gives out the rest, as the end of its segment.
  void flush();

  const PackagerStats& stats() const;
  // Sentences for the streamer about what the packager alone sees.
  std::vector<std::string> notes() const;
  // How to go on from here after a restart; right after flush().
  PackagerStart position() const;

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace strims::media
