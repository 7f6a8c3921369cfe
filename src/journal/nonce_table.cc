#include "journal/nonce_table.h"

namespace strims::journal {

size_t NonceTable::Hash::operator()(const Key& key) const noexcept {
  const auto user = static_cast<size_t>(key.user) * 0x9e3779b97f4a7c15;
  return std::hash<std::string>{}(key.nonce) ^ user ^ static_cast<size_t>(key.channel);
}

const KnownEntry* NonceTable::find(const Entry& entry, TimeMs since) const {
  const auto found = known_.find(Key{entry.channel, entry.actor.id, entry.nonce});
  return found != known_.end() && found->second.entry.at >= since ? &found->second.entry : nullptr;
}

void NonceTable::add(ChannelId channel, UserId user, const std::string& nonce, KnownEntry known) {
  while (by_age_.size() >= bound_ && !by_age_.empty()) drop_oldest();
  const auto place =
      known_.insert_or_assign(Key{channel, user, nonce}, Known{known, ++ages_}).first;
  by_age_.push_back({&place->first, ages_});
}

void NonceTable::forget_before(TimeMs since) {
  while (!by_age_.empty()) {
    const auto found = known_.find(*by_age_.front().key);
    const bool newest = found->second.age == by_age_.front().age;
    if (newest && found->second.entry.at >= since) return;
    drop_oldest();
  }
}

void NonceTable::clear() {
  by_age_.clear();
  known_.clear();
}

void NonceTable::drop_oldest() {
  const Aged oldest = by_age_.front();
  by_age_.pop_front();
  const auto found = known_.find(*oldest.key);
  if (found != known_.end() && found->second.age == oldest.age) known_.erase(found);
}

}  // namespace strims::journal
