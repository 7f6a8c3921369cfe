// Keeping order: mutes, bans, subscriber mode, deletions. State changes at admission, so that nothing a muted
// person says after the mute slips into the journal behind it.
#include <algorithm>

#include "base/json_write.h"
#include "chat/room.h"

namespace strims::chat {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
constexpr int64_t kNsPerSecond = 1'000'000'000;

}  // namespace

void Room::with_target(Act act, std::string_view unknown_word, TargetThen then) {
  const Verb verb = act.command.verb;
  if (verb != Verb::whisper && !act.user->is_moderator()) return refuse(act.asker, "nopermission");
  if (verb == Verb::unmute && act.command.nick.empty() && act.command.target_id == 0)
    return refuse(act.asker, "protocolerror");
  const Member* member = act.command.target_id != 0 ? members_.find(act.command.target_id)
                                                    : members_.find_nick(act.command.nick);
  if (member) {
    const UserPtr target = member->user;
    return (this->*then)(std::move(act), *target);
  }
  std::string nick = act.command.nick;
  const UserId id = act.command.target_id;
  port_.find_user(std::move(nick), id,
                  [this, act = std::move(act), unknown_word, then](
                      Result<std::optional<User>> found) mutable {
                    if (!found) return refuse(act.asker, "unavailable");
                    if (!*found) return refuse(act.asker, unknown_word);
                    (this->*then)(std::move(act), **found);
                  });
}

void Room::mute(Act act, const User& target) {
  if (!rank_allows(*act.user, target)) return refuse(act.asker, "nopermission");
  int64_t ns = act.command.duration_ns.value_or(0);
  if (ns == 0) ns = limits_.mute_default_s * kNsPerSecond;
  if (ns > limits_.mute_max_s * kNsPerSecond) return refuse(act.asker, "protocolerror");
  Entry entry = make_entry(EntryKind::mute, act.user.get());
  entry.target_id = target.id;
  entry.target_nick = act.command.nick.empty() ? target.nick : act.command.nick;
  entry.text = act.command.reason;
  // Whole seconds, rounded up; a negative length is "already over" (chat-websocket 9.5).
  entry.number = ns > 0 ? (ns + kNsPerSecond - 1) / kNsPerSecond : 0;
  punishments_.mute(target.id, entry.at + ns / kNsPerMs);
  append(std::move(entry), std::move(act.asker));
}

void Room::unmute(Act act, const User& target) {
  Entry entry = make_entry(EntryKind::unmute, act.user.get());
  entry.target_id = target.id;
  entry.target_nick = act.command.nick.empty() ? target.nick : act.command.nick;
  punishments_.unmute(target.id);
  append(std::move(entry), std::move(act.asker));
}

void Room::ban(Act act, const User& target) {
  if (!rank_allows(*act.user, target)) return refuse(act.asker, "nopermission");
  const std::string& reason = act.command.reason;
  if (std::all_of(reason.begin(), reason.end(), [](char c) { return c == ' ' || c == '\t' || c == '\n'; }))
    return refuse(act.asker, "needbanreason");
  const text::MessageLimits reason_limits{.max_runes = limits_.message.max_runes};
  if (!text::check_message(reason, reason_limits)) return refuse(act.asker, "protocolerror");
  if (act.command.duration_ns.value_or(0) < 0) return refuse(act.asker, "protocolerror");
  if (!act.command.with_addresses) return ban_with(std::move(act), target, {});
  port_.find_addresses(target.id, [this, act = std::move(act),
                                   target](std::vector<std::string> addresses) mutable {
    if (const Member* member = members_.find(target.id)) {
      for (const ConnId conn : member->connections)
        if (const IpAddress* address = members_.address_of(conn))
          addresses.push_back(address->ban_unit().to_string());
    }
    std::sort(addresses.begin(), addresses.end());
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    ban_with(std::move(act), target, addresses);
  });
}

void Room::ban_with(Act act, const User& target, const std::vector<std::string>& addresses) {
  Entry entry = make_entry(EntryKind::ban, act.user.get());
  entry.target_id = target.id;
  entry.target_nick = act.command.nick.empty() ? target.nick : act.command.nick;
  entry.text = act.command.reason;
  entry.flag = act.command.with_addresses;
  if (!act.command.permanent) {
    const int64_t ns = act.command.duration_ns.value_or(0);
    entry.number = ns == 0 ? limits_.ban_default_s : (ns + kNsPerSecond - 1) / kNsPerSecond;
  }
  std::vector<IpAddress> units;
  JsonWriter w;
  w.object().key("addresses").array();
  for (const auto& text : addresses) {
    if (const auto address = IpAddress::parse(text)) {
      units.push_back(*address);
      w.value(text);
    }
  }
  w.end_array().end_object();
  entry.extra = w.take();
  const TimeMs until = entry.number == 0 ? kForever : entry.at + entry.number * 1000;
  punishments_.ban(entry.id, target.id, until, units);
  append(std::move(entry), std::move(act.asker));
}

void Room::expel_banned(const Entry& ban) {
  const TimeMs now = clock_.wall_ms();
  std::vector<ConnId> out;
  members_.for_each_connection([&](ConnId conn, UserId user, const IpAddress& address) {
    if (user == ban.target_id) {
      out.push_back(conn);
      return;
    }
    if (!ban.flag || !punishments_.address_ban(address, now)) return;
    const Member* member = members_.find(user);
    if (member && (member->user->is_moderator() || member->user->is_protected())) return;
    out.push_back(conn);
  });
  for (const ConnId conn : out) port_.expel(conn, "banned");
}

void Room::unban(Act act, const User& target) {
  Entry entry = make_entry(EntryKind::unban, act.user.get());
  entry.target_id = target.id;
  entry.target_nick = act.command.nick.empty() ? target.nick : act.command.nick;
  punishments_.unban(target.id);
  append(std::move(entry), std::move(act.asker));
}

void Room::subonly(Act act) {
  if (!act.user->is_moderator()) return refuse(act.asker, "nopermission");
  if (act.command.tier < 0 || act.command.tier > 5) return refuse(act.asker, "protocolerror");
  Entry entry = make_entry(EntryKind::subonly, act.user.get());
  entry.number = subonly_tier_ = act.command.tier;
  append(std::move(entry), std::move(act.asker));
}

void Room::delete_message(Act act) {
  const EntryId id = act.command.entry_id;
  port_.find_entry(id, [this, act = std::move(act)](Result<std::optional<Entry>> found) mutable {
    if (!found) return refuse(act.asker, "unavailable");
    if (!*found || (*found)->kind != EntryKind::message) return refuse(act.asker, "notfound");
    const Entry& message = **found;
    if (message.actor.id != act.user->id && !act.user->is_moderator())
      return refuse(act.asker, "nopermission");
    Entry entry = make_entry(EntryKind::tombstone, act.user.get());
    entry.target_id = message.actor.id;
    entry.target_nick = message.actor.nick;
    entry.target_entry = message.id;
    entry.number = static_cast<int64_t>(message.seq);
    append(std::move(entry), std::move(act.asker));
  });
}

}  // namespace strims::chat
