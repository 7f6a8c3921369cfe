#include "chat/members.h"

#include <algorithm>

#include "base/bytes.h"

namespace strims::chat {

Member& Members::ensure(const UserPtr& user) {
  auto [it, fresh] = members_.try_emplace(user->id);
  if (fresh) replace(it->second, user);
  return it->second;
}

Member& Members::update(const UserPtr& user, MonoMs now) {
  Member& member = ensure(user);
  if (member.user != user) replace(member, user);
  member.changed_at = now;
  if (member.connections.empty()) member.left_at = std::max(member.left_at, now);
  return member;
}

void Members::replace(Member& member, const UserPtr& user) {
  if (member.user) forget_nick(*member.user);
  by_nick_[ascii_lower(user->nick)] = user->id;
  member.user = user;
}

// A name may belong to somebody else by now.
void Members::forget_nick(const User& user) {
  const auto it = by_nick_.find(ascii_lower(user.nick));
  if (it != by_nick_.end() && it->second == user.id) by_nick_.erase(it);
}

Member* Members::add(ConnId conn, const UserPtr& user, const IpAddress& address, MonoMs now) {
  connections_[conn] = {.user = user ? user->id : 0, .address = address};
  if (!user) return nullptr;
  Member& member = ensure(user);
  if (member.user != user && now - member.changed_at > kSettleMs) replace(member, user);
  member.connections.push_back(conn);
  if (member.connections.size() == 1) ++connected_;
  return &member;
}

void Members::expel(ConnId conn) {
  if (const auto it = connections_.find(conn); it != connections_.end()) it->second.expelled = true;
}

Members::Gone Members::remove(ConnId conn, MonoMs now) {
  const auto it = connections_.find(conn);
  if (it == connections_.end()) return {};
  const Connection gone = it->second;
  connections_.erase(it);
  Member* member = find(gone.user);
  if (!member) return {};
  std::erase(member->connections, conn);
  if (!member->connections.empty()) return {};
  --connected_;
  member->left_at = now;
  return {member->user, gone.expelled};
}

Member* Members::of(ConnId conn) {
  const auto it = connections_.find(conn);
  return it == connections_.end() ? nullptr : find(it->second.user);
}

const IpAddress* Members::address_of(ConnId conn) const {
  const auto it = connections_.find(conn);
  return it == connections_.end() ? nullptr : &it->second.address;
}

Member* Members::find(UserId id) {
  const auto it = members_.find(id);
  return it == members_.end() ? nullptr : &it->second;
}

const Member* Members::find_nick(std::string_view nick) const {
  const auto it = by_nick_.find(ascii_lower(nick));
  if (it == by_nick_.end()) return nullptr;
  const auto member = members_.find(it->second);
  return member == members_.end() ? nullptr : &member->second;
}

Member* Members::find_nick(std::string_view nick) {
  return const_cast<Member*>(std::as_const(*this).find_nick(nick));
}

void Members::forget_absent(MonoMs now, int64_t after_ms) {
  std::erase_if(members_, [&](const auto& item) {
    const Member& member = item.second;
    if (!member.connections.empty()) return false;
    const MonoMs seen = std::max({member.left_at, member.throttle.last(), member.last_said});
    if (now - seen < after_ms) return false;
    forget_nick(*member.user);
    return true;
  });
}

}  // namespace strims::chat
