// One feed on one shard: what readers of a dialect see of the journal, as plain WebSocket frames
// and, while anybody negotiated compression, as the same frames deflated with one window that all
// share (RFC 7692 with server context takeover). Both forms have the same frames in the same order,
// so a reader may change over where an epoch begins: at a frame that refers to nothing before it.
// Lives on its shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/feed_ring.h"
#include "model/entry.h"

namespace strims::hub {

enum class Encoding : uint8_t { plain, deflated };

// The same moment of a feed in both of its forms.
struct FeedPlace {
  FeedPosition plain = 0;
  FeedPosition deflated = 0;
  FeedPosition in(Encoding encoding) const {
    return encoding == Encoding::plain ? plain : deflated;
  }
};

// A stretch of the feed as the home shard made it, for all shards: frames one behind the other.
struct FeedPart {
  struct Frame {
    uint32_t plain;     // where it begins in `plain`
    uint32_t deflated;  // and in `deflated`
    bool epoch;         // its deflated form refers to nothing before it
    Seq seq;            // of its entry; 0 when it was made from none
  };
  std::string plain;
  std::string deflated;  // empty while nobody reads it
  std::vector<Frame> frames;
};

class Feed {
 public:
  // `bytes`: of the plain form; the deflated one gets a quarter, since it is that much smaller.
  explicit Feed(size_t bytes);

  void append(const FeedPart& part);
  // A control frame, which is the same in both forms (control frames are never compressed).
  void append_control(std::string_view frame);

  FeedPlace end() const { return {plain_.end(), deflated_.end()}; }
  size_t capacity(Encoding encoding) const { return ring(encoding).capacity(); }
  // True while the bytes from `position` on are still here.
  bool holds(Encoding encoding, FeedPosition position) const {
    return ring(encoding).holds(position);
  }
  // [from, to), which must be held.
  std::span<const uint8_t> range(Encoding encoding, FeedPosition from, FeedPosition to) const {
    return ring(encoding).range(from, to);
  }

  // The first epoch that begins at or behind this plain position, if one did; the newest of them
  // are kept.
  std::optional<FeedPlace> epoch_from(FeedPosition plain) const;

  // A frame that begins at or behind a position that is held, the first that is remembered (the
  // plain form decides for how long), and the number of the first entry from there on. The end of
  // the feed when there is none; then `seq` is 0.
  struct Boundary {
    FeedPlace place;
    Seq seq = 0;
  };
  Boundary boundary(Encoding encoding, FeedPosition position) const;

 private:
  struct Mark {
    FeedPlace place;
    Seq seq;
  };
  const FeedRing& ring(Encoding encoding) const {
    return encoding == Encoding::plain ? plain_ : deflated_;
  }
  void trim();

  FeedRing plain_;
  FeedRing deflated_;
  std::deque<Mark> marks_;        // where frames begin, as far back as the plain ring goes
  std::deque<FeedPlace> epochs_;  // the newest ones
};

}  // namespace strims::hub
