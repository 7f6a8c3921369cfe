#include "hub/shard_hub.h"

#include <algorithm>

#include "base/bytes.h"
#include "hub/hub.h"
#include "hub/metrics.h"
#include "obs/log.h"
#include "proto/ws_encoder.h"

namespace strims::hub {
namespace {

constexpr int64_t kTickMs = 1000;
constexpr size_t kMaxWaitingForHome = 50'000;

}  // namespace

ShardHub::ShardHub(Hub& hub, net::Shards& shards, size_t shard)
    : hub_(hub), reactor_(shards.reactor(shard)), shard_(shard), to_home_(shards, Hub::kHome) {
  for (auto& feed : feeds_) feed = std::make_unique<Feed>(hub.settings().ring_bytes);
  next_ping_ = reactor_.now() + hub.settings().ping_interval_ms;
  reactor_.at_next(kTickMs, [this] { tick(); });
}

ShardHub::~ShardHub() = default;

const HubSettings& ShardHub::settings() const {
  return hub_.settings();
}
const Dialect& ShardHub::dialect(Flavour flavour) const {
  return hub_.dialect(flavour);
}

chat::ConnId ShardHub::adopt(Newcomer newcomer) {
  uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Slot& place = slots_[slot];
  if (++place.generation == 0) place.generation = 1;
  const chat::ConnId id{.shard = static_cast<uint16_t>(shard_),
                        .flavour = static_cast<uint16_t>(newcomer.flavour),
                        .slot = slot,
                        .generation = place.generation};
  const UserPtr user = newcomer.identity ? newcomer.identity->user : nullptr;
  place.connection = std::make_unique<Connection>(*this, id, newcomer);
  place.index = static_cast<uint32_t>(connections_.size());
  Connection& connection = *place.connection;
  const LoginKey login = connection.login() ? connection.login()->key : 0;
  connections_.push_back(&connection);
  ++readers_[static_cast<size_t>(newcomer.flavour)];
  metrics().connections.add(1);
  if (connection.wants_deflated()) hub_.deflate_demand(newcomer.flavour).enter();

  connection.send(std::make_shared<const std::string>(std::move(newcomer.head)));
  if (newcomer.mode == Connection::Mode::echo) {
    connection.welcome({});
  } else {
    to_home_.add([&hub = hub_, id, user, address = newcomer.address, since = newcomer.since,
                  login] { hub.join(id, user, address, since, login); });
  }
  return id;
}

Connection* ShardHub::find(chat::ConnId id) {
  if (id.slot >= slots_.size()) return nullptr;
  const Slot& slot = slots_[id.slot];
  return slot.generation == id.generation ? slot.connection.get() : nullptr;
}

void ShardHub::remove(Connection& connection, std::string_view why) {
  Slot& slot = slots_[connection.id().slot];
  const uint32_t index = slot.index;
  connections_[index] = connections_.back();
  slots_[connections_[index]->id().slot].index = index;
  connections_.pop_back();
  if (sweep_left_ > 0) sweep_left_ = connections_.size();  // the one that moved must not be missed
  const auto flavour = static_cast<size_t>(connection.flavour());
  --readers_[flavour];
  if (connection.reads_deflated()) --deflated_[flavour];
  if (connection.wants_deflated())
    hub_.deflate_demand(connection.flavour()).leave(!connection.reads_deflated());
  free_.push_back(connection.id().slot);
  metrics().connections.sub(1);
  metrics().closed(why).inc();
  if (const Login* who = connection.login(); who && who->echo_waits) tell_echoes();
  if (connection.mode() == Connection::Mode::chat)
    to_home_.add([&hub = hub_, id = connection.id()] { hub.leave(id); });
  reactor_.bury(std::move(slot.connection));
  ++slot.generation;
}

void ShardHub::apply(const FeedBatch& batch) {
  for (size_t i = 0; i < kFlavours; ++i) {
    const FeedPart& part = batch.parts[i];
    if (part.frames.empty()) continue;
    feeds_[i]->append(part);
    metrics().deliveries.inc(part.frames.size() * readers_[i]);
    if (part.plain.size() > part.deflated.size())
      metrics().deflate_saved.inc((part.plain.size() - part.deflated.size()) * deflated_[i]);
  }
  last_seq_ = std::max(last_seq_, batch.last_seq);
  sweep_left_ = connections_.size();
}

void ShardHub::welcome(chat::ConnId id, const std::vector<Bytes>& frames) {
  if (Connection* connection = find(id)) connection->welcome(frames);
}

void ShardHub::resume_feed(chat::ConnId id, const std::vector<Bytes>& frames) {
  if (Connection* connection = find(id)) connection->resume_feed(frames);
}

void ShardHub::expel(chat::ConnId id, std::string_view word) {
  Connection* connection = find(id);
  if (!connection) return;
  refuse(*connection, word, {});
  connection->close(1008, word);
}

void ShardHub::end_access(std::string_view access_id, UserId user) {
  const LoginKey ended_key = login_key(access_id);
  std::vector<Connection*> ended;
  for (Connection* c : connections_) {
    const Login* login = c->login();
    if (login && login->user == user && login->key == ended_key) ended.push_back(c);
  }
  for (Connection* c : ended) c->close(1008, "revoked");
}

void ShardHub::refuse(Connection& connection, std::string_view word, std::string_view nonce) {
  metrics().refused(word).inc();
  send_text(connection, dialect(connection.flavour()).refusal({.word = word}, nonce));
}

void ShardHub::send_text(Connection& connection, const std::string& text) {
  if (!text.empty()) connection.send(std::make_shared<const std::string>(proto::text_frame(text)));
}

void ShardHub::submit(Connection& connection, chat::Command command) {
  metrics().commands.inc();
  if (to_home_.size() >= kMaxWaitingForHome)
    return refuse(connection, "unavailable", command.nonce);
  to_home_.add([&hub = hub_, id = connection.id(), command = std::move(command)]() mutable {
    hub.command(id, std::move(command));
  });
}

void ShardHub::count_sent(size_t bytes) {
  metrics().sends.inc();
  metrics().bytes_sent.inc(bytes);
}

void ShardHub::count_deflated(const Connection& connection, int change) {
  deflated_[static_cast<size_t>(connection.flavour())] += static_cast<size_t>(change);
  hub_.deflate_demand(connection.flavour()).wait(change < 0);
  metrics().deflated.add(change);
}

void ShardHub::ask_for_gap(const Connection& connection, Seq first_missed) {
  metrics().gaps.inc();
  to_home_.add([&hub = hub_, id = connection.id(), first_missed] { hub.gap(id, first_missed); });
}

bool ShardHub::has_work() const {
  return (sweep_left_ > 0 && !pass_timer_) || !dirty_.empty() || !read_again_.empty();
}

bool ShardHub::turn() {
  for (const chat::ConnId id : std::exchange(read_again_, {}))
    if (Connection* connection = find(id)) connection->read_some();
  if (drain_spread_ms_ >= 0) drain_some();
  flush_dirty();
  sweep();
  const bool waiting = to_home_.flush();
  return waiting || has_work();
}

void ShardHub::flush_dirty() {
  // Flushing may mark connections again: those come behind, in the next slice.
  const size_t count = std::min(dirty_.size(), settings().sends_per_slice * 4);
  for (size_t i = 0; i < count; ++i) {
    // Also when nothing is left to send: what follows the last byte is done by flush().
    if (Connection* connection = find(dirty_[i])) flush(*connection);
  }
  send_batch();
  dirty_.erase(dirty_.begin(), dirty_.begin() + static_cast<std::ptrdiff_t>(count));
}

// False while the operator's least time between two passes has not gone by; then a timer wakes us.
bool ShardHub::may_sweep() {
  if (settings().min_sweep_gap_ms == 0 || pass_left_ > 0) return true;
  const MonoMs now = reactor_.now();
  if (now >= next_pass_) {
    next_pass_ = now + settings().min_sweep_gap_ms;
    pass_left_ = connections_.size();
    return true;
  }
  if (!pass_timer_) {
    pass_timer_ = true;
    reactor_.after(next_pass_ - now, [this] { pass_timer_ = false; });
  }
  return false;
}

void ShardHub::sweep() {
  size_t sends = 0;
  // A visit that sends nothing is nearly free; the second bound is for a shard full of blocked
  // readers.
  for (size_t visits = 0; sweep_left_ > 0 && sends < settings().sends_per_slice && visits < 16'384;
       ++visits) {
    if (connections_.empty()) {
      sweep_left_ = 0;
      break;
    }
    if (!may_sweep()) break;
    if (pass_left_ > 0) --pass_left_;
    if (sweep_at_ >= connections_.size()) sweep_at_ = 0;
    --sweep_left_;
    visit(*connections_[sweep_at_++], sends);
  }
  send_batch();
}

void ShardHub::flush(Connection& connection) {
  if (!connection.flush_later(batch_)) return connection.flush();
  if (batch_.full()) send_batch();
}

void ShardHub::send_batch() {
  batch_.run(reactor_.poller(), [](Connection& connection, auto parts, const auto& result) {
    connection.sent(parts, result);
  });
}

void ShardHub::visit(Connection& connection, size_t& sends) {
  if (connection.wants_flush()) {
    flush(connection);
    ++sends;
  } else if (connection.lags()) {
    connection.fall_behind();
  }
}

void ShardHub::ping() {
  // One frame in each feed serves all: it goes out with whatever else there is to send, and its
  // payload is the number of the last entry before it, so that the pong says what the client has
  // surely received.
  const std::string frame = proto::ping_frame(std::to_string(last_seq_));
  for (auto& feed : feeds_) feed->append_control(frame);
  pinged_ = last_seq_;
  sweep_left_ = connections_.size();
}

void ShardHub::ping(Connection& connection) {
  pinged_ = last_seq_;
  connection.send_now(proto::ping_frame(std::to_string(last_seq_)));
}

void ShardHub::note_echo(chat::ConnId id, Login& login, std::string_view payload) {
  const auto seq = parse_u64(payload);
  if (!seq || *seq <= login.echoed || *seq > pinged_) return;
  login.echoed = *seq;
  if (!std::exchange(login.echo_waits, true)) echoed_.push_back(id);
}

void ShardHub::tell_echoes() {
  std::vector<Echo> echoes;
  for (const chat::ConnId id : std::exchange(echoed_, {})) {
    Connection* connection = find(id);
    if (!connection) continue;
    Login& login = *connection->login();
    login.echo_waits = false;
    echoes.push_back({login.key, login.echoed});
  }
  if (!echoes.empty())
    to_home_.add([&hub = hub_, echoes = std::move(echoes)] { hub.heard(echoes); });
}

void ShardHub::tick() {
  const MonoMs now = reactor_.now();
  if (now >= next_ping_) {
    next_ping_ = now + settings().ping_interval_ms;
    ping();
  }
  tell_echoes();
  check_time(now);
  reactor_.at_next(kTickMs, [this] { tick(); });
}

void ShardHub::check_time(MonoMs now) {
  // Backwards, because a connection that is removed puts the last one into its place.
  for (size_t i = connections_.size(); i > 0; --i) connections_[i - 1]->check_time(now);
}

void ShardHub::drain(int64_t spread_ms) {
  drain_start_ = reactor_.now();
  drain_spread_ms_ = std::max<int64_t>(0, spread_ms);
  drain_total_ = connections_.size();
  // Wakes the loop while the closes are spread.
  if (drain_spread_ms_ > 0) {
    for (int64_t at = 50; at <= drain_spread_ms_ + 50; at += 50) reactor_.after(at, [] {});
  }
}

void ShardHub::drain_some() {
  const int64_t gone = reactor_.now() - drain_start_;
  const size_t due =
      drain_spread_ms_ == 0 || gone >= drain_spread_ms_
          ? drain_total_ + connections_.size()  // with those who came in meanwhile
          : drain_total_ * static_cast<size_t>(gone) / static_cast<size_t>(drain_spread_ms_);
  size_t closed = 0;
  for (const Connection* c : connections_) closed += c->state() != Connection::State::live;
  closed += drain_total_ - std::min(drain_total_, connections_.size());
  for (size_t i = connections_.size(); i > 0 && closed < due; --i) {
    if (connections_[i - 1]->state() != Connection::State::live) continue;
    connections_[i - 1]->close(1001, "restart");
    ++closed;
  }
}

}  // namespace strims::hub
