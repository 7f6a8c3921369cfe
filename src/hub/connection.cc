#include "hub/connection.h"

#include <sys/epoll.h>

#include <algorithm>

#include "hub/shard_hub.h"
#include "proto/ws_encoder.h"

namespace strims::hub {
namespace {

constexpr int64_t kFirstPingMs = 7'000;

uint32_t seconds(MonoMs now) {
  return static_cast<uint32_t>(now / 1000) + 1;
}

}  // namespace

Connection::Connection(ShardHub& hub, chat::ConnId id, Newcomer& newcomer)
    : hub_(hub),
      socket_(std::move(newcomer.socket)),
      decoder_({.max_message = hub.settings().max_message_bytes}, newcomer.deflate),
      login_(newcomer.identity ? std::make_unique<Login>(*newcomer.identity) : nullptr),
      lease_(std::move(newcomer.lease)),
      id_(id),
      heard_s_(seconds(hub.reactor().now())),
      flavour_(newcomer.flavour),
      mode_(newcomer.mode),
      shared_window_(newcomer.shared_window && newcomer.mode == Mode::chat),
      gaps_(newcomer.gaps) {
  if (!newcomer.leftover.empty())
    leftover_ = std::make_unique<std::string>(std::move(newcomer.leftover));
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
  queue_->push(std::move(frames), hub_.feed(flavour_).end(), counted);
  hub_.mark_dirty(*this);
}

void Connection::welcome(const std::vector<Bytes>& frames) {
  if (state_ != State::joining) return;
  for (const Bytes& bytes : frames) queue(bytes, false);
  state_ = State::live;
  if (mode_ == Mode::chat) {
    cursor_ = hub_.feed(flavour_).end().plain;
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

void Connection::resume_feed(const std::vector<Bytes>& frames) {
  if (state_ != State::live || follows_feed_) return;
  for (const Bytes& bytes : frames) queue(bytes, false);
  cursor_ = hub_.feed(flavour_).end().plain;
  follows_feed_ = true;
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
      if (login_) hub_.note_echo(id_, *login_, event.payload);
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
      hub_.refuse(*this, "protocolerror", parsed.command.nonce);
      return;
    case Parsed::Kind::command:
      if (!take_command_token()) return hub_.refuse(*this, "throttled", parsed.command.nonce);
      return hub_.submit(*this, std::move(parsed.command));
  }
}

bool Connection::take_command_token() {
  const HubSettings& s = hub_.settings();
  if (s.commands_per_second <= 0 || (login_ && login_->bot)) return true;
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
  if (older(heard_s_, s.pong_timeout_ms)) return cut("pong_timeout");
  // The pings of the feed are far apart, and the next one may have to wait: a newcomer who is quiet
  // is asked soon; not while his feed stands still, for it would claim what he never got.
  if (pinged_ || !follows_feed_ || state_ != State::live || !older(heard_s_, kFirstPingMs)) return;
  pinged_ = true;
  hub_.ping(*this);
}

}  // namespace strims::hub
