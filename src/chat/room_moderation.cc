// Keeping order: mutes, bans, subscriber mode, deletions. State changes at admission, so that
// nothing a muted person says after the mute slips into the journal behind it.
#include <algorithm>

#include "base/json_write.h"
#include "chat/room.h"

namespace strims::chat {
namespace {

using P = auth::Permission;

constexpr int64_t kNsPerSecond = 1'000'000'000;

// Whole seconds, rounded up; no overflow for the longest there is.
int64_t whole_seconds(int64_t ns) {
  return ns / kNsPerSecond + (ns % kNsPerSecond > 0);
}

}  // namespace

void Room::with_target(Act act, P permission, std::string_view unknown_word, TargetThen then) {
  if (act.command.verb == Verb::unmute && act.command.nick.empty() && act.command.target_id == 0)
    return refuse(act.asker, "protocolerror");
  if (!auth::allowed(*act.user, permission)) return refuse(act.asker, "nopermission");
  const Member* member = act.command.target_id != 0 ? members_.find(act.command.target_id)
                                                    : members_.find_nick(act.command.nick);
  if (member) {
    const UserPtr target = member->user;
    return (this->*then)(std::move(act), *target);
  }
  std::string nick = act.command.nick;
  const UserId id = act.command.target_id;
  port_.find_user(std::move(nick), id,
                  [this, act = std::move(act), permission, unknown_word,
                   then](Result<std::optional<User>> found) mutable {
                    if (!found) return refuse(act.asker, "unavailable");
                    if (!still_allowed(act, permission)) return refuse(act.asker, "nopermission");
                    if (!*found) return refuse(act.asker, unknown_word);
                    // He may have come in meanwhile, with a newer record.
                    const Member* known = members_.find((*found)->id);
                    const UserPtr target =
                        known ? known->user : std::make_shared<const User>(std::move(**found));
                    (this->*then)(std::move(act), *target);
                  });
}

void Room::mute(Act act, const User& target) {
  if (!auth::may_punish(*act.user, target)) return refuse(act.asker, "nopermission");
  int64_t ns = act.command.duration_ns.value_or(0);
  if (ns == 0) ns = limits_.mute_default_s * kNsPerSecond;
  if (ns > limits_.mute_max_s * kNsPerSecond) return refuse(act.asker, "protocolerror");
  Entry entry = make_entry(EntryKind::mute, act.user);
  entry.target_id = target.id;
  entry.target_nick = act.command.nick.empty() ? target.nick : act.command.nick;
  entry.text = act.command.reason;
  // A negative length is "already over" (chat-websocket 9.5).
  entry.number = ns > 0 ? whole_seconds(ns) : 0;
  // From now, which may be a few milliseconds before the entry's own time.
  const TimeMs until = entry.number > 0 ? clock_.wall_ms() + entry.number * 1000 : 0;
  if (append(std::move(entry), std::move(act.asker))) punishments_.mute(target.id, until);
}

void Room::unmute(Act act, const User& target) {
  Entry entry = make_entry(EntryKind::unmute, act.user);
  entry.target_id = target.id;
  entry.target_nick = act.command.nick.empty() ? target.nick : act.command.nick;
  if (append(std::move(entry), std::move(act.asker))) punishments_.unmute(target.id);
}

void Room::ban(Act act, const User& target) {
  if (!auth::may_punish(*act.user, target)) return refuse(act.asker, "nopermission");
  const text::MessageLimits reason_limits{.max_runes = limits_.message.max_runes};
  const auto reason = text::check_message(act.command.reason, reason_limits);
  if (!reason)
    return refuse(act.asker,
                  reason.error().reason == "msgempty" ? "needbanreason" : "protocolerror");
  act.command.reason = std::string(*reason);
  if (act.command.duration_ns.value_or(0) < 0) return refuse(act.asker, "protocolerror");
  if (!act.command.with_addresses) return ban_with(std::move(act), target, {});
  port_.find_addresses(
      target.id, [this, act = std::move(act), target](std::vector<std::string> addresses) mutable {
        if (!still_allowed(act, P::ban)) return refuse(act.asker, "nopermission");
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
  Entry entry = make_entry(EntryKind::ban, act.user);
  entry.target_id = target.id;
  entry.target_nick = act.command.nick.empty() ? target.nick : act.command.nick;
  entry.text = act.command.reason;
  entry.flag = act.command.with_addresses;
  if (!act.command.permanent) {
    const int64_t ns = act.command.duration_ns.value_or(0);
    entry.number = ns == 0 ? limits_.ban_default_s : whole_seconds(ns);
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
  const EntryId id = entry.id;
  const TimeMs until = entry.number == 0 ? kForever : entry.at + entry.number * 1000;
  if (append(std::move(entry), std::move(act.asker))) punishments_.ban(id, target.id, until, units);
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
    if (member && passes_address_bans(*member->user)) return;
    out.push_back(conn);
  });
  for (const ConnId conn : out) {
    members_.expel(conn);
    port_.expel(conn, "banned");
  }
  presence_.expel(ban.target_id);
}

void Room::unban(Act act, const User& target) {
  Entry entry = make_entry(EntryKind::unban, act.user);
  entry.target_id = target.id;
  entry.target_nick = act.command.nick.empty() ? target.nick : act.command.nick;
  if (append(std::move(entry), std::move(act.asker))) punishments_.unban(target.id);
}

void Room::subonly(Act act) {
  if (!auth::allowed(*act.user, P::subonly)) return refuse(act.asker, "nopermission");
  const int tier = act.command.tier;
  if (tier < 0 || tier > 5) return refuse(act.asker, "protocolerror");
  Entry entry = make_entry(EntryKind::subonly, act.user);
  entry.number = tier;
  if (append(std::move(entry), std::move(act.asker))) subonly_tier_ = tier;
}

void Room::delete_message(Act act) {
  const EntryId id = act.command.entry_id;
  port_.find_entry(id, [this, act = std::move(act)](Result<std::optional<Entry>> found) mutable {
    if (!found) return refuse(act.asker, "unavailable");
    if (!*found || (*found)->kind != EntryKind::message) return refuse(act.asker, "notfound");
    const Entry& message = **found;
    if (!still_allowed(act, P::delete_message) && message.actor.id != act.user->id)
      return refuse(act.asker, "nopermission");
    Entry entry = make_entry(EntryKind::tombstone, act.user);
    entry.target_id = message.actor.id;
    entry.target_nick = message.actor.nick;
    entry.target_entry = message.id;
    entry.number = static_cast<int64_t>(message.seq);
    append(std::move(entry), std::move(act.asker));
  });
}

}  // namespace strims::chat
