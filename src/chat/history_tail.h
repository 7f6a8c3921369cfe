// The newest entries that a newcomer is shown, oldest first, bounded. Lives on the home shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "model/entry.h"

namespace strims::chat {

class HistoryTail {
 public:
  explicit HistoryTail(size_t limit) : limit_(limit) {}

  // Takes an entry that belongs into the history; others are ignored. A tombstone removes its
  // message.
  void add(const Entry& entry);
  // What to replay. A punishment is left out once it was lifted (and its lifting with it) or its
  // target has spoken since: clients collapse every line of a punished user, the later ones too.
  std::vector<const Entry*> replay() const;
  // Changes with every change of the tail.
  uint64_t version() const { return version_; }
  const Entry* find(EntryId id) const;

 private:
  size_t limit_;
  uint64_t version_ = 1;
  std::deque<Entry> entries_;
};

}  // namespace strims::chat
