// What only one connection gets: answers, whispers, its welcome. Each item remembers the end of the
// feed at the time it was queued and goes out there, so that a connection sees everything in the
// order in which the room said it. Lives on the connection's shard.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include "hub/feed.h"

namespace strims::hub {

// Immutable frames, shared by all who are sent them.
using Bytes = std::shared_ptr<const std::string>;

class PrivateQueue {
 public:
  struct Item {
    Bytes bytes;
    FeedPlace at;  // the feed is sent up to here first
    bool counted;
  };

  // `counted`: false for the welcome, which is shared with others and may be longer than the bound.
  void push(Bytes bytes, FeedPlace at, bool counted = true) {
    if (counted) size_ += bytes->size();
    items_.push_back({std::move(bytes), at, counted});
  }
  // In front of everything, of which nothing may have been sent. Not counted.
  void push_front(Bytes bytes) { items_.push_front({std::move(bytes), {}, false}); }
  // Forgets the pings of which nothing has been sent: their places in the feed are not reached any
  // more, and what they say would not be true.
  void drop_pings() {
    constexpr char kPing = '\x89';  // first byte of such a frame (RFC 6455 section 5.2)
    for (size_t i = offset_ > 0 ? 1 : 0; i < items_.size();) {
      if (items_[i].bytes->front() != kPing) {
        ++i;
        continue;
      }
      if (items_[i].counted) size_ -= items_[i].bytes->size();
      items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  bool empty() const { return items_.empty(); }
  size_t count() const { return items_.size(); }
  const Item& operator[](size_t i) const { return items_[i]; }
  // Of the first item, what has been sent.
  size_t offset() const { return offset_; }
  // Counted bytes not yet sent.
  size_t size() const { return size_; }
  // `n` bytes of the first item went out.
  void advance(size_t n) {
    offset_ += n;
    if (items_.front().counted) size_ -= n;
    if (offset_ < items_.front().bytes->size()) return;
    items_.pop_front();
    offset_ = 0;
  }

 private:
  std::deque<Item> items_;
  size_t offset_ = 0;
  size_t size_ = 0;
};

}  // namespace strims::hub
