#include "chat/presence.h"

#include <algorithm>

namespace strims::chat {
namespace {

bool same_to_everybody(const User& a, const User& b) {
  return a.nick == b.nick && a.role == b.role && a.features == b.features && a.grants == b.grants &&
         a.can_chat == b.can_chat;
}

}  // namespace

Presence::Person* Presence::find(UserId id) {
  const auto it = people_.find(id);
  return it == people_.end() ? nullptr : &it->second;
}

void Presence::touch(Person& person) {
  if (person.touched) return;
  person.touched = true;
  touched_.push_back(person.user->id);
}

void Presence::replace(Person& person, const UserPtr& user) {
  person.user = user;
  const bool staff = user->is_moderator();
  if (person.place != kUnlisted) {
    ++version_;
    if (staff != person.staff) staff ? --others_ : ++others_;
  }
  person.staff = staff;
}

void Presence::await(Person& person, MonoMs until) {
  person.until = until;
  ends_.emplace(until, person.user->id);
}

void Presence::restore(const UserPtr& user, MonoMs now) {
  const auto [it, fresh] = people_.try_emplace(user->id);
  if (!fresh) return;
  Person& person = it->second;
  replace(person, user);
  person.told = user;
  ++present_;
  await(person, now + limits_.restart_grace_ms);
  if (has_place(person)) {
    enlist(person);
  } else {
    waiting_.insert(user->id);
  }
}

void Presence::arrive(const UserPtr& user) {
  const auto [it, fresh] = people_.try_emplace(user->id);
  Person& person = it->second;
  if (fresh) {
    replace(person, user);
  } else {
    renew(user);
  }
  if (fresh || !person.present) {
    person.present = true;
    ++present_;
    moved_.insert(user->id);
    touch(person);
  }
  person.until = kHere;
}

void Presence::depart(UserId id, MonoMs now, bool at_once) {
  Person* person = find(id);
  if (!person || !person->present) return;
  if (at_once || (limits_.quit_grace_ms == 0 && !held_)) return quit(*person);
  await(*person, now + limits_.quit_grace_ms);
}

void Presence::expel(UserId id) {
  Person* person = find(id);
  if (person && person->present && person->until != kHere) quit(*person);
}

void Presence::renew(const UserPtr& user) {
  Person* person = find(user->id);
  if (!person || person->user == user) return;
  if (!same_to_everybody(*person->user, *user)) {
    person->renewed = true;
    touch(*person);
  }
  replace(*person, user);
}

void Presence::quit(Person& person) {
  person.present = false;
  --present_;
  moved_.insert(person.user->id);
  touch(person);
}

void Presence::advance(MonoMs now) {
  while (!held_ && !ends_.empty() && ends_.top().first <= now) {
    const auto [until, id] = ends_.top();
    ends_.pop();
    // Who came back, or left anew, has another end.
    Person* person = find(id);
    if (person && person->present && person->until == until) quit(*person);
  }
  size_t let_in = 0;
  for (const UserId id : waiting_) {
    if (others_ + let_in >= limits_.names_max || let_in == kPromotions) break;
    touch(*find(id));
    ++let_in;
  }
}

bool Presence::has_place(const Person& person) const {
  return person.staff || others_ < limits_.names_max;
}

void Presence::enlist(Person& person) {
  person.place = list_.size();
  list_.push_back(person.user->id);
  if (!person.staff) ++others_;
  ++version_;
}

void Presence::delist(Person& person) {
  list_[person.place] = list_.back();
  find(list_.back())->place = person.place;
  list_.pop_back();
  person.place = kUnlisted;
  if (!person.staff) --others_;
  ++version_;
}

void Presence::settle(Person& person, std::vector<Change>& changes) {
  const bool renewed = std::exchange(person.renewed, false);
  if (person.place == kUnlisted && has_place(person)) {
    waiting_.erase(person.user->id);
    enlist(person);
    changes.push_back({PresenceKind::join, person.user});
    return;
  }
  if (person.place == kUnlisted) waiting_.insert(person.user->id);
  if (!renewed) return;
  // Clients keep a user in the section of his highest feature and look for him there. Only leaving
  // the old one and joining the new one moves him.
  if (person.place != kUnlisted && person.told &&
      person.told->effective_features() != person.user->effective_features()) {
    changes.push_back({PresenceKind::quit, person.told});
    changes.push_back({PresenceKind::join, person.user});
  }
  // Also of the unlisted: his own client learns his new rights from it.
  changes.push_back({PresenceKind::update, person.user});
}

std::vector<Presence::Change> Presence::take_changes() {
  std::vector<Change> changes;
  const std::vector<UserId> touched = std::exchange(touched_, {});
  // Those who quit first: their places are free for those who join.
  for (const UserId id : touched) {
    Person& person = *find(id);
    person.touched = false;
    if (person.present) continue;
    if (person.place != kUnlisted) {
      delist(person);
      changes.push_back({PresenceKind::quit, person.told ? person.told : person.user});
    }
    waiting_.erase(id);
    people_.erase(id);
  }
  for (const UserId id : touched) {
    Person* person = find(id);
    if (!person) continue;
    settle(*person, changes);
    person->told = person->user;
  }
  return changes;
}

std::vector<std::pair<UserId, bool>> Presence::take_moves() {
  std::vector<std::pair<UserId, bool>> moves;
  moves.reserve(moved_.size());
  for (const UserId id : std::exchange(moved_, {})) {
    const Person* person = find(id);
    moves.emplace_back(id, person && person->present);
  }
  return moves;
}

std::vector<UserPtr> Presence::listed() const {
  const auto rank = [](const User& user) {
    return user.is_admin() ? 0 : user.is_moderator() ? 1 : 2;
  };
  std::vector<UserPtr> users;
  users.reserve(list_.size());
  for (int wanted = 0; wanted < 3; ++wanted) {
    for (const UserId id : list_) {
      const UserPtr& user = people_.at(id).user;
      if (rank(*user) == wanted) users.push_back(user);
    }
  }
  return users;
}

bool Presence::in_grace(UserId id) const {
  const auto it = people_.find(id);
  return it != people_.end() && it->second.present && it->second.until != kHere;
}

}  // namespace strims::chat
