#include "hub/hub.h"

#include "hub/dialects/site_dialect.h"
#include "hub/metrics.h"
#include "obs/log.h"
#include "proto/ws_encoder.h"

namespace strims::hub {
namespace {

constexpr int64_t kTickMs = 250;
constexpr size_t kMaxEchoes = 65'536;
constexpr int64_t kKeepEchoMs = 3'600'000;
constexpr int64_t kPongSlackMs = 5'000;  // a pong may take that long

}  // namespace

Hub::Hub(HubParts parts, HubSettings settings, chat::RoomLimits limits,
         std::vector<std::string> emotes)
    : parts_(parts),
      settings_(settings),
      dialects_{
          make_dgg_dialect(settings.paid_event_ms),
          make_strims_dialect(emotes, [this](std::string_view word) { return shown_nick(word); }),
          make_site_dialect([this] { return stream_info_(); })},
      inbox_(parts.shards.reactor(kHome)),
      room_(kChannel, parts.clock, parts.ids, *this, limits),
      welcome_(parts.clock, settings.paid_event_ms),
      recent_(settings.resume_max_entries),
      echoes_(kMaxEchoes, kKeepEchoMs),
      presence_saver_([this](storage::PresenceDiff batch, auto done) {
        save_presence(std::move(batch), std::move(done));
      }),
      restart_grace_ms_(limits.presence.restart_grace_ms) {
  room_.set_emotes(std::move(emotes));
  encoders_.reserve(kFlavours);
  for (size_t i = 0; i < kFlavours; ++i)
    encoders_.emplace_back(settings_.deflate_level, settings_.deflate_epoch_frames);
  for (size_t i = 0; i < parts_.shards.count(); ++i) {
    shard_hubs_.push_back(std::make_unique<ShardHub>(*this, parts_.shards, i));
    outboxes_.emplace_back(parts_.shards, i);
    parts_.shards.reactor(i).set_idle_hook([this, i] { return turn(i); });
  }
  parts_.shards.reactor(kHome).at_next(kTickMs, [this] { tick(); });
  parts_.journal.set_listener([this](journal::Requests batch) { answered(std::move(batch)); });
}

Hub::~Hub() {
  for (size_t i = 0; i < parts_.shards.count(); ++i) parts_.shards.reactor(i).set_idle_hook({});
}

void Hub::restore(chat::RoomState state, const std::vector<Entry>& recent) {
  last_seq_ = state.last_seq;
  for (const auto& shard : shard_hubs_) shard->restore(last_seq_);
  for (const Entry& entry : recent) remember(entry, dialect(Flavour::dgg).entry(entry));
  if (!recent.empty()) {
    // What was said after the last ping that was surely answered may never have arrived.
    const TimeMs answered = recent.back().at - settings_.ping_interval_ms - kPongSlackMs;
    restart_echo_ = recent.front().seq - 1;
    for (const Entry& entry : recent)
      if (entry.at <= answered) restart_echo_ = entry.seq;
  }
  restart_until_ = parts_.clock.mono_ms() + restart_grace_ms_;
  std::vector<UserId> present;
  present.reserve(state.present.size());
  for (const UserPtr& user : state.present) present.push_back(user->id);
  presence_saver_.restore(present);
  room_.restore(std::move(state));
}

void Hub::join(chat::ConnId conn, const UserPtr& user, const IpAddress& address,
               std::optional<Seq> since, LoginKey login) {
  ++readers_[conn.flavour];
  if (static_cast<Flavour>(conn.flavour) == Flavour::site) return welcome(conn, nullptr);
  if (static_cast<Flavour>(conn.flavour) == Flavour::dgg) {
    const MonoMs now = parts_.clock.mono_ms();
    std::optional<Seq> echoed;
    if (user) echoed = echoes_.last(login, now);
    if (user && !echoed && now < restart_until_ && room_.presence().in_grace(user->id))
      echoed = restart_echo_;
    if (since || echoed) returning_[conn] = {since, echoed};
  }
  room_.join(conn, user, address);
}

void Hub::leave(chat::ConnId conn) {
  --readers_[conn.flavour];
  if (static_cast<Flavour>(conn.flavour) == Flavour::site) return;
  returning_.erase(conn);
  room_.leave(conn);
}

void Hub::heard(const std::vector<Echo>& echoes) {
  const MonoMs now = parts_.clock.mono_ms();
  for (const Echo& echo : echoes) echoes_.heard(echo, now);
}

void Hub::call(UserPtr user, chat::Command command,
               std::move_only_function<void(Result<chat::Receipt>)> reply) {
  inbox_.push([this, user = std::move(user), command = std::move(command),
               reply = std::move(reply)]() mutable {
    chat::Asker asker;
    asker.user = std::move(user);
    asker.nonce = command.nonce;
    asker.reply = std::move(reply);
    room_.command(std::move(asker), std::move(command));
  });
}

void Hub::command(chat::ConnId conn, chat::Command command) {
  if (static_cast<Flavour>(conn.flavour) == Flavour::site) return;
  chat::Asker asker;
  asker.conn = conn;
  asker.nonce = command.nonce;
  room_.command(std::move(asker), std::move(command));
}

void Hub::user_changed(User user) {
  if (account_changed_) account_changed_(user.id);
  // Through the mailbox, as newcomers come: who connects after the change must not be ahead of it.
  auto changed = std::make_shared<const User>(std::move(user));
  const auto apply = [this, changed] { room_.user_changed(*changed); };
  if (!parts_.shards.post(kHome, apply)) inbox_.push(apply);
}

void Hub::end_access(std::string access_id, UserId user) {
  inbox_.push([this, access_id = std::move(access_id), user] {
    for (size_t i = 0; i < outboxes_.size(); ++i)
      outboxes_[i].add(
          [shard = shard_hubs_[i].get(), access_id, user] { shard->end_access(access_id, user); });
  });
}

void Hub::history(std::move_only_function<void(std::string)> answer) {
  inbox_.push([this, answer = std::move(answer)]() mutable {
    const chat::HistoryTail& tail = room_.history();
    if (history_version_ != tail.version()) {
      const std::string frame = dialect(Flavour::dgg).history(tail.replay());
      history_json_ = frame.substr(frame.find(' ') + 1);
      history_version_ = tail.version();
    }
    answer(history_json_);
  });
}

void Hub::announce(EntryKind kind, std::string text, std::string fields,
                   std::move_only_function<void(Result<chat::Receipt>)> reply) {
  inbox_.push([this, kind, text = std::move(text), fields = std::move(fields),
               reply = std::move(reply)]() mutable {
    room_.announce(kind, std::move(text), std::move(fields), std::move(reply));
  });
}

void Hub::show_stream(std::string fields) {
  inbox_.push([this, fields = std::move(fields)] { publish_stream(fields); });
}

void Hub::look(std::move_only_function<void(const chat::Room&)> look) {
  inbox_.push([this, look = std::move(look)]() mutable { look(room_); });
}

void Hub::drain(int64_t spread_ms) {
  draining_.store(true, std::memory_order_relaxed);
  inbox_.push([this, spread_ms] {
    room_.hold_presence();
    presence_saver_.add(room_.take_presence_moves());
    presence_saver_.finish();
    presence_saved_.store(presence_saver_.settled(), std::memory_order_relaxed);
    for (size_t i = 0; i < outboxes_.size(); ++i)
      outboxes_[i].add([shard = shard_hubs_[i].get(), spread_ms] { shard->drain(spread_ms); });
  });
}

struct Hub::Admitted final : journal::Request {
  Admitted(Entry& e, chat::Asker& a) : Request(std::move(e)), asker(std::move(a)) {}
  chat::Asker asker;
};

bool Hub::append(Entry& entry, chat::Asker& asker) {
  std::unique_ptr<journal::Request> request = std::make_unique<Admitted>(entry, asker);
  if (parts_.journal.append(request)) return true;
  auto& refused = static_cast<Admitted&>(*request);
  entry = std::move(refused.entry);
  asker = std::move(refused.asker);
  return false;
}

void Hub::answered(journal::Requests batch) {
  std::vector<HomeInbox::Task> tasks;
  tasks.reserve(batch.size());
  for (auto& request : batch)
    tasks.emplace_back([this, r = std::move(request)] { settle(static_cast<Admitted&>(*r)); });
  inbox_.push_all(std::move(tasks));
}

void Hub::settle(Admitted& admitted) {
  const bool repeated = admitted.fate == journal::Fate::repeated;
  if (admitted.fate == journal::Fate::refused) {
    obs::log_warn("journal.refused",
                  {{"kind", to_string(admitted.entry.kind)}, {"error", admitted.error.detail}});
    return room_.failed(admitted.entry, std::move(admitted.asker));
  }
  if (admitted.entry.kind == EntryKind::message && !repeated) {
    metrics().messages.inc();
    metrics().admit_to_show.observe(static_cast<double>(mono_ns() - admitted.since_ns) / 1e9);
  }
  room_.committed(std::move(admitted.entry), repeated, std::move(admitted.asker));
}

bool Hub::journal_stalled() const {
  return parts_.journal.stalled_ms() > parts_.stall_notice_ms;
}

// As somebody who is here writes himself; "" when there is nobody of that name.
std::string Hub::shown_nick(std::string_view word) const {
  const chat::Member* member = room_.members().find_nick(word);
  return member && !member->connections.empty() ? member->user->nick : std::string();
}

bool Hub::turn(size_t shard) {
  bool more = false;
  if (shard == kHome) more = home_turn();
  more |= shard_hubs_[shard]->turn();
  // Commands of this very shard were handed over by the turn above: show what became of them at
  // once.
  if (shard == kHome) more |= home_turn();
  return more || shard_hubs_[shard]->has_work();
}

bool Hub::home_turn() {
  // A burst (the database is back after a while) must not run over the rings faster than readers
  // are served: past a part of the ring the next entries wait until the sweep has been everywhere.
  if (!shard_hubs_[kHome]->sweeping()) unswept_bytes_ = 0;
  const size_t most = settings_.ring_bytes / 4;
  bool waiting = inbox_.drain([&] { return unswept_bytes_ >= most; });
  room_.end_round();
  seal();
  for (Outbox& outbox : outboxes_) waiting |= outbox.flush();
  return waiting;
}

void Hub::tick() {
  room_.tick();
  presence_saver_.add(room_.take_presence_moves());
  presence_saver_.tick(parts_.clock.mono_ms());
  metrics().users.set(static_cast<double>(room_.presence().present_count()));
  parts_.shards.reactor(kHome).at_next(kTickMs, [this] { tick(); });
}

}  // namespace strims::hub
