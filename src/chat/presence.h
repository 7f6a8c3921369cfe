// Which users count as present, and which of them everybody is shown.
//
// A user whose last connection goes stays present for a grace; whoever is back within it was never
// away. Past `names_max` users the shown list stops growing (staff are always in it): it is one
// list, the same for everybody, and every change of it is told, so that a newcomer's NAMES and the
// JOINs and QUITs behind it always add up to it. What happens within one round cancels out.
//
// No per-user call costs more than O(log n). Lives on the home shard.
#pragma once

#include <cstdint>
#include <limits>
#include <queue>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/user.h"

namespace strims::chat {

// Not remembered, shown to all at once.
enum class PresenceKind : uint8_t { join, quit, update };

struct PresenceLimits {
  int64_t quit_grace_ms = 2'000;      // from the last connection's end to the quit; 0: at once
  int64_t restart_grace_ms = 15'000;  // the same for those who were here before a restart
  size_t names_max = 2'000;           // users in the list besides staff
};

class Presence {
 public:
  static constexpr size_t kPromotions = 50;  // unlisted users that one advance() lets in

  struct Change {
    PresenceKind kind;
    UserPtr user;
  };

  explicit Presence(PresenceLimits limits) : limits_(limits) {}

  // Before the first arrival: was here when the process ended, and is awaited until now + grace.
  void restore(const UserPtr& user, MonoMs now);
  // A user has a connection (again). `user` is his newest record.
  void arrive(const UserPtr& user);
  // His last connection is gone. `at_once`: he was thrown out, nobody waits for him.
  void depart(UserId id, MonoMs now, bool at_once);
  // Ends the grace of somebody who must not come back.
  void expel(UserId id);
  // A user's record is another one now. Ignores who is not present.
  void renew(const UserPtr& user);
  // Time passes: ends the graces that are over, and fills places of the list that have become free.
  void advance(MonoMs now);
  // The process is about to end: from now on nobody's grace runs out, so that all who are present
  // are found by the next one.
  void hold() { held_ = true; }

  // What everybody is to be told of this round: who left first, then who came or changed. A user
  // whose features changed quits and joins anew. The list is up to date with it.
  std::vector<Change> take_changes();
  // Users who have become present (true) or absent since the last call, in no order.
  std::vector<std::pair<UserId, bool>> take_moves();

  // The list, as of the last take_changes: administrators, other staff, everybody else.
  std::vector<UserPtr> listed() const;
  size_t listed_count() const { return list_.size(); }
  // Changes with the list and the records in it.
  uint64_t version() const { return version_; }
  // Everybody, shown or not, those in grace too.
  size_t present_count() const { return present_; }
  bool in_grace(UserId id) const;

 private:
  static constexpr MonoMs kHere = std::numeric_limits<MonoMs>::max();
  static constexpr size_t kUnlisted = std::numeric_limits<size_t>::max();

  struct Person {
    UserPtr user;
    UserPtr told;          // the record that everybody was told last
    MonoMs until = kHere;  // end of his grace
    size_t place = kUnlisted;
    bool present = true;
    bool staff = false;
    bool touched = false;
    bool renewed = false;
  };
  Person* find(UserId id);
  void touch(Person& person);
  void replace(Person& person, const UserPtr& user);
  void await(Person& person, MonoMs until);
  void quit(Person& person);
  bool has_place(const Person& person) const;
  void enlist(Person& person);
  void delist(Person& person);
  void settle(Person& person, std::vector<Change>& changes);

  const PresenceLimits limits_;
  std::unordered_map<UserId, Person> people_;
  std::vector<UserId> list_;
  size_t others_ = 0;  // in the list who are not staff
  size_t present_ = 0;
  std::unordered_set<UserId> waiting_;  // present, and no place in the list
  using End = std::pair<MonoMs, UserId>;
  std::priority_queue<End, std::vector<End>, std::greater<>> ends_;  // of graces, also stale ones
  std::vector<UserId> touched_;
  std::unordered_set<UserId> moved_;
  uint64_t version_ = 1;
  bool held_ = false;
};

}  // namespace strims::chat
