// Mutes and bans in force, in memory on the home shard. The tables are written by the journal's
// commit; this is what admission asks. Expired ones are dropped when they are met and by sweep().
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "base/cidr.h"
#include "model/entry.h"

namespace strims::chat {

inline constexpr TimeMs kForever = INT64_MAX;

class Punishments {
 public:
  void mute(UserId user, TimeMs until) { mutes_[user] = until; }
  void unmute(UserId user) { mutes_.erase(user); }
  // Milliseconds left, 0 when not muted.
  int64_t mute_left(UserId user, TimeMs now) const;

  // `addresses` are ban units (a whole IPv4 address, the /64 of an IPv6 one).
  void ban(EntryId id, UserId user, TimeMs until, const std::vector<IpAddress>& addresses);
  // Lifts the user's ban, the address bans that came with any of his bans, and his mute.
  void unban(UserId user);
  // Takes back one ban, as if it had not been.
  void withdraw(EntryId ban);
  // The end of the ban that stands against a user or an address, if any.
  std::optional<TimeMs> user_ban(UserId user, TimeMs now) const;
  std::optional<TimeMs> address_ban(const IpAddress& address, TimeMs now) const;

  void sweep(TimeMs now);

 private:
  struct Ban {
    EntryId id = 0;
    TimeMs until = 0;
    UserId user = 0;
  };
  template <class F>
  void lift_addresses(F gone) {
    for (auto& [unit, bans] : address_bans_) std::erase_if(bans, gone);
    std::erase_if(address_bans_, [](const auto& item) { return item.second.empty(); });
  }

  std::unordered_map<UserId, TimeMs> mutes_;
  std::unordered_map<UserId, Ban> user_bans_;
  std::unordered_map<IpAddress, std::vector<Ban>> address_bans_;  // one per banned user
};

}  // namespace strims::chat
