// The newest entries that a newcomer is shown, oldest first, bounded. Lives on the home shard.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "model/entry.h"

namespace strims::chat {

class HistoryTail {
 public:
  // Today's web client keeps that many lines: of more, the oldest would come again at its end.
  static constexpr size_t kMostLines = 250;

  // `lines`: what a newcomer is shown. At least kMostLines are kept, for those who come back.
  explicit HistoryTail(size_t lines) : lines_(lines), kept_(std::max(lines, kMostLines)) {}

  // Takes an entry that belongs into the history; others are ignored. A tombstone removes its
  // message.
  void add(Entry entry);
  // The newest `lines` (or those for a newcomer), without some: a punishment is left out once it
  // was lifted (and its lifting with it) or its target has spoken since. Clients collapse every
  // line of a punished user, the later ones too.
  std::vector<const Entry*> replay(size_t lines) const;
  std::vector<const Entry*> replay() const { return replay(lines_); }
  // How many lines who has seen all up to `seq` must be shown: a newcomer's, or more where his gap
  // is longer; never more than are kept.
  size_t lines_since(Seq seq) const;
  size_t lines() const { return lines_; }
  // Changes with every change of the tail.
  uint64_t version() const { return version_; }

 private:
  const size_t lines_;
  const size_t kept_;
  uint64_t version_ = 1;
  std::deque<Entry> entries_;
};

}  // namespace strims::chat
