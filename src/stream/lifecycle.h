// The life of a channel's broadcasts: what happens goes in, what is to be done comes out. Pure: no
// clock, no disk, no socket, so that every edge stands in a test.
//
//   offline ── arm ──▶ armed ── publish ──▶ starting ── first keyframe ──▶ live
//   starting ── nothing came ──▶ armed, or ended without a word
//   live ── connection lost, idle ──▶ interrupted (grace)   ── stopped ──▶ interrupted (linger)
//   interrupted ── publish, keyframe ──▶ live               ── time is up ──▶ ended
//   live ── another publisher ──▶ live (the first is closed)
//   any ── owner, ban, ... ──▶ ended
//
// One owner: the thread of the channel's registry. Bounds: the takeovers and publishes of a minute.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "model/stream.h"

namespace strims::stream {

struct LifecycleLimits {
  int64_t grace_ms = 60'000;         // interrupted for so long before it has ended
  int64_t linger_ms = 10'000;        // the same after the publisher said goodbye
  int64_t first_media_ms = 15'000;   // from publish to the first keyframe
  int64_t quiet_ms = 600'000;        // live again so soon after the end is not announced
  size_t takeovers_per_minute = 4;   // more are two programs that fight
  int64_t storm_ms = 60'000;         // so long the newer ones are refused then
  size_t publishes_per_minute = 30;  // each is a row of the record; a program that waits between
                                     // its attempts stays far below
};

struct Now {
  MonoMs mono = 0;
  TimeMs wall = 0;
};

// What is to be done, in this order.
struct CloseSession {
  SessionId session = 0;
  EndReason reason = EndReason::lost;
  bool operator==(const CloseSession&) const = default;
};
// Before anything behind it is told to anybody.
struct WriteTransition {
  Transition transition;
  bool operator==(const WriteTransition&) const = default;
};
struct Announce {
  BroadcastId broadcast = 0;
  AnnouncementKind kind = AnnouncementKind::live;
  bool operator==(const Announce&) const = default;
};
struct TellState {
  BroadcastId broadcast = 0;  // 0 when offline
  BroadcastState state = BroadcastState::offline;
  bool operator==(const TellState&) const = default;
};
// Told again for the same broadcast when it goes on after a restart.
struct StartRecording {
  BroadcastId broadcast = 0;
  bool operator==(const StartRecording&) const = default;
};
// Told for every broadcast that was live, recorded or not, and for others of which there may be
// something.
struct StopRecording {
  BroadcastId broadcast = 0;
  bool keep = true;  // false: nothing came
  bool operator==(const StopRecording&) const = default;
};
using Effect =
    std::variant<CloseSession, WriteTransition, Announce, TellState, StartRecording, StopRecording>;
using Effects = std::vector<Effect>;

struct Publish {
  SessionId session = 0;
  BroadcastId fresh = 0;  // the id of a new broadcast, if this is one
  bool record = true;
};

struct PublishAnswer {
  bool accepted = false;
  std::string_view refusal;  // "takeover_storm", "too_many_publishes"
  int64_t retry_after_ms = 0;
  Effects effects;
};

// How a session ended.
enum class Loss : uint8_t {
  lost,     // the connection
  idle,     // nothing came for too long
  stopped,  // deleteStream, FCUnpublish
  codec,    // media that is not understood
  gone,     // an external media server says so
};

class Lifecycle {
 public:
  Lifecycle(ChannelId channel, LifecycleLimits limits) : channel_(channel), limits_(limits) {}

  // At the start of the program: the channel's broadcast that has not ended, and when its last one
  // had (`closed_at`; 0: never).
  Effects restore(const Broadcast* open, TimeMs last_closed_at, Now now);

  // The owner gets ready. Nothing changes when there is a broadcast already.
  Effects arm(BroadcastId fresh, Now now);
  // Somebody with the right key asks to publish.
  PublishAnswer publish(const Publish& publish, Now now);
  // The first part of a session that begins with a keyframe; `wall_ms`: of its first frame.
  Effects first_part(SessionId session, TimeMs wall_ms, Now now);
  // A session's media has come as far as this (wall clock of the last frame).
  void progress(SessionId session, TimeMs last_frame);
  // A session ended. One that is not the current one is counted and changes nothing.
  Effects lost(SessionId session, Loss how, Now now);
  // By decision: stopped (the owner), kicked, banned, quota, duration, disk, key_rotated (which
  // concerns publishers only: an armed broadcast stays).
  Effects end(EndReason reason, Now now);
  // To be called at wake_at() or later; earlier calls do nothing.
  Effects tick(Now now);

  BroadcastState state() const { return state_; }
  BroadcastId broadcast() const { return broadcast_; }  // 0 when offline
  SessionId session() const { return session_; }        // 0: nobody publishes
  TimeMs started_at() const { return started_at_; }     // 0: not live yet
  TimeMs last_media_at() const { return last_media_at_; }
  std::optional<MonoMs> wake_at() const;
  uint64_t foreign_ends() const { return foreign_ends_; }

 private:
  bool waits_for_media() const { return session_ != 0 && !has_media_; }
  std::string_view refusal(bool takeover, Now now);
  void accept(const Publish& publish, Effects& out, Now now);
  Transition& step(Effects& out, BroadcastState to, std::string_view word, Now now);
  void announce(Effects& out, AnnouncementKind kind);
  void tell(Effects& out) const;
  void interrupt(Effects& out, EndReason why, std::string_view word, Now now);
  void fail_start(Effects& out, EndReason why, std::string_view word, Now now);
  void finish(Effects& out, EndReason why, std::string_view word, Now now);
  void session_gone(Effects& out, EndReason why, std::string_view word, Now now);
  bool tick_once(Effects& out, Now now);
  void forget_broadcast();

  const ChannelId channel_;
  const LifecycleLimits limits_;

  BroadcastState state_ = BroadcastState::offline;
  BroadcastId broadcast_ = 0;
  int64_t steps_ = 0;
  bool armed_ = false;
  bool announced_ = false;
  bool recording_ = false;  // StartRecording was told
  TimeMs started_at_ = 0;
  TimeMs last_media_at_ = 0;
  EndReason interrupted_by_ = EndReason::lost;

  SessionId session_ = 0;
  bool has_media_ = false;       // of the session
  MonoMs session_deadline_ = 0;  // for its first media
  MonoMs deadline_ = 0;          // of the state: live without media, interrupted

  std::deque<MonoMs> takeovers_;  // of the last minute, as the next
  std::deque<MonoMs> publishes_;
  MonoMs refuse_until_ = INT64_MIN / 2;
  TimeMs last_closed_at_ = 0;
  uint64_t foreign_ends_ = 0;
};

}  // namespace strims::stream
