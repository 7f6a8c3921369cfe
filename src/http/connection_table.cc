#include "http/connection_table.h"

namespace strims::http {

void ConnectionTable::Lease::release() {
  if (table_ == nullptr) return;
  std::exchange(table_, nullptr)->leave(address_);
}

ConnectionTable::Lease ConnectionTable::admit(const IpAddress& address, bool count_address,
                                              Refusal& refusal) {
  refusal = Refusal::none;
  // Counted first, so that two shards cannot both take the last place.
  const size_t before = count_.fetch_add(1, std::memory_order_relaxed);
  if (total_ > 0 && before >= total_) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    refusal = Refusal::total;
    return {};
  }
  Lease lease;
  if (per_address_ > 0 && count_address) {
    const IpAddress unit = address.ban_unit();
    Stripe& s = stripe(unit);
    const std::lock_guard lock(s.mutex);
    uint32_t& count = s.counts[unit];
    if (count >= per_address_) {
      count_.fetch_sub(1, std::memory_order_relaxed);
      refusal = Refusal::per_address;
      return {};
    }
    ++count;
    lease.address_ = unit;
  }
  lease.table_ = this;
  return lease;
}

void ConnectionTable::leave(const IpAddress& address) {
  count_.fetch_sub(1, std::memory_order_relaxed);
  if (address == IpAddress()) return;
  Stripe& s = stripe(address);
  const std::lock_guard lock(s.mutex);
  const auto it = s.counts.find(address);
  if (it != s.counts.end() && --it->second == 0) s.counts.erase(it);
}

}  // namespace strims::http
