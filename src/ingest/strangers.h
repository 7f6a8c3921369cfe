// How many connections of one address have not shown a good key yet: nobody takes every place
// without one. Thread-safe. Bound: the places that are given out.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/cidr.h"

namespace strims::ingest {

class Strangers {
 public:
  explicit Strangers(size_t per_address) : per_address_(per_address) {}

  // Counts one of its address as long as it lives. `strangers` outlives it.
  class Place {
   public:
    Place(Strangers& strangers, const IpAddress& unit) : strangers_(&strangers), unit_(unit) {}
    Place(Place&& other) noexcept
        : strangers_(std::exchange(other.strangers_, nullptr)), unit_(other.unit_) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (strangers_ != nullptr) strangers_->leave(unit_);
    }

   private:
    Strangers* strangers_;
    const IpAddress unit_;
  };

  // Nothing: too many of its address are there.
  std::optional<Place> enter(const IpAddress& address) {
    const IpAddress unit = address.ban_unit();
    const std::lock_guard lock(mutex_);
    size_t& count = counts_[unit];
    if (count >= per_address_) return std::nullopt;
    ++count;
    return std::optional<Place>(std::in_place, *this, unit);
  }

 private:
  void leave(const IpAddress& unit) {
    const std::lock_guard lock(mutex_);
    const auto it = counts_.find(unit);
    if (it != counts_.end() && --it->second == 0) counts_.erase(it);
  }

  const size_t per_address_;
  std::mutex mutex_;
  std::unordered_map<IpAddress, size_t> counts_;
};

}  // namespace strims::ingest
