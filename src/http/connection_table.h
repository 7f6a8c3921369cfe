// How many connections there are, in all and from each address. Shared by the shards; any thread.
//
// Bound: the tables hold one entry per address with a connection, so never more than `total`
// entries.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/cidr.h"

namespace strims::http {

class ConnectionTable {
 public:
  // 0 means no bound. An "address" is IpAddress::ban_unit(): one IPv4 address, the /64 of an IPv6
  // one.
  explicit ConnectionTable(size_t total = 0, size_t per_address = 0)
      : total_(total), per_address_(per_address) {}
  ConnectionTable(const ConnectionTable&) = delete;
  ConnectionTable& operator=(const ConnectionTable&) = delete;

  // One counted connection. Move-only, 24 bytes. The table must outlive it.
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&& other) noexcept
        : table_(std::exchange(other.table_, nullptr)), address_(other.address_) {}
    Lease& operator=(Lease&& other) noexcept {
      std::swap(table_, other.table_);
      std::swap(address_, other.address_);
      return *this;
    }
    ~Lease() { release(); }
    // Stops counting. Does nothing the second time.
    void release();
    explicit operator bool() const { return table_ != nullptr; }

   private:
    friend class ConnectionTable;
    ConnectionTable* table_ = nullptr;
    IpAddress address_;  // "::" when it is not counted per address
  };

  enum class Refusal : uint8_t { none, total, per_address };

  // Counts one more. `count_address` is false for a proxy, behind which there are many clients.
  // On refusal the lease is empty.
  Lease admit(const IpAddress& address, bool count_address, Refusal& refusal);
  size_t size() const { return count_.load(std::memory_order_relaxed); }

 private:
  struct Stripe {
    std::mutex mutex;
    std::unordered_map<IpAddress, uint32_t> counts;  // guarded by mutex
  };
  Stripe& stripe(const IpAddress& unit) {
    return stripes_[std::hash<IpAddress>{}(unit) % stripes_.size()];
  }
  void leave(const IpAddress& address);

  const size_t total_;
  const size_t per_address_;
  std::atomic<size_t> count_{0};
  std::array<Stripe, 16> stripes_;
};

}  // namespace strims::http
