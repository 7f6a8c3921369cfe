// What the state machines decide is done here, in their order.
#include <fmt/format.h>

#include <algorithm>

#include "obs/log.h"
#include "storage/repositories/broadcasts.h"
#include "stream/broadcasts_run.h"

namespace strims::stream {
namespace {

constexpr int64_t kKeepWindowMs = 60'000;  // of what has ended, for players that are behind

class RecorderTap final : public LiveStream::Tap {
 public:
  RecorderTap(Recorder& recorder, BroadcastId broadcast)
      : recorder_(recorder), broadcast_(broadcast) {}
  void on_init(const media::Init& init) override { recorder_.add_init(broadcast_, init); }
  void on_part(const media::Part& part) override { recorder_.add_part(broadcast_, part); }

 private:
  Recorder& recorder_;
  const BroadcastId broadcast_;
};

// In the names of media: the millisecond in which it began, as short as may be.
std::string series_of(TimeMs at) {
  std::string series;
  for (auto left = static_cast<uint64_t>(at); left != 0; left /= 36)
    series.insert(series.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[left % 36]);
  return series;
}

// A broadcast that was live before goes on at `start`, where its recording ends, if there is one.
// Where that is far behind what viewers got, its numbers are set past all that they can have seen:
// those of a playlist never fall.
void pass_by(media::PackagerStart& start, TimeMs live_since, TimeMs last_media_at) {
  constexpr int64_t kSlackMs = 10'000;  // how far it had come is written every five seconds
  constexpr int64_t kShortestSegmentMs = 400;
  const bool recorded = start.epoch_ms != 0;
  if (!recorded) start.epoch_ms = live_since;
  const int64_t behind_ms = last_media_at - (start.epoch_ms + start.media_us / 1'000);
  if (recorded && behind_ms <= kSlackMs) return;
  const auto most =
      static_cast<uint64_t>((std::max<int64_t>(behind_ms, 0) + kSlackMs) / kShortestSegmentMs);
  start.segment += most;
  start.discontinuities += most;
}

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

}  // namespace

void Broadcasts::perform(sql::Connection& db, Run& run, Effects effects) {
  for (Effect& effect : effects) run.waiting.push_back(std::move(effect));
  bool any = false;
  // Behind a row that could not be written nothing is told: it is tried again with the next tick.
  while (!run.waiting.empty() && perform_one(db, run, run.waiting.front())) {
    run.waiting.pop_front();
    any = true;
  }
  if (any) put(run);
}

bool Broadcasts::perform_one(sql::Connection& db, Run& run, const Effect& effect) {
  return std::visit(
      Overloaded{
          [&](const CloseSession& close) {
            ports_.close_session(close.session, close.reason);
            return true;
          },
          [&](const WriteTransition& write) {
            const Transition& step = write.transition;
            const auto written = storage::write_transition(db, step);
            // What will never be taken must not hold up the rest.
            const bool settled = written || written.error().code != Errc::unavailable;
            if (settled && step.to == BroadcastState::ended) end_live(run, step.broadcast);
            if (written) {
              obs::log_info("stream.state", {{"channel", run.channel.slug},
                                             {"broadcast", std::to_string(step.broadcast)},
                                             {"from", to_string(step.from)},
                                             {"to", to_string(step.to)},
                                             {"reason", step.reason}});
              if (step.to == BroadcastState::ended)
                save_progress(db, run, step.broadcast, step.last_media_at);
              return true;
            }
            obs::log_error("stream.state_not_written", {{"channel", run.channel.slug},
                                                        {"reason", written.error().reason},
                                                        {"detail", written.error().detail}});
            return settled;
          },
          [&](const Announce& told) { return announce(db, run, told); },
          [&](const TellState& told) {
            show_state(run, told);
            return true;
          },
          [&](const StartRecording& start) { return start_recording(db, run, start.broadcast); },
          [&](const StopRecording& stop) {
            if (!stop.keep) worthless_.insert(stop.broadcast);
            if (!recorder_.finish(stop.broadcast)) finish_earlier(db, stop.broadcast);
            return true;
          }},
      effect);
}

bool Broadcasts::announce(sql::Connection& db, Run& run, const Announce& announce) {
  const auto mine =
      storage::take_announcement(db, announce.broadcast, announce.kind, clock_.wall_ms());
  if (!mine) {
    obs::log_error("stream.not_announced", {{"detail", mine.error().detail}});
    return mine.error().code != Errc::unavailable;
  }
  // While the database was away it may have come and gone.
  const bool over =
      announce.kind == AnnouncementKind::live && run.lifecycle.broadcast() != announce.broadcast;
  if (!*mine || over || is_hidden(run)) return true;
  const std::string& slug = run.channel.slug;
  const std::string& title = run.channel.title;
  std::string text = fmt::format("{} has ended its stream.", slug);
  if (announce.kind == AnnouncementKind::live)
    text = title.empty() ? fmt::format("{} is live.", slug)
                         : fmt::format("{} is live: {}", slug, title);
  ports_.announce(EntryKind::broadcast, std::move(text), {});
  return true;
}

// Rows may have been long in coming: what has begun since is left alone.
void Broadcasts::end_live(Run& run, BroadcastId broadcast) {
  if (!run.live || run.live->broadcast() != broadcast) return;
  run.live->end();
  run.forget_at = clock_.mono_ms() + kKeepWindowMs;
}

void Broadcasts::show_state(Run& run, const TellState& told) {
  if (run.live && told.state == BroadcastState::interrupted &&
      run.lifecycle.state() == BroadcastState::interrupted)
    run.live->interrupt();
  if (told.state == BroadcastState::live &&
      std::exchange(run.counted, told.broadcast) != told.broadcast)
    run.audience->with([&](Viewers& viewers) { viewers.begin_broadcast(clock_.wall_ms()); });
  put(run);
  if (!is_hidden(run)) tell_chat(run);
}

void Broadcasts::tell_chat(const Run& run) {
  if (const auto view = directory_.find(run.channel.slug))
    ports_.announce(EntryKind::stream, {}, stream_fields(*view));
}

// The chat is not told of what only its owner may know of.
bool Broadcasts::is_hidden(const Run& run) {
  return run.channel.visibility == Visibility::owner_only;
}

void Broadcasts::make_live(Run& run, BroadcastId broadcast, media::PackagerStart start) {
  if (run.lifecycle.started_at() != 0)
    pass_by(start, run.lifecycle.started_at(), run.lifecycle.last_media_at());
  LiveStreamOptions options{
      .packager = options_.packager, .start = start, .window = options_.window};
  options.window.series = series_of(clock_.wall_ms());
  run.live = std::make_shared<LiveStream>(broadcast, options,
                                          std::make_shared<RecorderTap>(recorder_, broadcast));
  run.forget_at = 0;
  run.reconnects = 0;
}

// What everybody may know.
void Broadcasts::put(Run& run) {
  const BroadcastState state = run.lifecycle.state();
  directory_.put({.channel = run.channel,
                  .state = state == BroadcastState::ended ? BroadcastState::offline : state,
                  .broadcast = run.lifecycle.broadcast(),
                  .session = run.lifecycle.session(),
                  .started_at = run.lifecycle.started_at(),
                  .session_since = run.session_since,
                  .reconnects = run.reconnects,
                  .live = run.live,
                  .playback = run.external ? run.playback : std::string(),
                  .audience = run.audience,
                  .guests = run.guests,
                  .health = run.health});
}

}  // namespace strims::stream
