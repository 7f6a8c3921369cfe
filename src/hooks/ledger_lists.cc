// What the servers say when they are asked: it is what counts.
#include <algorithm>

#include "hooks/ledger.h"
#include "obs/log.h"

namespace strims::hooks {
namespace {

constexpr int64_t kGoneAfterMs = 3'000;  // not listed, twice at least
constexpr int64_t kUnlistedMs = 70'000;  // two updates of nginx, as it sends them by itself

}  // namespace

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

}  // namespace strims::hooks
