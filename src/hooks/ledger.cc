#include "hooks/ledger.h"

#include <algorithm>

#include "obs/log.h"

namespace strims::hooks {
namespace {

constexpr int64_t kRememberMs = 600'000;  // what has ended
constexpr size_t kRememberMost = 2'000;
constexpr int64_t kGoneAfterMs = 3'000;  // not listed, twice at least
constexpr int64_t kUnlistedMs = 70'000;  // two updates of nginx, as it sends them by itself
constexpr int64_t kKickAgainMs = 3'000;
constexpr int64_t kStartMs = 30'000;  // so long a new session is looked for often
constexpr int64_t kSoonMs = 1'000;
constexpr int64_t kBusyMs = 5'000;
constexpr int64_t kIdleMs = 15'000;

bool is_refusal(const Error& error) {
  return error.code == Errc::unauthenticated || error.code == Errc::forbidden;
}

}  // namespace

Ledger::Ledger(std::vector<std::string> names, const Clock& clock, Kicker kicker)
    : clock_(clock), kicker_(std::move(kicker)) {
  for (std::string& name : names)
    servers_.push_back({.name = std::move(name), .reached_at = clock.mono_ms()});
}

bool Ledger::is_meant(const Held& held, size_t server, const Hook& hook) const {
  if (held.server != server || held.session != hook.session) return false;
  if (!hook.path.empty() && held.path != hook.path) return false;
  if (!hook.generation.empty()) return held.generation == hook.generation;
  const std::string& now = servers_[server].generation;
  return now.empty() || held.generation.empty() || held.generation == now;
}

Ledger::Held* Ledger::find(size_t server, const Hook& hook) {
  const auto it =
      std::ranges::find_if(held_, [&](const Held& held) { return is_meant(held, server, hook); });
  return it == held_.end() ? nullptr : &*it;
}

bool Ledger::hook(Stage& stage, size_t server, const Hook& hook) {
  switch (hook.what) {
    case Hook::What::publish:
      return publish(stage, server, hook);
    case Hook::What::check:
      return stage.check(hook.ask).has_value();
    case Hook::What::media:
      return media(stage, server, hook);
    case Hook::What::over:
      over(stage, server, hook);
      return true;
    case Hook::What::welcome:
      return true;
    case Hook::What::refused:
      return false;
  }
  return false;
}

bool Ledger::publish(Stage& stage, size_t server, const Hook& hook) {
  auto claim = stage.check(hook.ask);
  if (!claim) {
    obs::log_info("hooks.refused",
                  {{"server", servers_[server].name}, {"reason", claim.error().reason}});
    return false;
  }
  Held* held = find(server, hook);
  if (held == nullptr) {
    sweep();
    if (held_.size() >= kMaxHeld) return false;
    held = &held_.emplace_back();
    held->server = server;
    held->path = hook.path;
    held->session = hook.session;
  } else if (held->doomed && !held->ended) {
    return false;
  } else if (held->ended) {
    held->ended = held->doomed = held->proven = false;
    held->bytes.reset();
  }
  held->guessed = hook.generation.empty();
  held->generation = held->guessed ? servers_[server].generation : hook.generation;
  held->door = hook.door;
  held->claim = std::move(*claim);
  held->accepted_at = held->seen_at = clock_.mono_ms();
  held->misses = held->sightings = 0;
  changed_ = true;
  // Where somebody publishes already, the server may refuse this one, and nobody tells us in time:
  // he has to show media first.
  if (held->ours != 0 || stage.current(held->claim.channel) != 0 || begin(stage, *held))
    return true;
  held->ended = true;
  held->ended_at = clock_.mono_ms();
  return false;
}

bool Ledger::media(Stage& stage, size_t server, const Hook& hook) {
  const bool has_key = !hook.ask.query.empty();
  Held* held = find(server, hook);
  if (held == nullptr) {
    // Let in, but not by this process: he shows his key again.
    if (!has_key || !publish(stage, server, hook)) return !has_key;
    held = find(server, hook);
    if (held != nullptr) held->unlisted = true;
  } else if (has_key && !held->ended) {
    const auto claim = stage.check(hook.ask);
    if (!claim && is_refusal(claim.error())) return false;
  }
  if (held == nullptr || held->ended) return true;
  if (held->doomed) return false;
  advance(stage, *held, false);
  return true;
}

void Ledger::over(Stage& stage, size_t server, const Hook& hook) {
  bool any = false;
  for (Held& held : held_) {
    if (held.ended || !is_meant(held, server, hook)) continue;
    end(stage, held);
    any = true;
  }
  if (!any) ++foreign_ends_;
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

void Ledger::new_generation(Stage& stage, size_t server, const std::string& generation) {
  Server& s = servers_[server];
  const std::string before = std::exchange(s.generation, generation);
  if (!before.empty()) obs::log_info("hooks.server_restarted", {{"server", s.name}});
  for (auto it = held_.begin(); it != held_.end();) {
    Held& held = *it;
    const bool stays = held.server != server || held.generation == generation;
    // It came after the last look at the earlier process: to the new one, for all we know.
    const bool moves = held.guessed && (held.generation.empty() || held.accepted_at > s.asked_at);
    if (!stays && before.empty() && same_generation(held.generation, generation)) {
      held.generation = generation;
    } else if (!stays && (held.generation.empty() || (moves && !before.empty()))) {
      if (!held.generation.empty() && held.ours != 0) {
        // The numbers are the same, the sessions need not be.
        stage.over(held.claim.channel, std::exchange(held.ours, 0));
        held.proven = false;
      }
      held.generation = generation;
      held.bytes.reset();
    } else if (!stays) {
      end(stage, held);
      it = held_.erase(it);
      continue;
    }
    ++it;
  }
}

void Ledger::snapshot(Stage& stage, size_t server, const Snapshot& snapshot, MonoMs asked_at) {
  Server& s = servers_[server];
  s.reached_at = clock_.mono_ms();
  if (s.generation.empty() || !same_generation(s.generation, snapshot.generation))
    new_generation(stage, server, snapshot.generation);
  s.asked_at = asked_at;
  std::set<const Held*> listed;
  std::set<std::string> strangers;
  for (const Seen& seen : snapshot.published) {
    Hook hook{.session = seen.session, .path = seen.path, .generation = s.generation};
    if (Held* held = find(server, hook)) {
      if (listed.insert(held).second) sighted(stage, *held, seen, asked_at);
    } else {
      if (!s.strangers.contains(seen.session))
        obs::log_warn("hooks.stranger", {{"server", s.name}, {"session", seen.session}});
      strangers.insert(seen.session);
    }
  }
  s.strangers = std::move(strangers);
  for (Held& held : held_)
    if (held.server == server && !listed.contains(&held)) missed(stage, held, asked_at);
  sweep();
}

void Ledger::sighted(Stage& stage, Held& held, const Seen& seen, MonoMs asked_at) {
  if (held.doomed) return kick(held);
  if (held.ended) {
    if (asked_at <= held.ended_at || ++held.sightings < 2) return;
    const auto fits = stage.still_fits(held.claim);
    if (!fits || !*fits) return;
    held.ended = held.proven = false;
    changed_ = true;
  }
  held.misses = 0;
  held.unlisted = false;
  held.seen_at = clock_.mono_ms();
  if (!seen.door.empty()) held.door = seen.door;
  const bool rises = held.bytes && seen.bytes > *held.bytes;
  held.bytes = seen.bytes;
  if (!seen.ready && !rises) return;
  if (held.ours == 0) {
    const auto fits = stage.still_fits(held.claim);
    if (!fits) return;
    if (!*fits) {
      held.doomed = true;
      return kick(held);
    }
  }
  advance(stage, held, true);
}

void Ledger::missed(Stage& stage, Held& held, MonoMs asked_at) {
  held.sightings = 0;
  if (held.ended) ++held.misses;
  if (held.ended || held.accepted_at >= asked_at) return;
  const MonoMs since = clock_.mono_ms() - std::max(held.accepted_at, held.seen_at);
  if (++held.misses >= 2 && since >= (held.unlisted ? kUnlistedMs : kGoneAfterMs)) end(stage, held);
}

void Ledger::unreachable(Stage& stage, size_t server) {
  if (clock_.mono_ms() - servers_[server].reached_at < kStaleMs) return;
  for (Held& held : held_) {
    if (held.server != server || held.ours == 0) continue;
    if (clock_.mono_ms() - held.seen_at < kStaleMs) continue;  // its hooks still come
    obs::log_warn("hooks.stale", {{"server", servers_[server].name}, {"channel", held.claim.slug}});
    held.bytes.reset();
    stage.over(held.claim.channel, std::exchange(held.ours, 0));
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
