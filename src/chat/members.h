// The room's connections, the users behind them and what is remembered of a user for a while after
// he left (his throttle). Who counts as present is another question: presence.h. Lives on the home
// shard.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/cidr.h"
#include "chat/conn_id.h"
#include "chat/throttle.h"
#include "model/user.h"

namespace strims::chat {

struct Member {
  UserPtr user;
  std::vector<ConnId> connections;  // empty: remembered, not here
  Throttle throttle;
  std::string last_text;              // of the last accepted message, without /me
  TimeMs last_at = 0;                 // of the last accepted entry: his next one is later
  MonoMs last_said = INT64_MIN / 2;   // when his last message was accepted: slow mode
  MonoMs changed_at = INT64_MIN / 2;  // of the last update of his record
  MonoMs left_at = 0;                 // or when he last acted without a connection
};

class Members {
 public:
  static constexpr int64_t kSettleMs = 60'000;

  // A connection enters: the member behind it, nullptr for a guest (`user` is null). The record he
  // comes with replaces the one known here, unless that was updated within kSettleMs: what the
  // database said when he was let in may be the older one.
  Member* add(ConnId conn, const UserPtr& user, const IpAddress& address, MonoMs now);
  // A connection that is being thrown out; it is here until it leaves.
  void expel(ConnId conn);
  // A connection leaves.
  struct Gone {
    UserPtr user;  // when it was his last one
    bool expelled = false;
  };
  Gone remove(ConnId conn, MonoMs now);

  bool contains(ConnId conn) const { return connections_.contains(conn); }
  // The user behind a connection; null for guests and unknown connections.
  Member* of(ConnId conn);
  const IpAddress* address_of(ConnId conn) const;
  // Present or remembered; nullptr when neither. `nick` in any case.
  Member* find(UserId id);
  Member* find_nick(std::string_view nick);
  const Member* find_nick(std::string_view nick) const;
  // As find, but makes a remembered member of someone who acts without a connection (REST). The
  // record of a known user stays as it is.
  Member& ensure(const UserPtr& user);
  // A user's record has changed: replaces it, and remembers those who are not here for a while,
  // too.
  Member& update(const UserPtr& user, MonoMs now);

  size_t connection_count() const { return connections_.size(); }
  size_t connected_count() const { return connected_; }  // users with a connection

  template <class F>  // f(const Member&)
  void for_each_connected(F f) const {
    for (const auto& [id, member] : members_)
      if (!member.connections.empty()) f(member);
  }
  template <class F>  // f(ConnId, UserId, const IpAddress&)
  void for_each_connection(F f) const {
    for (const auto& [conn, info] : connections_) f(conn, info.user, info.address);
  }
  // Forgets absent members whose throttle has run out. Bounded work: call it now and then.
  void forget_absent(MonoMs now, int64_t after_ms);

 private:
  struct Connection {
    UserId user = 0;
    IpAddress address;
    bool expelled = false;
  };
  void replace(Member& member, const UserPtr& user);
  void forget_nick(const User& user);

  std::unordered_map<ConnId, Connection> connections_;
  std::unordered_map<UserId, Member> members_;
  std::unordered_map<std::string, UserId> by_nick_;  // lower-cased
  size_t connected_ = 0;
};

}  // namespace strims::chat
