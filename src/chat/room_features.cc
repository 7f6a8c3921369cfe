// The smaller things a room can do: pins, banned phrases, DIE, the event bar, reloading users.
#include <algorithm>
#include <array>

#include "chat/room.h"

namespace strims::chat {

void Room::pin(Act act) {
  if (!act.user->is_moderator()) return refuse(act.asker, "nopermission");
  Entry entry = make_entry(EntryKind::pin, act.user.get());
  if (!act.command.text.empty()) {
    const auto text = text::check_message(act.command.text, limits_.message);
    if (!text) return refuse(act.asker, "invalidmsg");
    entry.text = *text;
  }
  entry.uuid = "p-" + std::to_string(entry.id);
  append(std::move(entry), std::move(act.asker));
}

void Room::add_phrase(Act act) {
  if (!act.user->is_moderator()) return refuse(act.asker, "nopermission");
  const auto phrase = text::check_phrase(act.command.text, limits_.phrases);
  if (!phrase) return refuse(act.asker, "invalidphrase");
  if (std::find(phrases_.begin(), phrases_.end(), *phrase) != phrases_.end())
    return refuse(act.asker, "duplicatephrase");
  phrases_.emplace_back(*phrase);
  auto set = text::PhraseSet::compile(phrases_, limits_.phrases);
  if (!set) {
    phrases_.pop_back();
    return refuse(act.asker, "invalidphrase");
  }
  phrase_set_ = std::move(*set);
  Entry entry = make_entry(EntryKind::phrase_add, act.user.get());
  entry.text = *phrase;
  append(std::move(entry), std::move(act.asker));
}

void Room::remove_phrase(Act act) {
  if (!act.user->is_moderator()) return refuse(act.asker, "nopermission");
  const auto phrase = text::check_phrase(act.command.text, limits_.phrases);
  if (!phrase) return refuse(act.asker, "invalidphrase");
  const auto it = std::find(phrases_.begin(), phrases_.end(), *phrase);
  if (it == phrases_.end()) return refuse(act.asker, "nophrase");
  Entry entry = make_entry(EntryKind::phrase_remove, act.user.get());
  entry.text = *it;
  phrases_.erase(it);
  if (auto set = text::PhraseSet::compile(phrases_, limits_.phrases)) phrase_set_ = std::move(*set);
  append(std::move(entry), std::move(act.asker));
}

void Room::die(Act act) {
  static constexpr std::array<std::string_view, 6> kFates = {
      "fell off the map",         "pressed the big red button", "divided by zero",
      "went outside for a while", "forgot to breathe",          "was eaten by the backlog"};
  if (act.user->is_protected()) return refuse(act.asker, "cantbanprotected");
  if (punishments_.mute_left(act.user->id, clock_.wall_ms()) > 0) {
    const int64_t left = punishments_.mute_left(act.user->id, clock_.wall_ms());
    return refuse(act.asker, Refusal{.word = "muted", .mute_seconds_left = (left + 999) / 1000});
  }
  Entry entry = make_entry(EntryKind::death, act.user.get());
  entry.text = kFates[static_cast<size_t>(entry.id) % kFates.size()];
  entry.target_id = act.user->id;
  entry.target_nick = act.user->nick;
  entry.number = limits_.die_s;
  punishments_.mute(act.user->id, entry.at + limits_.die_s * 1000);
  append(std::move(entry), std::move(act.asker));
}

void Room::add_event(Act act) {
  if (!act.user->is_admin()) return refuse(act.asker, "nopermission");
  const EntryKind kind = act.command.paid_kind;
  if (kind != EntryKind::subscription && kind != EntryKind::gift_sub && kind != EntryKind::mass_gift &&
      kind != EntryKind::donation)
    return refuse(act.asker, "protocolerror");
  Entry entry = make_entry(kind, act.user.get());
  entry.text = act.command.text;
  entry.extra = act.command.extra;
  entry.uuid = "e-" + std::to_string(entry.id);
  append(std::move(entry), std::move(act.asker));
}

void Room::remove_event(Act act) {
  if (!act.user->is_moderator()) return refuse(act.asker, "nopermission");
  const auto it = std::find_if(paid_events_.begin(), paid_events_.end(),
                               [&](const Entry& e) { return e.uuid == act.command.text; });
  if (it == paid_events_.end()) return refuse(act.asker, "cantremoveevent");
  Entry entry = make_entry(EntryKind::event_remove, act.user.get());
  entry.uuid = it->uuid;
  append(std::move(entry), std::move(act.asker));
}

void Room::reload_users(Act act) {
  if (!act.user->is_moderator()) return refuse(act.asker, "nopermission");
  std::vector<UserId> ids;
  members_.for_each_present([&](const Member& member) { ids.push_back(member.user->id); });
  port_.reload_users(std::move(ids), [this, asker = std::move(act.asker)](std::vector<User> users) mutable {
    for (const User& user : users) {
      const Member* member = members_.find(user.id);
      const bool changed = member && (member->user->effective_features() != user.effective_features() ||
                                      member->user->effective_roles() != user.effective_roles() ||
                                      member->user->nick != user.nick);
      if (changed) user_changed(user);
    }
    accept(asker, {});
  });
}

}  // namespace strims::chat
