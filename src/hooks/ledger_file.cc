// What one process leaves to the next: who was let in on the external servers.
#include <algorithm>

#include "base/json_read.h"
#include "base/json_write.h"
#include "hooks/ledger.h"

namespace strims::hooks {

std::optional<std::string> Ledger::take_changes() {
  if (!std::exchange(changed_, false)) return std::nullopt;
  return save();
}

std::string Ledger::save() const {
  JsonWriter w;
  w.object().key("sessions").array();
  for (const Held& held : held_) {
    if (held.ended || held.doomed) continue;
    w.object().field("server", servers_[held.server].name);
    w.field("generation", held.generation).field("guessed", held.guessed);
    w.field("path", held.path).field("session", held.session).field("door", held.door);
    w.field("channel", held.claim.channel).field("slug", held.claim.slug);
    w.field("key_hash", held.claim.key_hash).end_object();
  }
  w.end_array().end_object();
  return w.take();
}

Result<void> Ledger::load(std::string_view text) {
  STRIMS_TRY(const Json json, Json::parse(text));
  const Json* sessions = json.find("sessions");
  if (sessions == nullptr) return fail(Errc::invalid, "invalid_json", "There are no sessions.");
  for (const Json& each : sessions->array()) {
    const auto word = [&each](std::string_view name) {
      return std::string(each.find_string(name).value_or(""));
    };
    const auto server = std::ranges::find(servers_, word("server"), &Server::name);
    const Json* channel = each.find("channel");
    const Json* guessed = each.find("guessed");
    if (server == servers_.end() || channel == nullptr || held_.size() >= kMaxHeld) continue;
    Held& held = held_.emplace_back();
    held.server = static_cast<size_t>(server - servers_.begin());
    held.generation = word("generation");
    held.guessed = guessed && guessed->boolean().value_or(false);
    held.path = word("path");
    held.session = word("session");
    held.door = word("door");
    held.claim = {channel->integer().value_or(0), word("slug"), word("key_hash")};
    held.accepted_at = held.seen_at = clock_.mono_ms();
  }
  return {};
}

}  // namespace strims::hooks
