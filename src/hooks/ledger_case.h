// For tests only: a ledger whose channels are state machines alone, without rows and threads.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "hooks/ledger.h"
#include "stream/lifecycle.h"

namespace strims::hooks {

class TestStage final : public Stage {
 public:
  explicit TestStage(ManualClock& clock, stream::LifecycleLimits limits = {})
      : clock_(clock), limits_(limits) {}

  Result<Claim> check(const stream::PublishAsk& ask) override {
    if (away) return fail(Errc::unavailable, "database", "");
    if (ask.query != "key=" + ask.name || banned.contains(ask.name))
      return fail(Errc::unauthenticated, "bad_key", "");
    const ChannelId id = static_cast<ChannelId>(std::hash<std::string>{}(ask.name) >> 1 | 1);
    return Claim{id, ask.name, "hash of " + ask.name};
  }
  Result<bool> still_fits(const Claim& claim) override { return !banned.contains(claim.slug); }
  Result<SessionId> begin(size_t, const Claim& claim) override {
    const SessionId session = ++last_;
    auto answer = life(claim.channel).publish({session, ++last_, false}, now());
    if (!answer.accepted) return fail(Errc::rate_limited, "takeover_storm", "");
    take(answer.effects);
    return session;
  }
  void media(ChannelId channel, SessionId session) override {
    take(life(channel).first_part(session, clock_.wall_ms(), now()));
  }
  void over(ChannelId channel, SessionId session) override {
    ends.push_back(session);
    take(life(channel).lost(session, stream::Loss::gone, now()));
  }
  SessionId current(ChannelId channel) override { return life(channel).session(); }

  void tick() {
    for (auto& [id, life] : lives_) take(life.tick(now()));
  }
  void end(const std::string& slug) { take(life(slug).end(EndReason::stopped, now())); }
  stream::Lifecycle& life(ChannelId channel) {
    return lives_.try_emplace(channel, channel, limits_).first->second;
  }
  stream::Lifecycle& life(const std::string& slug) {
    return life(static_cast<ChannelId>(std::hash<std::string>{}(slug) >> 1 | 1));
  }
  stream::Now now() const { return {clock_.mono_ms(), clock_.wall_ms()}; }

  Ledger* ledger = nullptr;
  std::set<std::string> banned;
  bool away = false;  // the database
  std::vector<SessionId> ends;

 private:
  void take(const stream::Effects& effects) {
    for (const auto& effect : effects)
      if (const auto* close = std::get_if<stream::CloseSession>(&effect))
        ledger->close(close->session);
  }

  ManualClock& clock_;
  const stream::LifecycleLimits limits_;
  std::map<ChannelId, stream::Lifecycle> lives_;
  SessionId last_ = 0;
};

class LedgerCase {
 public:
  explicit LedgerCase(stream::LifecycleLimits limits = {}) : stage(clock, limits) {
    stage.ledger = &ledger;
  }

  static Hook hook(Hook::What what, std::string session, std::string path = "live/alice",
                   std::string generation = "") {
    Hook out{.what = what,
             .session = std::move(session),
             .path = std::move(path),
             .generation = std::move(generation)};
    out.ask.name = slug_of(out.path);
    return out;
  }
  bool publish(const std::string& session, const std::string& path = "live/alice",
               const std::string& generation = "") {
    Hook asks = hook(Hook::What::publish, session, path, generation);
    asks.ask.query = "key=" + asks.ask.name;
    return ledger.hook(stage, 0, asks);
  }
  bool media(const std::string& session, const std::string& path = "live/alice") {
    return ledger.hook(stage, 0, hook(Hook::What::media, session, path));
  }
  void over(const std::string& session, const std::string& path = "live/alice") {
    (void)ledger.hook(stage, 0, hook(Hook::What::over, session, path));
  }
  void list(std::vector<Seen> published, const std::string& generation = "1@1000") {
    const MonoMs asked = clock.mono_ms();
    clock.advance(10);
    ledger.snapshot(stage, 0, {.generation = generation, .published = std::move(published)}, asked);
  }
  // Lists and time, until what they say has been taken over; the bytes rise.
  void settle(const std::vector<Seen>& published, const std::string& generation = "1@1000",
              int rounds = 4, int64_t step_ms = 5'000) {
    for (int i = 0; i < rounds; ++i) {
      std::vector<Seen> now = published;
      for (Seen& seen : now) seen.bytes = bytes_ += 1'000;
      list(std::move(now), generation);
      clock.advance(step_ms);
      stage.tick();
    }
  }
  BroadcastState state(const std::string& slug = "alice") { return stage.life(slug).state(); }

  ManualClock clock;
  TestStage stage;
  std::vector<std::string> kicked;
  Ledger ledger{{"edge", "other"}, clock, [this](const Ledger::Held& held) {
                  kicked.push_back(held.session);
                }};

 private:
  int64_t bytes_ = 0;
};

}  // namespace strims::hooks
