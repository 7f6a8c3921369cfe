// Whom a channel has to do with: its owner, who may be banned; those who watch, and are counted.
#include "obs/log.h"
#include "storage/repositories/broadcasts.h"
#include "storage/repositories/users.h"
#include "stream/broadcasts_run.h"
#include "stream/watch_rights.h"

namespace strims::stream {
namespace {

constexpr int64_t kSaveMs = 5'000;
constexpr int64_t kOwnerMs = 10'000;
constexpr int64_t kGuestsMs = 1'000;
constexpr size_t kGuestsAtOnce = 200;

}  // namespace

std::unexpected<Error> Broadcasts::wrong_key() {
  return fail(Errc::unauthenticated, "bad_key", "The stream key is wrong.");
}

Result<void> Broadcasts::check_owner(sql::Connection& db, const Channel& channel) {
  STRIMS_TRY(const auto owner, storage::find_user(db, channel.owner));
  if (!owner || owner->deleted) return wrong_key();
  STRIMS_TRY(const bool banned, is_banned(db, channel.owner, clock_.wall_ms()));
  if (banned || !owner->can_chat)
    return fail(Errc::forbidden, "banned", "The owner of this channel is banned.");
  if (owner->role < Role::streamer)
    return fail(Errc::forbidden, "nopermission", "The owner of this channel is no streamer now.");
  return {};
}

// Whoever may publish no longer is not live for much longer.
void Broadcasts::watch_owner(sql::Connection& db, Run& run) {
  if (run.lifecycle.session() == 0 || clock_.mono_ms() - run.checked_at < kOwnerMs) return;
  run.checked_at = clock_.mono_ms();
  const auto checked = check_owner(db, run.channel);
  if (checked || checked.error().code == Errc::unavailable) return;
  const bool demoted = checked.error().reason == "nopermission";
  if (const auto ended = end(db, run.channel.id, demoted ? EndReason::kicked : EndReason::banned);
      !ended)
    obs::log_warn("stream.not_ended", {{"detail", ended.error().detail}});
}

Result<bool> Broadcasts::look_up_guest(sql::Connection& db, ChannelId channel, UserId account) {
  Run* run = find(channel);
  return run == nullptr ? Result<bool>(false) : look_up_guest(db, *run, account);
}

Result<bool> Broadcasts::look_up_guest(sql::Connection& db, Run& run, UserId account) {
  STRIMS_TRY(const bool may,
             may_watch(db, account, run.channel.visibility, run.channel.owner, clock_.wall_ms()));
  run.guests->set(account, may, clock_.mono_ms());
  return may;
}

// What nobody told of: the operator's commands write to the database and are gone. While that does
// not answer, what was known holds.
void Broadcasts::watch_guests(sql::Connection& db, Run& run) {
  if (clock_.mono_ms() - run.guests_at < kGuestsMs) return;
  run.guests_at = clock_.mono_ms();
  for (const UserId account : run.guests->due(run.guests_at, kGuestsAtOnce))
    if (!look_up_guest(db, run, account)) return;
}

void Broadcasts::account_changed(sql::Connection& db, UserId account) {
  for (const auto& [id, run] : runs_) {
    if (run->guests->knows(account)) (void)look_up_guest(db, *run, account);
    if (run->channel.owner != account) continue;
    run->checked_at = INT64_MIN / 2;
    watch_owner(db, *run);
  }
}

void Broadcasts::count_viewers(sql::Connection& db, Run& run) {
  const MonoMs mono = clock_.mono_ms();
  const auto news = run.audience->with([&](Viewers& viewers) {
    viewers.advance(mono, clock_.wall_ms());
    return viewers.news(mono, options_.viewers_interval_ms);
  });
  const BroadcastId broadcast = run.lifecycle.broadcast();
  if (broadcast == 0) return;
  if (news && !is_hidden(run)) {
    if (const auto view = directory_.find(run.channel.slug)) ports_.show(stream_fields(*view));
  }
  if (mono - run.saved_at < kSaveMs) return;
  run.saved_at = mono;
  save_progress(db, run, broadcast, run.lifecycle.last_media_at());
}

// How far it has come, and who has seen it.
void Broadcasts::save_progress(sql::Connection& db, Run& run, BroadcastId broadcast,
                               TimeMs last_media_at) {
  struct Counted {
    std::vector<MinuteViewers> minutes;
    int64_t peak = 0;
    int64_t latency_ms = 0;
  };
  const Counted counted = run.audience->with([](Viewers& viewers) {
    return Counted{viewers.take_minutes(), viewers.peak(), viewers.latency_ms()};
  });
  const auto saved = storage::save_progress(db, {.broadcast = broadcast,
                                                 .last_media_at = last_media_at,
                                                 .peak_viewers = counted.peak,
                                                 .latency_ms = counted.latency_ms});
  const auto kept = storage::add_viewer_minutes(db, broadcast, counted.minutes);
  if (!saved || !kept)
    obs::log_warn("stream.progress_not_saved",
                  {{"detail", saved ? kept.error().detail : saved.error().detail}});
}

}  // namespace strims::stream
