// What a connection sends: the feed from its cursor on, with its private frames at their places.
#include <sys/uio.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "hub/connection.h"
#include "hub/shard_hub.h"

namespace strims::hub {
namespace {

constexpr size_t kParts = 16;

}  // namespace

bool Connection::wants_flush() const {
  if (blocked_ || state_ == State::dead) return false;
  return (queue_ && !queue_->empty()) ||
         (follows_feed_ && cursor_ != hub_.feed(flavour_).end().in(encoding_));
}

// How far the feed is sent in its present form: a reader who waits for an epoch changes over where
// it begins.
FeedPosition Connection::feed_limit() const {
  const Feed& feed = hub_.feed(flavour_);
  if (shared_window_ && encoding_ == Encoding::plain)
    if (const auto epoch = feed.epoch_from(cursor_)) return epoch->plain;
  return feed.end().in(encoding_);
}

void Connection::change_over() {
  if (!shared_window_ || encoding_ == Encoding::deflated || cursor_ == 0) return;
  const auto epoch = hub_.feed(flavour_).epoch_from(cursor_);
  if (!epoch || epoch->plain != cursor_) return;
  cursor_ = epoch->deflated;
  encoding_ = Encoding::deflated;
  hub_.count_deflated(*this, +1);
}

// The order of all that is to be sent: the feed up to the first private item, the item, and so on,
// then the feed. advance() goes the same way.
size_t Connection::gather(iovec* parts, size_t max_parts) const {
  const Feed& feed = hub_.feed(flavour_);
  size_t count = 0;
  size_t left = hub_.settings().flush_bytes;
  FeedPosition at = cursor_;
  const auto add = [&](const void* data, size_t size) {
    if (count == max_parts || left == 0) return false;
    const size_t take = std::min(size, left);
    parts[count++] = {const_cast<void*>(data), take};
    left -= take;
    return take == size;
  };
  const auto add_feed = [&](FeedPosition to) {
    const FeedPosition from = std::exchange(at, to);
    return add(feed.range(encoding_, from, to).data(), static_cast<size_t>(to - from));
  };
  const FeedPosition limit = at == 0 ? 0 : feed_limit();
  const size_t items = queue_ ? queue_->count() : 0;
  for (size_t i = 0; i < items; ++i) {
    const PrivateQueue::Item& item = (*queue_)[i];
    const FeedPosition place = item.at.in(encoding_);
    if (at != 0 && place > at && (at == limit || !add_feed(std::min(place, limit)) || at < place))
      return count;
    const size_t skip = i == 0 ? queue_->offset() : 0;
    if (!add(item.bytes->data() + skip, item.bytes->size() - skip)) return count;
  }
  if (follows_feed_ && at != limit) add_feed(limit);
  return count;
}

void Connection::flush() {
  while (wants_flush()) {
    change_over();
    if (cursor_ != 0 && !hub_.feed(flavour_).holds(encoding_, cursor_)) return cut("slow_reader");
    std::array<iovec, kParts> parts;
    const size_t count = gather(parts.data(), parts.size());
    size_t wanted = 0;
    for (size_t i = 0; i < count; ++i) wanted += parts[i].iov_len;
    const net::IoResult result =
        count == 1
            ? socket_.write({static_cast<const uint8_t*>(parts[0].iov_base), parts[0].iov_len})
            : socket_.writev({parts.data(), count});
    switch (result.status) {
      case net::IoStatus::ok:
        advance(result.bytes);
        if (result.bytes < wanted) return set_blocked(true);
        // A reader that takes everything is served again in the next round, behind the others.
        if (wanted >= hub_.settings().flush_bytes) return hub_.mark_dirty(*this);
        break;
      case net::IoStatus::would_block:
      case net::IoStatus::want_write:
        return set_blocked(true);
      case net::IoStatus::closed:
      case net::IoStatus::error:
        return finish("write_failed");
    }
  }
  if (gap_from_ != 0 && !blocked_ && state_ == State::live)
    hub_.ask_for_gap(*this, std::exchange(gap_from_, 0));
  // The closing handshake is done once our answer to the peer's close frame is out (RFC 6455
  // section 7.1.1).
  if (state_ == State::closing && heard_close_ && !queue_) return finish("closed");
  // Nothing the peer says is understood any more, so his close frame cannot be waited for.
  // Half-closing lets him read ours, where a plain close would throw it away over what he still
  // sends.
  if (state_ == State::closing && lost_track_ && !queue_) socket_.shutdown_write();
}

void Connection::advance(size_t sent) {
  hub_.count_sent(sent);
  while (sent > 0) {
    size_t n = sent;
    const FeedPosition place =
        queue_ && !queue_->empty() ? (*queue_)[0].at.in(encoding_) : FeedPosition{0};
    if (!queue_ || queue_->empty()) {
      cursor_ += n;
    } else if (cursor_ != 0 && place > cursor_) {
      n = std::min<size_t>(sent, static_cast<size_t>(place - cursor_));
      cursor_ += n;
    } else {
      n = std::min(sent, (*queue_)[0].bytes->size() - queue_->offset());
      queue_->advance(n);
    }
    sent -= n;
  }
  if (queue_ && queue_->empty()) queue_.reset();
}

bool Connection::lags() const {
  if (!follows_feed_ || state_ != State::live) return false;
  const FeedPosition behind = hub_.feed(flavour_).end().in(encoding_)-cursor_;
  const size_t most = hub_.settings().lag_max_bytes;
  return behind > (encoding_ == Encoding::plain ? most : most / 4);
}

// What the socket has taken a part of must be finished before anything else may follow: it goes to
// the front of the private queue, since the feed will not keep it. False when that cannot be told.
bool Connection::keep_started_frame(FeedPosition behind) {
  if (behind == cursor_) return true;
  // A TLS record under way may reach into private frames.
  if (queue_ && !queue_->empty() && (*queue_)[0].at.in(encoding_) < behind) return false;
  const auto rest = hub_.feed(flavour_).range(encoding_, cursor_, behind);
  if (!queue_) queue_ = std::make_unique<PrivateQueue>();
  queue_->push_front(std::make_shared<const std::string>(as_text(rest)));
  return true;
}

void Connection::fall_behind() {
  const Feed& feed = hub_.feed(flavour_);
  if (!feed.holds(encoding_, cursor_)) return cut("slow_reader");
  // A TLS write that was begun must be repeated byte for byte.
  const Feed::Boundary next = feed.boundary(encoding_, cursor_ + socket_.owed());
  if (!keep_started_frame(next.place.in(encoding_))) return cut("slow_reader");
  if (reads_deflated()) hub_.count_deflated(*this, -1);
  encoding_ = Encoding::plain;
  cursor_ = 0;
  follows_feed_ = false;
  if (!gaps_) return close(4008, "slow reader");
  // Asked for when he takes bytes again, so that one gap holds all that he missed.
  gap_from_ = next.seq != 0 ? next.seq : hub_.last_seq() + 1;
}

}  // namespace strims::hub
