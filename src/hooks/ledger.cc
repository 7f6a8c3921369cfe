#include "hooks/ledger.h"

#include <algorithm>

#include "obs/log.h"

namespace strims::hooks {
namespace {

constexpr int64_t kRememberMs = 600'000;  // what has ended
constexpr size_t kRememberMost = 2'000;
constexpr int64_t kKickAgainMs = 3'000;
constexpr int64_t kStartMs = 30'000;  // so long a new session is looked for often
constexpr int64_t kSoonMs = 1'000;
constexpr int64_t kBusyMs = 5'000;
constexpr int64_t kIdleMs = 15'000;

}  // namespace

Ledger::Ledger(std::vector<std::string> names, const Clock& clock, Kicker kicker)
    : clock_(clock), kicker_(std::move(kicker)) {
  for (std::string& name : names)
    servers_.push_back({.name = std::move(name), .reached_at = clock.mono_ms()});
}

bool Ledger::is_refusal(const Error& error) {
  return error.code == Errc::unauthenticated || error.code == Errc::forbidden;
}

bool Ledger::begin(Stage& stage, Held& held) {
  const auto ours = stage.begin(held.server, held.claim);
  if (!ours) {
    obs::log_info("hooks.not_begun", {{"server", servers_[held.server].name},
                                      {"channel", held.claim.slug},
                                      {"reason", ours.error().reason}});
    if (is_refusal(ours.error())) held.doomed = true;
    return false;
  }
  held.ours = *ours;
  changed_ = true;
  return true;
}

// There is media of it. `listed`: says the server's list, so that nobody else publishes there.
void Ledger::advance(Stage& stage, Held& held, bool listed) {
  held.proven = true;
  held.seen_at = clock_.mono_ms();
  const ChannelId channel = held.claim.channel;
  const SessionId current = stage.current(channel);
  if (held.ours == 0 || held.ours != current) {
    held.ours = 0;
    if (current != 0 && !listed) return;
    if (!begin(stage, held)) {
      if (current != 0) held.doomed = true;  // two programs that throw each other out
      if (held.doomed) kick(held);
      return;
    }
  }
  stage.media(channel, held.ours);
}

void Ledger::end(Stage& stage, Held& held) {
  held.ended = true;
  held.ended_at = clock_.mono_ms();
  held.sightings = held.misses = 0;
  changed_ = true;
  if (held.ours != 0) stage.over(held.claim.channel, std::exchange(held.ours, 0));
}

void Ledger::kick(Held& held) {
  if (clock_.mono_ms() - held.kicked_at < kKickAgainMs) return;
  held.kicked_at = clock_.mono_ms();
  kicker_(held);
}

void Ledger::close(SessionId session) {
  for (Held& held : held_) {
    if (held.ours != session || session == 0) continue;
    held.ours = 0;
    held.doomed = true;
    changed_ = true;
    kick(held);
  }
}

int64_t Ledger::pause_ms(size_t server) const {
  int64_t pause = kIdleMs;
  for (const Held& held : held_) {
    if (held.server != server || held.ended) continue;
    pause = std::min(pause, kBusyMs);
    const bool fresh = clock_.mono_ms() - held.accepted_at < kStartMs;
    if ((held.misses > 0 && !held.unlisted) ||
        (fresh && (held.doomed || held.ours == 0 || !held.proven)))
      return kSoonMs;
  }
  return pause;
}

void Ledger::sweep() {
  const MonoMs now = clock_.mono_ms();
  // Not before lists have said so, too.
  std::erase_if(held_, [now](const Held& held) {
    return held.ended && held.misses >= 2 && now - held.ended_at >= kRememberMs;
  });
  size_t ended = static_cast<size_t>(std::ranges::count_if(held_, &Held::ended));
  for (auto it = held_.begin(); it != held_.end() && ended > kRememberMost;) {
    const bool goes = it->ended;
    it = goes ? held_.erase(it) : std::next(it);
    if (goes) --ended;
  }
}

}  // namespace strims::hooks
