// The newest entries of the journal as encoded frames, for connections that come back and name the
// last number they have (/ws?since=SEQ). Bounded; what is older is fetched over REST. Home shard.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "hub/private_queue.h"
#include "model/entry.h"

namespace strims::hub {

class RecentFrames {
 public:
  explicit RecentFrames(size_t limit) : limit_(limit) {}

  // In order of seq. Entries that the dialect does not show have an empty frame: their number still
  // counts.
  void add(Seq seq, Bytes frame);
  // The entry was deleted: nobody is sent it any more. Ignores numbers that are not here.
  void forget(Seq seq);
  // Frames of all entries after `since`, oldest first; nothing when some of them are not here any
  // more, or when `since` lies in the future (another journal).
  std::optional<std::vector<Bytes>> after(Seq since) const;
  // Frames of the entries from `first` on that are still here, oldest first.
  std::vector<Bytes> newest_from(Seq first) const;

 private:
  struct Frame {
    Seq seq;
    Bytes bytes;
  };
  const size_t limit_;
  Seq newest_ = 0;
  std::deque<Frame> frames_;
};

}  // namespace strims::hub
