#include "auth/rate_table.h"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/bytes.h"

namespace strims::auth {

static_assert(crypto_shorthash_KEYBYTES == 16);

RateTable::RateTable(Rate rate, size_t slots) : rate_(rate) {
  // A random key, so that nobody can choose names that fall into one bucket.
  const std::string seed = random_bytes(seed_.size());
  std::memcpy(seed_.data(), seed.data(), seed_.size());
  slots_.resize(std::bit_ceil(std::clamp<size_t>(slots, 64, size_t{1} << 22)));
}

uint64_t RateTable::hash(std::string_view key) const {
  uint64_t out = 0;
  static_assert(sizeof out == crypto_shorthash_BYTES);
  crypto_shorthash(reinterpret_cast<unsigned char*>(&out),
                   reinterpret_cast<const unsigned char*>(key.data()), key.size(), seed_.data());
  return out == 0 ? 1 : out;
}

const RateTable::Slot* RateTable::find(uint64_t key) const {
  const size_t first = (key % (slots_.size() / kWays)) * kWays;
  for (size_t i = first; i < first + kWays; ++i)
    if (slots_[i].key == key) return &slots_[i];
  return nullptr;
}

int64_t RateTable::step_ms() const {
  return std::max<int64_t>(1, rate_.window_ms / rate_.limit);
}

int64_t RateTable::wait_ms(std::string_view key, MonoMs now) const {
  if (rate_.limit <= 0) return 0;
  const Slot* slot = find(hash(key));
  if (!slot) return 0;
  return std::max<int64_t>(0, slot->until + step_ms() - now - rate_.limit * step_ms());
}

void RateTable::charge(std::string_view key, MonoMs now) {
  if (rate_.limit <= 0) return;
  const uint64_t wanted = hash(key);
  auto* slot = const_cast<Slot*>(find(wanted));
  if (!slot) {
    const size_t first = (wanted % (slots_.size() / kWays)) * kWays;
    slot = &slots_[first];
    for (size_t i = first; i < first + kWays; ++i) {
      if (slots_[i].key == 0) {
        slot = &slots_[i];
        break;
      }
      if (slots_[i].until < slot->until) slot = &slots_[i];
    }
    *slot = Slot{wanted, now};
  }
  const int64_t most = now + rate_.limit * step_ms();
  slot->until = std::min(most, std::max(slot->until, now) + step_ms());
}

void RateTable::refund(std::string_view key, MonoMs now) {
  if (rate_.limit <= 0) return;
  auto* slot = const_cast<Slot*>(find(hash(key)));
  if (slot) slot->until = std::max(now, slot->until - step_ms());
}

void RateTable::clear(std::string_view key) {
  auto* slot = const_cast<Slot*>(find(hash(key)));
  if (slot) *slot = Slot{};
}

}  // namespace strims::auth
