// The nonces that are known: (channel, user, nonce) -> the entry that was stored for it. In memory;
// one thread.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "model/entry.h"

namespace strims::journal {

struct KnownEntry {
  EntryId id = 0;
  Seq seq = 0;
  TimeMs at = 0;
};

class NonceTable {
 public:
  // Past `bound` the oldest are forgotten early.
  explicit NonceTable(size_t bound) : bound_(bound) {}

  // The entry stored for this nonce at or after `since`; nullptr when there is none.
  const KnownEntry* find(const Entry& entry, TimeMs since) const;
  // A newer one of the same name replaces the older.
  void add(const Entry& entry) {
    add(entry.channel, entry.actor.id, entry.nonce, {entry.id, entry.seq, entry.at});
  }
  void add(ChannelId channel, UserId user, const std::string& nonce, KnownEntry known);
  // Drops what is older than `since`.
  void forget_before(TimeMs since);
  void clear();
  size_t size() const { return known_.size(); }
  size_t bound() const { return bound_; }

 private:
  struct Key {
    ChannelId channel;
    UserId user;
    std::string nonce;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    size_t operator()(const Key& key) const noexcept;
  };
  struct Known {
    KnownEntry entry;
    uint64_t age;
  };
  using Map = std::unordered_map<Key, Known, Hash>;
  void drop_oldest();

  size_t bound_;
  Map known_;
  // In the order of adding. A name that was added again is in it twice; only the last has the age
  // that the map says, and only with that one the map's node goes.
  struct Aged {
    const Key* key;  // nodes of the map do not move
    uint64_t age;
  };
  uint64_t ages_ = 0;
  std::deque<Aged> by_age_;
};

}  // namespace strims::journal
