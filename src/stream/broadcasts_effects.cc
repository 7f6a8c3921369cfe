// What the state machines decide is done here, in their order.
#include <fmt/format.h>

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
      Overloaded{[&](const CloseSession& close) {
                   ports_.close_session(close.session, close.reason);
                   return true;
                 },
                 [&](const WriteTransition& write) {
                   const auto written = storage::write_transition(db, write.transition);
                   if (written) {
                     obs::log_info("stream.state",
                                   {{"channel", run.channel.slug},
                                    {"broadcast", std::to_string(write.transition.broadcast)},
                                    {"from", to_string(write.transition.from)},
                                    {"to", to_string(write.transition.to)},
                                    {"reason", write.transition.reason}});
                     if (write.transition.to == BroadcastState::ended)
                       save_progress(db, run, write.transition.broadcast,
                                     write.transition.last_media_at);
                     return true;
                   }
                   obs::log_error("stream.state_not_written", {{"channel", run.channel.slug},
                                                               {"reason", written.error().reason},
                                                               {"detail", written.error().detail}});
                   // What will never be taken must not hold up the rest.
                   return written.error().code != Errc::unavailable;
                 },
                 [&](const Announce& told) {
                   announce(db, run, told);
                   return true;
                 },
                 [&](const TellState& told) {
                   show_state(run, told);
                   return true;
                 },
                 [&](const StartRecording& start) {
                   start_recording(db, run, start.broadcast);
                   return true;
                 },
                 [&](const StopRecording& stop) {
                   if (!stop.keep) worthless_.insert(stop.broadcast);
                   if (!recorder_.finish(stop.broadcast)) finish_earlier(db, stop.broadcast);
                   return true;
                 }},
      effect);
}

void Broadcasts::announce(sql::Connection& db, Run& run, const Announce& announce) {
  const auto mine =
      storage::take_announcement(db, announce.broadcast, announce.kind, clock_.wall_ms());
  if (!mine) {
    obs::log_error("stream.not_announced", {{"detail", mine.error().detail}});
    return;
  }
  if (!*mine || is_hidden(run)) return;
  const std::string& slug = run.channel.slug;
  if (announce.kind == AnnouncementKind::ended)
    return ports_.announce(EntryKind::broadcast, fmt::format("{} has ended its stream.", slug), {});
  ports_.announce(EntryKind::broadcast,
                  run.channel.title.empty()
                      ? fmt::format("{} is live.", slug)
                      : fmt::format("{} is live: {}", slug, run.channel.title),
                  {});
}

void Broadcasts::show_state(Run& run, const TellState& told) {
  if (run.live && told.state == BroadcastState::interrupted) run.live->interrupt();
  const bool over = told.state == BroadcastState::offline || told.state == BroadcastState::ended;
  if (run.live && over) {
    run.live->end();
    run.forget_at = clock_.mono_ms() + kKeepWindowMs;
  }
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
  LiveStreamOptions options{
      .packager = options_.packager, .start = start, .window = options_.window};
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
