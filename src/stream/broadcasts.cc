#include "stream/broadcasts.h"

#include "base/secret_hash.h"
#include "obs/log.h"
#include "storage/repositories/broadcasts.h"
#include "storage/repositories/stream_channels.h"
#include "stream/broadcasts_run.h"
#include "stream/stream_key.h"

namespace strims::stream {
namespace {

constexpr int64_t kSampleMs = 1'000;

// What nobody has heard for so long is news no more.
constexpr int64_t kStaleMs = 300'000;

std::unexpected<Error> refused(const PublishAnswer& answer) {
  const char* why = answer.refusal == "takeover_storm"
                        ? "Several programs publish with this key and throw each other out."
                        : "This program begins to publish again and again: wait a minute.";
  return fail(Errc::rate_limited, answer.refusal, why, answer.retry_after_ms);
}

}  // namespace

Broadcasts::Broadcasts(BroadcastsOptions options, const Clock& clock, IdSource& ids,
                       Recorder& recorder, Directory& directory, BroadcastsPorts ports)
    : options_(std::move(options)),
      clock_(clock),
      ids_(ids),
      recorder_(recorder),
      directory_(directory),
      ports_(std::move(ports)) {}

Broadcasts::~Broadcasts() = default;

Broadcasts::Run* Broadcasts::find(ChannelId channel) {
  const auto it = runs_.find(channel);
  return it == runs_.end() ? nullptr : it->second.get();
}

Broadcasts::Run& Broadcasts::add(Channel channel) {
  const ChannelId id = channel.id;
  auto made = std::make_unique<Run>(std::move(channel), options_.lifecycle);
  Run& run = *made;
  runs_[id] = std::move(made);
  put(run);
  return run;
}

// Channels may be made beside us, by the command line.
Result<Broadcasts::Run*> Broadcasts::load(sql::Connection& db, ChannelId channel) {
  if (Run* run = find(channel)) return run;
  STRIMS_TRY(auto row, storage::find_stream_channel(db, channel));
  if (!row) return fail(Errc::not_found, "channel", "There is no such channel.");
  return &add(std::move(*row));
}

Result<void> Broadcasts::restore(sql::Connection& db) {
  STRIMS_TRY(auto open, storage::open_broadcasts(db));
  std::set<BroadcastId> ids;
  for (const Broadcast& broadcast : open) ids.insert(broadcast.id);
  STRIMS_CHECK_OK(take_up_recordings(db, ids));
  // The files know better than the row how far it had come.
  for (Broadcast& broadcast : open)
    if (const auto it = resumed_.find(broadcast.id); it != resumed_.end())
      broadcast.last_media_at = std::max(broadcast.last_media_at, it->second.last_media_at);
  for (ChannelId after = 0;;) {
    STRIMS_TRY(auto page, storage::list_stream_channels(db, after));
    if (page.empty()) break;
    after = page.back().id;
    for (Channel& channel : page) {
      Run& run = add(std::move(channel));
      STRIMS_TRY(const auto last, storage::last_ended_broadcast(db, run.channel.id));
      const auto it = std::ranges::find(open, run.channel.id, &Broadcast::channel);
      perform(db, run,
              run.lifecycle.restore(it == open.end() ? nullptr : &*it, last ? last->closed_at : 0,
                                    now()));
    }
  }
  // What was decided and not told before the end.
  STRIMS_TRY(const auto waiting, storage::waiting_announcements(db));
  for (const storage::Announcement& each : waiting) tell_waiting(db, each);
  return {};
}

void Broadcasts::tell_waiting(sql::Connection& db, const storage::Announcement& waiting) {
  const auto broadcast = storage::find_broadcast(db, waiting.broadcast);
  if (!broadcast || !*broadcast) return;
  const bool over = waiting.kind == AnnouncementKind::live && (*broadcast)->ended_at != 0;
  if (over || clock_.wall_ms() - waiting.at > kStaleMs) {
    (void)storage::take_announcement(db, waiting.broadcast, waiting.kind, clock_.wall_ms());
    return;
  }
  if (Run* run = find((*broadcast)->channel)) announce(db, *run, {waiting.broadcast, waiting.kind});
}

Result<Channel> Broadcasts::publisher_of(sql::Connection& db, const PublishAsk& ask) {
  const auto name = parse_publish_name(ask.name, ask.query);
  if (!name) return wrong_key();
  STRIMS_TRY(auto channel, storage::find_stream_channel_by_key(db, secret_hash(name->key)));
  if (!channel || (!name->slug.empty() && name->slug != channel->slug)) return wrong_key();
  STRIMS_CHECK_OK(check_owner(db, *channel));
  return std::move(*channel);
}

Result<Admission> Broadcasts::publish(sql::Connection& db, const PublishAsk& ask) {
  STRIMS_TRY(Channel channel, publisher_of(db, ask));
  Run* run = find(channel.id);
  if (run == nullptr) {
    run = &add(std::move(channel));
  } else {
    run->channel = std::move(channel);
  }
  const SessionId session = ids_.next();
  PublishAnswer answer = run->lifecycle.publish(
      {.session = session, .fresh = ids_.next(), .record = options_.record && run->channel.record},
      now());
  if (!answer.accepted) return refused(answer);
  const BroadcastId broadcast = run->lifecycle.broadcast();
  if (!run->live || run->live->broadcast() != broadcast) {
    const auto resumed = resumed_.find(broadcast);
    make_live(*run, broadcast,
              resumed == resumed_.end() ? media::PackagerStart() : resumed->second.start);
  } else {
    ++run->reconnects;
  }
  run->session_since = clock_.wall_ms();
  perform(db, *run, std::move(answer.effects));
  run->live->begin_session(session);
  put(*run);
  return Admission{session, run->channel.id, run->channel.slug, run->live};
}

Result<SessionId> Broadcasts::publish_external(sql::Connection& db, ChannelId channel,
                                               std::string playback) {
  STRIMS_TRY(Run * run, load(db, channel));
  STRIMS_CHECK_OK(check_owner(db, run->channel));
  const BroadcastState before = run->lifecycle.state();
  const bool fresh = before == BroadcastState::offline || before == BroadcastState::armed;
  const SessionId session = ids_.next();
  PublishAnswer answer =
      run->lifecycle.publish({.session = session, .fresh = ids_.next(), .record = false}, now());
  if (!answer.accepted) return refused(answer);
  // What a publisher of our own had sent before is a stretch of the past.
  if (run->live && !run->external) run->live->interrupt();
  run->external = true;
  run->reconnects = fresh ? 0 : run->reconnects + 1;
  run->playback = std::move(playback);
  run->session_since = clock_.wall_ms();
  perform(db, *run, std::move(answer.effects));
  put(*run);
  return session;
}

void Broadcasts::external_media(sql::Connection& db, ChannelId channel, SessionId session,
                                TimeMs wall_ms) {
  Run* run = find(channel);
  if (run == nullptr) return;
  perform(db, *run, run->lifecycle.first_part(session, wall_ms, now()));
  run->lifecycle.progress(session, wall_ms);
}

SessionId Broadcasts::current_session(ChannelId channel) {
  const Run* run = find(channel);
  return run == nullptr ? 0 : run->lifecycle.session();
}

void Broadcasts::first_part(sql::Connection& db, ChannelId channel, SessionId session,
                            TimeMs wall_ms) {
  Run* run = find(channel);
  if (run == nullptr) return;
  // From now on there is something to play here.
  const bool moves = session == run->lifecycle.session() && std::exchange(run->external, false);
  perform(db, *run, run->lifecycle.first_part(session, wall_ms, now()));
  if (moves) put(*run);
}

void Broadcasts::session_over(sql::Connection& db, ChannelId channel, SessionId session, Loss how) {
  Run* run = find(channel);
  if (run == nullptr) return;
  if (session == run->lifecycle.session()) note_progress(*run);
  perform(db, *run, run->lifecycle.lost(session, how, now()));
}

Result<BroadcastId> Broadcasts::arm(sql::Connection& db, ChannelId channel) {
  STRIMS_TRY(Run * run, load(db, channel));
  STRIMS_CHECK_OK(check_owner(db, run->channel));
  perform(db, *run, run->lifecycle.arm(ids_.next(), now()));
  return run->lifecycle.broadcast();
}

Result<void> Broadcasts::end(sql::Connection& db, ChannelId channel, EndReason reason) {
  STRIMS_TRY(Run * run, load(db, channel));
  note_progress(*run);
  perform(db, *run, run->lifecycle.end(reason, now()));
  return {};
}

Result<ChannelViewPtr> Broadcasts::refresh(sql::Connection& db, ChannelId channel) {
  STRIMS_TRY(auto row, storage::find_stream_channel(db, channel));
  if (!row) return fail(Errc::not_found, "channel", "There is no such channel.");
  if (Run* run = find(channel)) {
    const bool was_hidden = is_hidden(*run);
    const bool new_title = run->channel.title != row->title;
    // What is known of guests is by the rule of before.
    if (run->channel.visibility != row->visibility || run->channel.owner != row->owner)
      run->guests->clear();
    run->channel = std::move(*row);
    put(*run);
    if (run->lifecycle.state() != BroadcastState::offline) {
      if (was_hidden != is_hidden(*run))
        tell_chat(*run);
      else if (new_title && !is_hidden(*run))
        ports_.show(stream_fields(*directory_.find(run->channel.slug)));
    }
    return directory_.find(run->channel.slug);
  }
  return directory_.find(add(std::move(*row)).channel.slug);
}

void Broadcasts::tick(sql::Connection& db) {
  for (const auto& [id, run] : runs_) {
    if (!run->waiting.empty()) perform(db, *run, {});
    if (note_progress(*run)) {
      if (clock_.mono_ms() - run->sampled_at >= kSampleMs) {
        run->sampled_at = clock_.mono_ms();
        run->health->sample(run->live->numbers(), run->sampled_at);
      }
    } else if (std::exchange(run->sampled_at, 0) != 0) {
      run->health->reset();
    }
    perform(db, *run, run->lifecycle.tick(now()));
    watch_owner(db, *run);
    watch_guests(db, *run);
    if (run->live) run->live->expire(clock_.mono_ms());
    count_viewers(db, *run);
    if (run->forget_at != 0 && clock_.mono_ms() >= run->forget_at) {
      run->forget_at = 0;
      run->live.reset();
      put(*run);
    }
  }
  for (const Finished& each : std::exchange(unsaved_, {})) finish_recording(db, each);
  sweep_recordings(db);
}

bool Broadcasts::note_progress(Run& run) {
  const SessionId session = run.lifecycle.session();
  if (session == 0 || !run.live || run.external) return false;
  run.lifecycle.progress(session, run.live->last_media_at());
  return true;
}

}  // namespace strims::stream
