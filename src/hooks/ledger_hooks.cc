// What the servers tell by themselves.
#include <algorithm>
#include <utility>

#include "hooks/ledger.h"
#include "obs/log.h"

namespace strims::hooks {

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
  if (!claim) return refuse(server, claim.error());
  return admit(stage, server, hook, std::move(*claim));
}

bool Ledger::refuse(size_t server, const Error& error) const {
  obs::log_info("hooks.refused", {{"server", servers_[server].name}, {"reason", error.reason}});
  return false;
}

bool Ledger::admit(Stage& stage, size_t server, const Hook& hook, Stage::Claim claim) {
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
  held->claim = std::move(claim);
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

// Who is refused an update is thrown out by nginx: nobody is because something could not be looked
// up just now.
bool Ledger::media(Stage& stage, size_t server, const Hook& hook) {
  Held* held = find(server, hook);
  if (!hook.ask.query.empty() && (held == nullptr || !held->ended)) {
    auto claim = stage.check(hook.ask);
    if (!claim && is_refusal(claim.error())) return refuse(server, claim.error());
    if (claim && held == nullptr) {
      // Let in, but not by this process: he shows his key again.
      admit(stage, server, hook, std::move(*claim));
      held = find(server, hook);
      if (held != nullptr) held->unlisted = true;
    }
  }
  if (held == nullptr) return true;
  if (held->doomed) return false;
  if (!held->ended) advance(stage, *held, false);
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

}  // namespace strims::hooks
