#include "chat/punishments.h"

#include <algorithm>

namespace strims::chat {

int64_t Punishments::mute_left(UserId user, TimeMs now) const {
  const auto it = mutes_.find(user);
  return it == mutes_.end() ? 0 : std::max<int64_t>(0, it->second - now);
}

void Punishments::ban(EntryId id, UserId user, TimeMs until,
                      const std::vector<IpAddress>& addresses) {
  user_bans_[user] = {id, until, user};
  lift_addresses([&](const Ban& ban) { return ban.user == user; });
  for (const IpAddress& address : addresses)
    address_bans_[address.ban_unit()].push_back({id, until, user});
}

void Punishments::unban(UserId user) {
  user_bans_.erase(user);
  mutes_.erase(user);
  lift_addresses([&](const Ban& ban) { return ban.user == user; });
}

void Punishments::withdraw(EntryId ban) {
  std::erase_if(user_bans_, [&](const auto& item) { return item.second.id == ban; });
  lift_addresses([&](const Ban& each) { return each.id == ban; });
}

std::optional<TimeMs> Punishments::user_ban(UserId user, TimeMs now) const {
  const auto it = user_bans_.find(user);
  if (it == user_bans_.end() || it->second.until <= now) return std::nullopt;
  return it->second.until;
}

std::optional<TimeMs> Punishments::address_ban(const IpAddress& address, TimeMs now) const {
  const auto it = address_bans_.find(address.ban_unit());
  if (it == address_bans_.end()) return std::nullopt;
  TimeMs until = 0;
  for (const Ban& ban : it->second) until = std::max(until, ban.until);
  if (until <= now) return std::nullopt;
  return until;
}

void Punishments::sweep(TimeMs now) {
  std::erase_if(mutes_, [&](const auto& item) { return item.second <= now; });
  std::erase_if(user_bans_, [&](const auto& item) { return item.second.until <= now; });
  lift_addresses([&](const Ban& ban) { return ban.until <= now; });
}

}  // namespace strims::chat
