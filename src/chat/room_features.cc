// The smaller things a room can do: pins, banned phrases, DIE, the event bar, reloading users.
#include <algorithm>
#include <array>

#include "base/json_read.h"
#include "chat/room.h"

namespace strims::chat {
namespace {

using P = auth::Permission;

bool same_standing(const User& a, const User& b) {
  return a.effective_features() == b.effective_features() &&
         a.effective_roles() == b.effective_roles() && a.nick == b.nick && a.role == b.role &&
         a.can_chat == b.can_chat && a.deleted == b.deleted;
}

// A paid event's own fields, as far as the room looks at them.
int64_t amount_of(const std::string& extra) {
  const auto json = Json::parse(extra);
  const Json* amount = json ? json->find("amount") : nullptr;
  return amount ? amount->integer().value_or(0) : 0;
}

std::string buyer_of(const std::string& extra) {
  const auto json = Json::parse(extra);
  const Json* user = json ? json->find("user") : nullptr;
  return user ? std::string(user->find_string("nick").value_or("")) : std::string();
}

}  // namespace

void Room::pin(Act act) {
  if (!auth::allowed(*act.user, P::pin)) return refuse(act.asker, "nopermission");
  Entry entry = make_entry(EntryKind::pin, act.user);
  if (!act.command.text.empty()) {
    const auto text = text::check_message(act.command.text, limits_.message);
    if (!text) return refuse(act.asker, "invalidmsg");
    entry.text = *text;
  }
  entry.uuid = "p-" + std::to_string(entry.id);
  append(std::move(entry), std::move(act.asker));
}

void Room::add_phrase(Act act) {
  if (!auth::allowed(*act.user, P::edit_phrases)) return refuse(act.asker, "nopermission");
  const auto phrase = text::check_phrase(act.command.text, limits_.phrases);
  if (!phrase) return refuse(act.asker, "invalidphrase");
  if (std::find(phrases_.begin(), phrases_.end(), *phrase) != phrases_.end())
    return refuse(act.asker, "duplicatephrase");
  const std::vector<std::string> before = phrases_;
  std::vector<std::string> phrases = phrases_;
  phrases.emplace_back(*phrase);
  if (!compile_phrases(std::move(phrases))) return refuse(act.asker, "invalidphrase");
  Entry entry = make_entry(EntryKind::phrase_add, act.user);
  entry.text = *phrase;
  if (!append(std::move(entry), std::move(act.asker))) compile_phrases(before);
}

void Room::remove_phrase(Act act) {
  if (!auth::allowed(*act.user, P::edit_phrases)) return refuse(act.asker, "nopermission");
  // As it is stored, or else as it would be stored: limits may have changed since.
  auto it = std::find(phrases_.begin(), phrases_.end(), act.command.text);
  if (it == phrases_.end()) {
    const auto phrase = text::check_phrase(act.command.text, limits_.phrases);
    if (!phrase) return refuse(act.asker, "invalidphrase");
    it = std::find(phrases_.begin(), phrases_.end(), *phrase);
  }
  if (it == phrases_.end()) return refuse(act.asker, "nophrase");
  const std::string removed = *it;
  Entry entry = make_entry(EntryKind::phrase_remove, act.user);
  entry.text = removed;
  if (!append(std::move(entry), std::move(act.asker))) return;
  std::vector<std::string> phrases = phrases_;
  std::erase(phrases, removed);
  compile_phrases(std::move(phrases));
}

bool Room::compile_phrases(std::vector<std::string> phrases) {
  auto set = text::PhraseSet::compile(phrases, limits_.phrases);
  if (!set) {
    // One that was stored under other limits must not switch off the rest.
    std::vector<std::string> good;
    std::copy_if(phrases.begin(), phrases.end(), std::back_inserter(good),
                 [&](const std::string& phrase) {
                   return text::check_phrase(phrase, limits_.phrases).has_value();
                 });
    set = text::PhraseSet::compile(good, limits_.phrases);
  }
  if (!set) return false;
  phrase_set_ = *set;
  phrases_ = std::move(phrases);
  return true;
}

void Room::die(Act act) {
  static constexpr std::array<std::string_view, 6> kFates = {
      "fell off the map",         "pressed the big red button", "divided by zero",
      "went outside for a while", "forgot to breathe",          "was eaten by the backlog"};
  if (!auth::allowed(*act.user, P::die)) return refuse(act.asker, "cantbanprotected");
  if (const auto refusal = muted(act.user->id)) return refuse(act.asker, *refusal);
  Entry entry = make_entry(EntryKind::death, act.user);
  entry.text = kFates[static_cast<size_t>(entry.id) % kFates.size()];
  entry.target_id = act.user->id;
  entry.target_nick = act.user->nick;
  entry.number = limits_.die_s;
  const TimeMs until = clock_.wall_ms() + limits_.die_s * 1000;
  if (append(std::move(entry), std::move(act.asker))) punishments_.mute(act.user->id, until);
}

void Room::add_event(Act act) {
  if (!act.user->is_admin()) return refuse(act.asker, "nopermission");
  Command& c = act.command;
  const EntryKind kind = c.paid_kind;
  if (kind != EntryKind::subscription && kind != EntryKind::gift_sub &&
      kind != EntryKind::mass_gift && kind != EntryKind::donation)
    return refuse(act.asker, "protocolerror");
  Entry entry = make_entry(kind, act.user);
  entry.text = c.text;
  entry.extra = c.extra;
  entry.uuid = "e-" + std::to_string(entry.id);
  if (!append(std::move(entry), std::move(act.asker))) return;
  const bool enough = kind != EntryKind::donation || amount_of(c.extra) >= limits_.pardon_cents;
  if (c.target_id != 0 && enough) pardon(c.target_id, c.nick.empty() ? buyer_of(c.extra) : c.nick);
}

// Whoever pays is free of a mute and of a ban that would have passed (chat-websocket 9.6,
// site-api 4.3). A lasting ban stays, and the mute under it.
void Room::pardon(UserId buyer, const std::string& nick) {
  const TimeMs now = clock_.wall_ms();
  const auto ban = punishments_.user_ban(buyer, now);
  if (ban == kForever || (!ban && !muted(buyer))) return;
  Entry entry = make_entry(ban ? EntryKind::unban : EntryKind::unmute, nullptr);
  entry.target_id = buyer;
  entry.target_nick = nick;
  if (const Member* member = members_.find(buyer)) entry.target_nick = member->user->nick;
  if (!append(std::move(entry), {})) return;
  if (ban) {
    punishments_.unban(buyer);
  } else {
    punishments_.unmute(buyer);
  }
}

void Room::remove_event(Act act) {
  if (!auth::allowed(*act.user, P::remove_event)) return refuse(act.asker, "nopermission");
  const auto it = std::find_if(paid_events_.begin(), paid_events_.end(),
                               [&](const Entry& e) { return e.uuid == act.command.text; });
  if (it == paid_events_.end()) return refuse(act.asker, "cantremoveevent");
  Entry entry = make_entry(EntryKind::event_remove, act.user);
  entry.uuid = it->uuid;
  append(std::move(entry), std::move(act.asker));
}

void Room::reload_users(Act act) {
  if (!auth::allowed(*act.user, P::reload_users)) return refuse(act.asker, "nopermission");
  std::vector<UserId> ids;
  members_.for_each_connected([&](const Member& member) { ids.push_back(member.user->id); });
  port_.reload_users(std::move(ids),
                     [this, asker = std::move(act.asker)](const std::vector<User>& users) mutable {
                       for (const User& user : users) {
                         const Member* member = members_.find(user.id);
                         if (member && !same_standing(*member->user, user)) user_changed(user);
                       }
                       accept(asker, {});
                     });
}

}  // namespace strims::chat
