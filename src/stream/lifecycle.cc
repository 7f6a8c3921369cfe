#include "stream/lifecycle.h"

#include <algorithm>

namespace strims::stream {
namespace {

constexpr int64_t kMinuteMs = 60'000;

// Lets go what is older than a minute; whether there is place for one more.
bool has_place(std::deque<MonoMs>& times, size_t limit, MonoMs now) {
  while (!times.empty() && times.front() + kMinuteMs <= now) times.pop_front();
  return times.size() < limit;
}

struct Ending {
  EndReason reason;
  std::string_view word;
};
Ending ending_of(Loss how) {
  switch (how) {
    case Loss::lost:
      return {EndReason::lost, "lost"};
    case Loss::idle:
      return {EndReason::lost, "idle"};
    case Loss::stopped:
      return {EndReason::stopped, "stopped"};
    case Loss::codec:
      return {EndReason::codec, "codec"};
    case Loss::gone:
      return {EndReason::upstream_gone, "upstream_gone"};
  }
  return {EndReason::lost, "lost"};
}

}  // namespace

Effects Lifecycle::restore(const Broadcast* open, TimeMs last_closed_at, Now now) {
  Effects out;
  last_closed_at_ = last_closed_at;
  if (open == nullptr || open->state == BroadcastState::ended) return out;
  broadcast_ = open->id;
  state_ = open->state;
  steps_ = open->steps;
  armed_ = open->armed;
  announced_ = open->announced;
  started_at_ = open->started_at;
  last_media_at_ = open->last_media_at;
  if (state_ == BroadcastState::starting) {
    recording_ = true;  // perhaps: what there is of it goes
    fail_start(out, EndReason::server_restart, "server_restart", now);
  } else if (state_ != BroadcastState::armed) {
    interrupt(out, EndReason::server_restart, "server_restart", now);
  }
  return out;
}

Effects Lifecycle::arm(BroadcastId fresh, Now now) {
  Effects out;
  if (broadcast_ != 0) return out;
  broadcast_ = fresh;
  armed_ = true;
  step(out, BroadcastState::armed, "armed", now);
  tell(out);
  return out;
}

PublishAnswer Lifecycle::publish(const Publish& publish, Now now) {
  PublishAnswer answer;
  if (publish.session == session_ && session_ != 0) {
    answer.accepted = true;
    return answer;
  }
  const bool takeover = session_ != 0;
  answer.refusal = refusal(takeover, now);
  if (!answer.refusal.empty()) {
    answer.retry_after_ms = takeover ? std::max(refuse_until_ - now.mono, int64_t{1}) : kMinuteMs;
    return answer;
  }
  answer.accepted = true;
  publishes_.push_back(now.mono);
  if (takeover) {
    takeovers_.push_back(now.mono);
    answer.effects.emplace_back(CloseSession{session_, EndReason::replaced});
  }
  accept(publish, answer.effects, now);
  return answer;
}

std::string_view Lifecycle::refusal(bool takeover, Now now) {
  if (takeover) {
    if (now.mono < refuse_until_) return "takeover_storm";
    if (!has_place(takeovers_, limits_.takeovers_per_minute, now.mono)) {
      refuse_until_ = now.mono + limits_.storm_ms;
      return "takeover_storm";
    }
  }
  if (!has_place(publishes_, limits_.publishes_per_minute, now.mono)) return "too_many_publishes";
  return {};
}

void Lifecycle::accept(const Publish& publish, Effects& out, Now now) {
  const bool takeover = session_ != 0;
  const bool had_media = has_media_;
  session_ = publish.session;
  has_media_ = false;
  session_deadline_ = now.mono + limits_.first_media_ms;
  const std::string_view word = takeover ? "replaced" : "publish";
  if (state_ == BroadcastState::offline || state_ == BroadcastState::armed) {
    if (broadcast_ == 0) broadcast_ = publish.fresh;
    step(out, BroadcastState::starting, word, now);
    tell(out);
  } else {
    // Of several takeovers without media each has its own time, but what is live has the first's.
    if (state_ == BroadcastState::live && had_media) deadline_ = session_deadline_;
    step(out, state_, word, now);
  }
  if (publish.record && !recording_) {
    recording_ = true;
    out.emplace_back(StartRecording{broadcast_});
  }
}

Effects Lifecycle::first_part(SessionId session, TimeMs wall_ms, Now now) {
  Effects out;
  if (session == 0 || session != session_ || has_media_) return out;
  has_media_ = true;
  last_media_at_ = std::max(last_media_at_, wall_ms);
  if (state_ == BroadcastState::starting) {
    started_at_ = wall_ms;
    step(out, BroadcastState::live, "media", now);
    const bool quiet = last_closed_at_ > 0 && now.wall - last_closed_at_ <= limits_.quiet_ms;
    if (!quiet) announce(out, AnnouncementKind::live);
    tell(out);
  } else if (state_ == BroadcastState::interrupted) {
    step(out, BroadcastState::live, "returned", now);
    tell(out);
  }
  return out;
}

void Lifecycle::progress(SessionId session, TimeMs last_frame) {
  if (session == session_ && has_media_) last_media_at_ = std::max(last_media_at_, last_frame);
}

Effects Lifecycle::lost(SessionId session, Loss how, Now now) {
  Effects out;
  if (session == 0 || session != session_) {
    ++foreign_ends_;
    return out;
  }
  const Ending ending = ending_of(how);
  session_gone(out, ending.reason, ending.word, now);
  return out;
}

Effects Lifecycle::end(EndReason reason, Now now) {
  Effects out;
  if (state_ == BroadcastState::offline) return out;
  const bool key = reason == EndReason::key_rotated;
  if (key && state_ == BroadcastState::armed) return out;
  if (session_ != 0) out.emplace_back(CloseSession{session_, reason});
  if (key && state_ == BroadcastState::starting)
    fail_start(out, reason, to_string(reason), now);
  else
    finish(out, reason, to_string(reason), now);
  return out;
}

Effects Lifecycle::tick(Now now) {
  Effects out;
  while (tick_once(out, now)) {
  }
  return out;
}

bool Lifecycle::tick_once(Effects& out, Now now) {
  if (waits_for_media() && now.mono >= session_deadline_) {
    out.emplace_back(CloseSession{session_, EndReason::lost});
    session_gone(out, EndReason::lost, "no_media", now);
    return true;
  }
  if (state_ == BroadcastState::live && waits_for_media() && now.mono >= deadline_) {
    interrupt(out, EndReason::lost, "no_media", now);
    return true;
  }
  if (const auto wake = wake_at(); wake && now.mono >= *wake) {
    if (session_ != 0) out.emplace_back(CloseSession{session_, interrupted_by_});
    finish(out, interrupted_by_, "grace", now);
    return true;
  }
  return false;
}

std::optional<MonoMs> Lifecycle::wake_at() const {
  // Who has come back in time has his time for the first keyframe; but whoever comes back again and
  // again without any does not keep the broadcast for ever.
  if (state_ == BroadcastState::interrupted && session_ == 0) return deadline_;
  if (state_ == BroadcastState::interrupted)
    return std::min(session_deadline_, deadline_ + limits_.first_media_ms);
  if (!waits_for_media()) return std::nullopt;
  if (state_ == BroadcastState::live) return std::min(session_deadline_, deadline_);
  return session_deadline_;
}

Transition& Lifecycle::step(Effects& out, BroadcastState to, std::string_view word, Now now) {
  Transition t;
  t.broadcast = broadcast_;
  t.channel = channel_;
  t.step = ++steps_;
  t.at = now.wall;
  t.from = state_;
  t.to = to;
  t.reason = word;
  t.session = session_;
  t.armed = armed_;
  t.started_at = started_at_;
  t.last_media_at = last_media_at_;
  state_ = to;
  out.emplace_back(WriteTransition{std::move(t)});
  return std::get<WriteTransition>(out.back()).transition;
}

// Right behind the step: the announcement is written with it.
void Lifecycle::announce(Effects& out, AnnouncementKind kind) {
  std::get<WriteTransition>(out.back()).transition.announce = kind;
  if (kind == AnnouncementKind::live) announced_ = true;
  out.emplace_back(Announce{broadcast_, kind});
}

void Lifecycle::tell(Effects& out) const {
  if (state_ == BroadcastState::ended)
    out.emplace_back(TellState{0, BroadcastState::offline});
  else
    out.emplace_back(TellState{broadcast_, state_});
}

// The session, if there is one still, goes on.
void Lifecycle::interrupt(Effects& out, EndReason why, std::string_view word, Now now) {
  interrupted_by_ = why;
  deadline_ = now.mono + (why == EndReason::stopped ? limits_.linger_ms : limits_.grace_ms);
  step(out, BroadcastState::interrupted, word, now);
  tell(out);
}

void Lifecycle::session_gone(Effects& out, EndReason why, std::string_view word, Now now) {
  if (state_ == BroadcastState::starting) {
    fail_start(out, why, word, now);
    return;
  }
  if (state_ == BroadcastState::live) interrupt(out, why, word, now);
  session_ = 0;
  has_media_ = false;
}

// Nobody was told of it: it is as if nothing had been, but for the record.
void Lifecycle::fail_start(Effects& out, EndReason why, std::string_view word, Now now) {
  if (!armed_) {
    finish(out, why, word, now);
    return;
  }
  step(out, BroadcastState::armed, word, now);
  tell(out);
  if (recording_) out.emplace_back(StopRecording{broadcast_, false});
  recording_ = false;
  session_ = 0;
  has_media_ = false;
}

void Lifecycle::finish(Effects& out, EndReason why, std::string_view word, Now now) {
  step(out, BroadcastState::ended, word, now).end_reason = why;
  if (announced_) announce(out, AnnouncementKind::ended);
  tell(out);
  const bool was_live = started_at_ > 0;
  if (recording_ || was_live) out.emplace_back(StopRecording{broadcast_, was_live});
  if (was_live) last_closed_at_ = now.wall;
  forget_broadcast();
}

void Lifecycle::forget_broadcast() {
  state_ = BroadcastState::offline;
  broadcast_ = 0;
  steps_ = 0;
  armed_ = announced_ = recording_ = has_media_ = false;
  started_at_ = last_media_at_ = 0;
  session_ = 0;
}

}  // namespace strims::stream
