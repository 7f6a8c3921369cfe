#include "media/packager.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "media/part_builder.h"
#include "media/part_writer.h"
#include "media/session_input.h"
#include "media/start_buffer.h"
#include "media/stream_notes.h"

namespace strims::media {
namespace {

// Video that steps back by less trembles; it is put right behind the frame before.
constexpr int64_t kTrembleMs = 500;
// A track that was silent for longer goes on behind a discontinuity.
constexpr int64_t kMaxGapMs = 20'000;

// So many frames of audio in a row that fit nowhere are not the ones before a keyframe.
constexpr uint64_t kManyUnplaced = 50;
// Each change of the format makes an init and a file of the recording: so many at once, and one
// more in so many milliseconds.
constexpr int64_t kMaxChanges = 20;
constexpr int64_t kChangeMs = 3'000;

}  // namespace

class Packager::Machine {
 public:
  Machine(PackagerSink& sink, const PackagerOptions& options, const PackagerStart& start)
      : options_(options),
        writer_(sink, start, stats_),
        builder_(writer_, {options.part_target_ms, options.segment_min_ms, options.segment_max_ms,
                           options.max_part_bytes, options.max_segment_bytes}) {}

  void begin_session();
  void declare_tracks(bool video, bool audio) { input_.declare(video, audio); }
  Result<void> push(const Tag& tag, TimeMs now);
  void flush();

  const PackagerStats& stats() const { return stats_; }
  std::vector<std::string> notes() const;
  const PackagerStart& position() const { return writer_.position(); }

 private:
  Result<void> count_change(TimeMs now);
  void drop(size_t frames) { stats_.dropped_frames += frames; }
  void take(const Unit& unit);
  void wait(const Unit& unit);
  void try_start();
  void start_stretch(const Unit& anchor);
  void end_stretch();
  bool is_jump(const Unit& unit) const;
  void place(const Unit& unit);
  void place_video(const Unit& unit);
  void place_audio(const Unit& unit);

  PackagerOptions options_;
  PackagerStats stats_;
  PartWriter writer_;
  PartBuilder builder_;

  // The session.
  SessionInput input_;
  StartBuffer waiting_;
  bool header_wait_over_ = false;
  TimeMs changes_due_ = 0;  // when no change of the format counts any more
  // Whether media time minus the session's time is known: its clock has not jumped since.
  bool clock_is_placed_ = false;
  int64_t media_offset_ms_ = 0;
  int64_t newest_ms_ = 0;
  int64_t earlier_stretches_ms_ = 0;

  // The stretch: media without a jump, of one configuration.
  bool running_ = false;
  int64_t anchor_ms_ = 0;  // session time of its first frame
  std::optional<int64_t> last_video_ms_, last_audio_ms_, last_keyframe_ms_;
  uint64_t unplaced_audio_ = 0;  // frames in a row that fitted nowhere
};

void Packager::Machine::begin_session() {
  flush();
  input_ = {};
  waiting_ = {};
  header_wait_over_ = false;
  clock_is_placed_ = false;
  earlier_stretches_ms_ = 0;
  stats_.session_media_ms = 0;
  ++stats_.sessions;
}

Result<void> Packager::Machine::push(const Tag& tag, TimeMs now) {
  using Step = SessionInput::Step;
  STRIMS_TRY(const Step step, input_.take(tag, now));
  const Unit& unit = input_.unit();
  if (step == Step::unit || step == Step::not_configured || step == Step::malformed) {
    stats_.bytes += tag.body.size();
    ++(tag.kind == TagKind::video ? stats_.video_frames : stats_.audio_frames);
    if (unit.keyframe) ++stats_.keyframes;
  }
  switch (step) {
    case Step::unit:
      take(unit);
      break;
    case Step::changed_track:
      STRIMS_CHECK_OK(count_change(now));
      end_stretch();
      drop(waiting_.clear());
      break;
    case Step::new_track:
      end_stretch();
      break;
    case Step::not_configured:
      drop(1);
      break;
    case Step::malformed:
      ++stats_.malformed_frames;
      break;
    case Step::nothing:
      break;
  }
  return {};
}

// Over sessions: who reconnects has no more of them.
Result<void> Packager::Machine::count_change(TimeMs now) {
  changes_due_ = std::clamp(changes_due_, now, now + kMaxChanges * kChangeMs) + kChangeMs;
  if (changes_due_ <= now + kMaxChanges * kChangeMs) return {};
  return fail(Errc::rate_limited, "too_many_formats",
              "The encoder changes its format again and again.");
}

void Packager::Machine::take(const Unit& unit) {
  if (running_ && !is_jump(unit)) return place(unit);
  if (running_) {
    ++stats_.jumps;
    end_stretch();
    clock_is_placed_ = false;
  }
  wait(unit);
}

void Packager::Machine::wait(const Unit& unit) {
  const bool far = std::abs(unit.time_ms - newest_ms_) > options_.jump_ms;
  if (far) {
    clock_is_placed_ = false;
    drop(waiting_.reset());
  }
  newest_ms_ = far ? unit.time_ms : std::max(newest_ms_, unit.time_ms);
  drop(waiting_.add(unit));
  try_start();
}

void Packager::Machine::try_start() {
  if (waiting_.span_ms() >= options_.header_wait_ms || waiting_.full()) header_wait_over_ = true;
  if (!input_.complete() && !header_wait_over_) return;
  const Unit* anchor = waiting_.anchor(input_.video() != nullptr);
  if (!anchor) return;
  header_wait_over_ = true;
  start_stretch(*anchor);
  const StartBuffer ready = std::exchange(waiting_, {});
  for (const Unit& unit : ready.units()) take(unit);
}

// Media time goes on as the session's clock says, as long as that does not jump; else as the wall
// clock says.
void Packager::Machine::start_stretch(const Unit& anchor) {
  writer_.begin_stretch(input_.video(), input_.audio(), anchor.now);
  const PackagerStart& at = writer_.position();
  const int64_t due_ms =
      clock_is_placed_ ? anchor.time_ms + media_offset_ms_ : anchor.now - at.epoch_ms;
  const int64_t start_ms = std::max(due_ms, (at.media_us + 999) / 1000);
  media_offset_ms_ = start_ms - anchor.time_ms;
  clock_is_placed_ = true;
  running_ = true;
  anchor_ms_ = newest_ms_ = anchor.time_ms;
  last_video_ms_ = last_audio_ms_ = last_keyframe_ms_ = std::nullopt;
  unplaced_audio_ = 0;
  stats_.has_video = input_.video() != nullptr;
  stats_.has_audio = input_.audio() != nullptr;
  PartBuilder::Stretch stretch{
      .start_ms = start_ms, .epoch_ms = at.epoch_ms, .video = stats_.has_video};
  if (const AacConfig* audio = input_.audio()) {
    stretch.audio_rate = static_cast<uint32_t>(audio->sample_rate);
    stretch.audio_frame_samples = static_cast<uint32_t>(audio->frame_samples);
  }
  builder_.start(stretch);
}

void Packager::Machine::end_stretch() {
  if (!running_) return;
  running_ = false;
  writer_.end_stretch(builder_.finish());
  earlier_stretches_ms_ += newest_ms_ - anchor_ms_;
}

void Packager::Machine::flush() {
  if (!running_) {
    header_wait_over_ = true;
    try_start();
  }
  end_stretch();
  drop(waiting_.clear());
}

bool Packager::Machine::is_jump(const Unit& unit) const {
  const auto& last = unit.video ? last_video_ms_ : last_audio_ms_;
  if (!last) return false;
  return unit.time_ms > newest_ms_ + options_.jump_ms || unit.time_ms > *last + kMaxGapMs ||
         unit.time_ms < *last - kTrembleMs;
}

void Packager::Machine::place(const Unit& unit) {
  if (unit.video)
    place_video(unit);
  else
    place_audio(unit);
  stats_.media_ms = newest_ms_ + media_offset_ms_;
  stats_.session_media_ms = earlier_stretches_ms_ + newest_ms_ - anchor_ms_;
  if (last_video_ms_ && last_audio_ms_) stats_.av_skew_ms = *last_video_ms_ - *last_audio_ms_;
}

void Packager::Machine::place_video(const Unit& unit) {
  const int64_t time_ms =
      last_video_ms_ ? std::max(unit.time_ms, *last_video_ms_ + 1) : unit.time_ms;
  last_video_ms_ = time_ms;
  newest_ms_ = std::max(newest_ms_, time_ms);
  if (unit.keyframe) {
    if (last_keyframe_ms_) stats_.keyframe_interval_ms = time_ms - *last_keyframe_ms_;
    last_keyframe_ms_ = time_ms;
  }
  builder_.add_video(time_ms + media_offset_ms_, unit.composition_ms, unit.keyframe, unit.data);
}

// Audio from before the first keyframe is dropped; so is all of it when its clock has nothing to do
// with that of video.
void Packager::Machine::place_audio(const Unit& unit) {
  const bool far = unit.time_ms < anchor_ms_ || unit.time_ms > newest_ms_ + options_.jump_ms;
  if (far || !builder_.add_audio(unit.time_ms + media_offset_ms_, unit.data)) {
    drop(1);
    if (far) ++unplaced_audio_;
    return;
  }
  unplaced_audio_ = 0;
  last_audio_ms_ = unit.time_ms;
  newest_ms_ = std::max(newest_ms_, unit.time_ms);
  stats_.audio_drift_ms = builder_.audio_drift_ms();
  stats_.audio_resyncs = builder_.audio_resyncs();
}

std::vector<std::string> Packager::Machine::notes() const {
  if (!running_) return {};
  StreamFacts facts;
  facts.has_video = stats_.has_video;
  facts.has_audio = stats_.has_audio;
  if (last_keyframe_ms_)
    facts.keyframe_gap_ms = std::max(stats_.keyframe_interval_ms, newest_ms_ - *last_keyframe_ms_);
  facts.av_skew_ms = stats_.av_skew_ms;
  facts.audio_is_elsewhere = unplaced_audio_ > kManyUnplaced;
  if (const AvcConfig* video = input_.video()) {
    facts.chroma_format = video->sps.chroma_format;
    facts.bit_depth = video->sps.bit_depth;
  }
  return stream_notes(facts);
}

Packager::Packager(PackagerSink& sink, PackagerOptions options, PackagerStart start)
    : machine_(std::make_unique<Machine>(sink, options, start)) {}
Packager::~Packager() = default;

void Packager::begin_session() {
  machine_->begin_session();
}
void Packager::declare_tracks(bool video, bool audio) {
  machine_->declare_tracks(video, audio);
}
Result<void> Packager::push(const Tag& tag, TimeMs now) {
  return machine_->push(tag, now);
}
void Packager::flush() {
  machine_->flush();
}
const PackagerStats& Packager::stats() const {
  return machine_->stats();
}
std::vector<std::string> Packager::notes() const {
  return machine_->notes();
}
PackagerStart Packager::position() const {
  return machine_->position();
}

}  // namespace strims::media
