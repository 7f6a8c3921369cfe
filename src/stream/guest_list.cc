#include "stream/guest_list.h"

#include <algorithm>
#include <utility>

namespace strims::stream {

GuestList::Standing GuestList::ask(UserId account, MonoMs now) {
  const std::lock_guard lock(mutex_);
  const auto it = guests_.find(account);
  if (it == guests_.end()) return Standing::unknown;
  it->second.asked_at = now;
  return it->second.may_watch ? Standing::admitted : Standing::refused;
}

void GuestList::set(UserId account, bool may_watch, MonoMs now) {
  const std::lock_guard lock(mutex_);
  const auto it = guests_.find(account);
  if (it != guests_.end()) {
    it->second.may_watch = may_watch;
    it->second.looked_up_at = now;
  } else if (guests_.size() < most_) {
    guests_.emplace(account, Guest{may_watch, now, now});
  }
}

bool GuestList::knows(UserId account) const {
  const std::lock_guard lock(mutex_);
  return guests_.contains(account);
}

std::vector<UserId> GuestList::due(MonoMs now, size_t limit) {
  const std::lock_guard lock(mutex_);
  std::erase_if(guests_, [now](const auto& each) { return now - each.second.asked_at > kKeepMs; });
  std::vector<std::pair<MonoMs, UserId>> late;
  for (const auto& [account, guest] : guests_)
    if (now - guest.looked_up_at >= kRecheckMs) late.emplace_back(guest.looked_up_at, account);
  // Of too many those who have waited longest, so that each has his turn.
  const size_t count = std::min(limit, late.size());
  std::ranges::partial_sort(late, late.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<UserId> out;
  out.reserve(count);
  for (size_t i = 0; i < count; ++i) out.push_back(late[i].second);
  return out;
}

void GuestList::clear() {
  const std::lock_guard lock(mutex_);
  guests_.clear();
}

}  // namespace strims::stream
