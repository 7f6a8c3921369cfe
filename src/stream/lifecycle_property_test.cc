// Random lives of a channel, restarts included: what may never happen.
#include <gtest/gtest.h>

#if __has_include(<rapidcheck.h>)
#include <rapidcheck.h>

#include <stdlib.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "stream/lifecycle.h"

namespace strims::stream {
namespace {

constexpr LifecycleLimits kLimits;
constexpr int64_t kLongestMs = 2 * kLimits.grace_ms + 3 * kLimits.first_media_ms;

// RC_ASSERT takes an expression to pieces and evaluates both sides of an `||`; a function does not.
void require(bool holds) {
  RC_ASSERT(holds);
}

// Does what the effects say, as a server would, and holds each of them against the rules.
class World {
 public:
  World() { start(); }

  void publish() {
    const SessionId session = ++last_session_;
    auto answer = life_->publish({session, ++last_broadcast_, true}, now_);
    if (!answer.accepted) {
      require(answer.retry_after_ms > 0);
      require(answer.effects.empty());
      return;
    }
    open_.insert(session);
    take(answer.effects);
    require(life_->session() == session);
  }
  void media(SessionId session) { take(life_->first_part(session, now_.wall, now_)); }
  void frame(SessionId session) { life_->progress(session, now_.wall); }
  void lost(SessionId session, Loss how) {
    open_.erase(session);
    take(life_->lost(session, how, now_));
  }
  void arm() { take(life_->arm(++last_broadcast_, now_)); }
  void end(EndReason reason) { take(life_->end(reason, now_)); }
  void wait(int64_t ms) {
    now_.mono += ms;
    now_.wall += ms;
    const auto wake = life_->wake_at();
    const auto effects = life_->tick(now_);
    require(effects.empty() == (!wake || now_.mono < *wake));
    take(effects);
    require(!life_->wake_at() || *life_->wake_at() > now_.mono);
  }
  // The process dies; the next one knows what was written.
  void restart() {
    open_.clear();
    start();
  }

  SessionId last_session() const { return last_session_; }
  SessionId current() const { return life_->session(); }

  // Nobody does anything any more: all that was told to be on is told to be over.
  void drain() {
    const std::set<SessionId> left = open_;
    for (const SessionId session : left) lost(session, Loss::lost);
    const MonoMs until = now_.mono + kLongestMs;
    while (life_->wake_at() && now_.mono <= until)
      wait(std::max<int64_t>(*life_->wake_at() - now_.mono, 0));
    require(!life_->wake_at());
    require(life_->state() == BroadcastState::offline || life_->state() == BroadcastState::armed);
    require(told_ == life_->state());
    for (const auto& [key, count] : announced_) {
      const std::pair over(key.first, AnnouncementKind::ended);
      require(count == 1);
      require(announced_.contains(over));
    }
    require(recording_ == 0);
  }

 private:
  void start() {
    life_.emplace(3, kLimits);
    const bool is_open = row_.id != 0 && row_.state != BroadcastState::ended;
    take(life_->restore(is_open ? &row_ : nullptr, last_closed_at_, now_));
  }

  void take(const Effects& effects) {
    written_ = false;
    for (const Effect& effect : effects) std::visit([&](const auto& e) { apply(e); }, effect);
    require(open_.size() <= 1U);  // never two that publish
    require((life_->session() != 0) == !open_.empty());
    require(open_.empty() || *open_.begin() == life_->session());
    require(open_.empty() || life_->state() != BroadcastState::offline);
  }

  void apply(const CloseSession& e) { require(open_.erase(e.session) == 1U); }
  void apply(const WriteTransition& e) {
    write(e.transition);
    written_ = true;
  }
  void apply(const Announce& e) {
    require(written_);
    const std::pair key(e.broadcast, e.kind);
    require(++announced_[key] == 1);
    require(e.kind == AnnouncementKind::live || was_announced(e.broadcast));
  }
  void apply(const TellState& e) {
    require(written_);
    require((e.broadcast == 0) == (e.state == BroadcastState::offline));
    told_ = e.state;
  }
  void apply(const StartRecording& e) {
    require(recording_ == 0 || recording_ == e.broadcast);
    recording_ = e.broadcast;
  }
  void apply(const StopRecording& e) {
    if (e.broadcast == recording_) recording_ = 0;
  }
  bool was_announced(BroadcastId id) const {
    return announced_.contains(std::pair(id, AnnouncementKind::live));
  }

  void write(const Transition& t) {
    require(t.from == (t.step == 1 ? BroadcastState::offline : row_.state));
    if (t.step == 1) {
      require(row_.id == 0 || row_.state == BroadcastState::ended);  // one at a time
      row_ = Broadcast{};
    } else {
      require(t.broadcast == row_.id);
      require(t.step == row_.steps + 1);
      require(t.last_media_at >= row_.last_media_at);
    }
    row_.id = t.broadcast;
    row_.state = t.to;
    row_.steps = t.step;
    row_.armed = t.armed;
    row_.started_at = t.started_at;
    row_.last_media_at = t.last_media_at;
    if (t.announce == AnnouncementKind::live) row_.announced = true;
    require((t.to == BroadcastState::ended) == t.end_reason.has_value());
    if (t.to == BroadcastState::ended && t.started_at > 0) last_closed_at_ = t.at;
    if (t.to == BroadcastState::live) require(t.started_at > 0);
  }

  std::optional<Lifecycle> life_;
  Now now_{1'000'000, 1'760'000'000'000};
  SessionId last_session_ = 0;
  BroadcastId last_broadcast_ = 100;
  std::set<SessionId> open_;
  std::map<std::pair<BroadcastId, AnnouncementKind>, int> announced_;
  bool written_ = false;
  BroadcastState told_ = BroadcastState::offline;
  BroadcastId recording_ = 0;
  Broadcast row_;  // as it is stored
  TimeMs last_closed_at_ = 0;
};

struct Act {
  int kind = 0;
  int choice = 0;
};

void play(World& world, const Act& act) {
  // Mostly the session that is there, sometimes one that was.
  const SessionId session =
      act.choice % 4 == 0 ? act.choice % (world.last_session() + 1) : world.current();
  if (act.kind < 4) {
    world.publish();
  } else if (act.kind < 8) {
    world.media(session);
  } else if (act.kind < 10) {
    world.frame(session);
  } else if (act.kind < 13) {
    world.lost(session, static_cast<Loss>(act.choice % 5));
  } else if (act.kind == 13) {
    world.arm();
  } else if (act.kind == 14) {
    constexpr EndReason kReasons[] = {EndReason::stopped, EndReason::kicked, EndReason::banned,
                                      EndReason::key_rotated};
    world.end(kReasons[act.choice % 4]);
  } else if (act.kind == 15) {
    world.restart();
  } else {
    constexpr int64_t kWaits[] = {0, 500, 3000, 9999, 15'000, 45'000, 60'000, 700'000};
    world.wait(kWaits[act.choice % 8]);
  }
}

TEST(LifecycleProperties, OneSessionOneWordEachAndAlwaysAnEnd) {
  // A hundred lives, the usual number, are few for edges that need two things within seconds.
  ::setenv("RC_PARAMS", "max_success=3000", 0);
  const bool held = rc::check([] {
    World world;
    // Five times as long as usual: storms and second broadcasts need room.
    const auto acts =
        *rc::gen::scale(5.0, rc::gen::container<std::vector<std::pair<int, int>>>(
                                 rc::gen::pair(rc::gen::inRange(0, 20), rc::gen::inRange(0, 64))));
    for (const auto& [kind, choice] : acts) play(world, {kind, choice});
    world.drain();
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace strims::stream
#endif
