#include "hub/connection.h"

#include <sys/epoll.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>

#include "hub/shard_hub.h"
#include "proto/ws_encoder.h"

namespace strims::hub {
namespace {

constexpr size_t kParts = 16;

uint32_t seconds(MonoMs now) {
  return static_cast<uint32_t>(now / 1000) + 1;
}

}  // namespace

Connection::Connection(ShardHub& hub, chat::ConnId id, net::Socket socket, Flavour flavour,
                       Mode mode, bool deflate, std::unique_ptr<Identity> identity,
                       http::ConnectionTable::Lease lease)
    : hub_(hub),
      socket_(std::move(socket)),
      decoder_({.max_message = hub.settings().max_message_bytes}, deflate),
      identity_(std::move(identity)),
      lease_(std::move(lease)),
      id_(id),
      heard_s_(seconds(hub.reactor().now())),
      flavour_(flavour),
      mode_(mode) {
  // Until the room has answered only the end of the connection is of interest.
  watched_ = hub_.reactor().add(socket_.fd(), 0, this);
}

void Connection::send(Bytes frames) {
  // Nothing follows a close frame (RFC 6455 section 5.5.1).
  if (state_ == State::closing) return;
  queue(std::move(frames), true);
}

void Connection::queue(Bytes frames, bool counted) {
  if (state_ == State::dead || frames->empty()) return;
  if (!queue_) queue_ = std::make_unique<PrivateQueue>();
  // One alone may be longer: an echoed message, say.
  const size_t before = queue_->size();
  if (counted && before > 0 && before + frames->size() > hub_.settings().private_queue_bytes)
    return cut("private_queue_full");
  queue_->push(std::move(frames), hub_.ring(flavour_).end(), counted);
  hub_.mark_dirty(*this);
}

void Connection::welcome(const std::vector<Bytes>& frames) {
  if (state_ != State::joining) return;
  for (const Bytes& bytes : frames) queue(bytes, false);
  state_ = State::live;
  if (mode_ == Mode::chat) {
    cursor_ = hub_.ring(flavour_).end();
    follows_feed_ = true;
  }
  // First what came with the request, then what the socket gives.
  if (const auto bytes = std::move(leftover_))
    decoder_.feed({reinterpret_cast<uint8_t*>(bytes->data()), bytes->size()}, *this,
                  &hub_.inflater());
  if (state_ != State::dead) start_reading();
}

void Connection::start_reading() {
  if (!watched_ || !hub_.reactor().modify(socket_.fd(), EPOLLIN | (blocked_ ? EPOLLOUT : 0u), this))
    return cut("epoll");
  // Decrypted bytes inside a TLS session make no event.
  if (socket_.has_buffered_input()) read_some();
}

void Connection::keep_leftover(std::string bytes) {
  if (!bytes.empty()) leftover_ = std::make_unique<std::string>(std::move(bytes));
}

void Connection::close(uint16_t code, std::string_view reason) {
  if (state_ == State::dead || state_ == State::closing) return;
  send(std::make_shared<const std::string>(proto::close_frame(code, reason)));
  if (state_ == State::dead) return;
  state_ = State::closing;
  follows_feed_ = false;
  stalled_s_ = seconds(hub_.reactor().now());
  if (watched_) hub_.reactor().modify(socket_.fd(), EPOLLIN | (blocked_ ? EPOLLOUT : 0u), this);
}

void Connection::cut(std::string_view why) {
  if (state_ == State::dead) return;
  socket_.reset_on_close();
  finish(why);
}

void Connection::finish(std::string_view why) {
  if (state_ == State::dead) return;
  state_ = State::dead;
  if (watched_) hub_.reactor().remove(socket_.fd());
  socket_.close();
  hub_.remove(*this, why);
}

bool Connection::wants_flush() const {
  if (blocked_ || state_ == State::dead) return false;
  return (queue_ && !queue_->empty()) || (follows_feed_ && cursor_ != hub_.ring(flavour_).end());
}

// The order of all that is to be sent: the feed up to the first private item, the item, and so on,
// then the feed. advance() goes the same way.
size_t Connection::gather(iovec* parts, size_t max_parts) const {
  const FeedRing& ring = hub_.ring(flavour_);
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
  const size_t items = queue_ ? queue_->count() : 0;
  for (size_t i = 0; i < items; ++i) {
    const PrivateQueue::Item& item = (*queue_)[i];
    if (at != 0 && item.at > at) {
      if (!add(ring.range(at, item.at).data(), static_cast<size_t>(item.at - at))) return count;
      at = item.at;
    }
    const size_t skip = i == 0 ? queue_->offset() : 0;
    if (!add(item.bytes->data() + skip, item.bytes->size() - skip)) return count;
  }
  if (follows_feed_ && at != ring.end())
    add(ring.range(at, ring.end()).data(), static_cast<size_t>(ring.end() - at));
  return count;
}

void Connection::flush() {
  while (wants_flush()) {
    if (cursor_ != 0 && !hub_.ring(flavour_).holds(cursor_)) return cut("slow_reader");
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
    if (!queue_ || queue_->empty()) {
      cursor_ += n;
    } else if (const FeedPosition at = (*queue_)[0].at; cursor_ != 0 && at > cursor_) {
      n = std::min<size_t>(sent, static_cast<size_t>(at - cursor_));
      cursor_ += n;
    } else {
      n = std::min(sent, (*queue_)[0].bytes->size() - queue_->offset());
      queue_->advance(n);
    }
    sent -= n;
  }
  if (queue_ && queue_->empty()) queue_.reset();
}

void Connection::set_blocked(bool blocked) {
  blocked_ = blocked;
  if (state_ == State::live) stalled_s_ = blocked ? seconds(hub_.reactor().now()) : 0;
  const uint32_t in = state_ == State::joining ? 0u : EPOLLIN;
  if (watched_) hub_.reactor().modify(socket_.fd(), in | (blocked ? EPOLLOUT : 0u), this);
}

void Connection::on_event(uint32_t events) {
  if (state_ == State::dead) return;
  if (events & EPOLLOUT && blocked_) {
    set_blocked(false);
    flush();
  }
  if (state_ == State::dead) return;
  if (state_ == State::joining) {
    if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) finish("gone_while_joining");
    return;
  }
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)) read_some();
}

void Connection::read_some() {
  size_t budget = hub_.settings().read_bytes_per_turn;
  do {
    const std::span<uint8_t> into =
        hub_.reactor().scratch().first(std::min(budget, hub_.reactor().scratch().size()));
    const net::IoResult result = socket_.read(into);
    if (result.status == net::IoStatus::would_block) return;
    if (result.status == net::IoStatus::want_write) return set_blocked(true);
    if (result.status != net::IoStatus::ok) return finish("peer_closed");
    heard_s_ = seconds(hub_.reactor().now());
    decoder_.feed(into.first(result.bytes), *this, &hub_.inflater());
    if (state_ == State::dead) return;
    budget -= std::min(budget, result.bytes);
  } while (socket_.has_buffered_input() && budget > 0);
  // What TLS has decrypted and the budget left over makes no event: look again in the next turn.
  if (socket_.has_buffered_input()) hub_.read_again(id_);
}

bool Connection::on_event(const proto::WsDecoder::Event& event) {
  using Event = proto::WsDecoder::Event;
  switch (event.kind) {
    case Event::text:
      if (state_ == State::live) on_message(event.payload);
      break;
    case Event::binary:
      if (state_ != State::live) break;
      if (mode_ == Mode::echo) {
        send(std::make_shared<const std::string>(proto::binary_frame(event.payload)));
      } else {
        close(1003, "text only");
      }
      break;
    case Event::ping:
      if (state_ == State::live)
        send(std::make_shared<const std::string>(proto::pong_frame(event.payload)));
      break;
    case Event::pong:
      break;
    case Event::close:
      heard_close_ = true;
      if (state_ == State::closing) {
        if (!queue_) finish("closed");
      } else {
        close(event.close_code == proto::kCloseNoStatus ? uint16_t{1000} : event.close_code, {});
      }
      break;
    case Event::error:
      lost_track_ = true;
      close(event.close_code, event.payload);
      break;
  }
  return true;
}

void Connection::on_message(std::string_view text) {
  if (mode_ == Mode::echo) {
    send(std::make_shared<const std::string>(proto::text_frame(text)));
    return;
  }
  Parsed parsed = hub_.dialect(flavour_).parse(text);
  switch (parsed.kind) {
    case Parsed::Kind::ignore:
      return;
    case Parsed::Kind::close:
      return close(1008, "protocol");
    case Parsed::Kind::ping:
      if (take_command_token()) hub_.send_text(*this, hub_.dialect(flavour_).pong(parsed.text));
      return;
    case Parsed::Kind::refused:
      hub_.refuse(*this, "protocolerror", {});
      return;
    case Parsed::Kind::command:
      if (!take_command_token()) return hub_.refuse(*this, "throttled", parsed.command.nonce);
      return hub_.submit(*this, std::move(parsed.command));
  }
}

bool Connection::take_command_token() {
  const HubSettings& s = hub_.settings();
  if (s.commands_per_second <= 0 || (identity_ && identity_->user->is_bot())) return true;
  const int64_t now = hub_.reactor().now() * 1000;
  const int64_t step = 1'000'000 / s.commands_per_second;
  const int64_t due = std::max(command_due_us_, now);
  if (due - now > step * s.commands_burst) return false;
  command_due_us_ = due + step;
  return true;
}

void Connection::check_time(MonoMs now) {
  if (state_ == State::dead) return;
  const HubSettings& s = hub_.settings();
  const auto older = [&](uint32_t since, int64_t ms) {
    return since != 0 && int64_t{seconds(now)} - since > std::max<int64_t>(1, ms / 1000);
  };
  if (state_ == State::closing) {
    if (older(stalled_s_, s.close_timeout_ms)) finish("close_timeout");
    return;
  }
  if (blocked_ && older(stalled_s_, s.write_timeout_ms)) return cut("slow_reader");
  if (older(heard_s_, s.pong_timeout_ms)) cut("pong_timeout");
}

}  // namespace strims::hub
