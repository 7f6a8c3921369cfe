// What a connection sends: the feed from its cursor on, with its private frames at their places.
#include <sys/uio.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "hub/connection.h"
#include "hub/shard_hub.h"

namespace strims::hub {
namespace {

constexpr size_t kParts = net::SendBatch<Connection>::kParts;

}  // namespace

bool Connection::wants_flush() const {
  if (blocked_ || in_batch_ || state_ == State::dead) return false;
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

// What is to be sent next; 0 parts: nothing.
size_t Connection::next_parts(std::span<iovec> parts) {
  if (!wants_flush()) return 0;
  change_over();
  if (cursor_ == 0 || hub_.feed(flavour_).holds(encoding_, cursor_))
    return gather(parts.data(), parts.size());
  cut("slow_reader");
  return 0;
}

// After a write: true when more may be written at once.
bool Connection::settle(std::span<const iovec> parts, const net::IoResult& result) {
  switch (result.status) {
    case net::IoStatus::ok: {
      size_t wanted = 0;
      for (const iovec& part : parts) wanted += part.iov_len;
      advance(result.bytes);
      if (result.bytes < wanted) {
        set_blocked(true);
        return false;
      }
      if (wanted < hub_.settings().flush_bytes) return true;
      // A reader that takes everything is served again in the next round, behind the others.
      hub_.mark_dirty(*this);
      return false;
    }
    case net::IoStatus::would_block:
    case net::IoStatus::want_write:
      set_blocked(true);
      return false;
    case net::IoStatus::closed:
    case net::IoStatus::error:
      finish("write_failed");
      return false;
  }
  return false;
}

bool Connection::flush_later(net::SendBatch<Connection>& batch) {
  if (!socket_.sends_in_batches()) return false;
  if (in_batch_) return true;
  const size_t count = next_parts(batch.room());
  if (count == 0) return false;  // flush() does what follows the last byte
  batch.add(socket_, count, *this);
  in_batch_ = true;
  return true;
}

void Connection::sent(std::span<const iovec> parts, const net::IoResult& result) {
  in_batch_ = false;
  if (settle(parts, result)) flush();
}

void Connection::flush() {
  std::array<iovec, kParts> room;
  while (const size_t count = next_parts(room)) {
    const std::span<const iovec> parts(room.data(), count);
    const net::IoResult result =
        count == 1
            ? socket_.write({static_cast<const uint8_t*>(parts[0].iov_base), parts[0].iov_len})
            : socket_.writev(parts);
    if (!settle(parts, result)) return;
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

void Connection::send_now(std::string_view frame) {
  const bool up_to_date = cursor_ == hub_.feed(flavour_).end().in(encoding_);
  if (queue_ || blocked_ || in_batch_ || !follows_feed_ || !up_to_date) return;
  const net::IoResult result = socket_.write(as_bytes(frame));
  // What has begun must be finished, over TLS with the same bytes.
  if (result.bytes == frame.size() || (result.bytes == 0 && socket_.owed() == 0)) return;
  send(std::make_shared<const std::string>(frame.substr(result.bytes)));
}

bool Connection::lags() const {
  if (!follows_feed_ || in_batch_ || state_ != State::live) return false;
  const FeedPosition behind = hub_.feed(flavour_).end().in(encoding_)-cursor_;
  const size_t most = hub_.settings().lag_max_bytes;
  return behind > (encoding_ == Encoding::plain ? most : most / 4);
}

// What the socket has taken a part of must be finished before anything else may follow: it goes to
// the front of the private queue, since the feed will not keep it. False when that cannot be told.
bool Connection::keep_started_frame(FeedPosition behind) {
  if (behind == cursor_) return true;
  // Never into private frames: their places are where frames begin.
  if (queue_ && (*queue_)[0].at.in(encoding_) < behind) return false;
  const auto rest = hub_.feed(flavour_).range(encoding_, cursor_, behind);
  if (!queue_) queue_ = std::make_unique<PrivateQueue>();
  queue_->push_front(std::make_shared<const std::string>(as_text(rest)));
  return true;
}

void Connection::fall_behind() {
  const Feed& feed = hub_.feed(flavour_);
  if (!feed.holds(encoding_, cursor_)) return cut("slow_reader");
  if (queue_) {
    // What a TLS write that was begun must repeat may reach into them.
    if (socket_.owed() > 0) return cut("slow_reader");
    queue_->drop_pings();
    if (queue_->empty()) queue_.reset();
  }
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
