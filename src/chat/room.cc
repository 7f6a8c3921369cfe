#include "chat/room.h"

#include <algorithm>

namespace strims::chat {
namespace {

using P = auth::Permission;

// What a guest is told: `nopermission` where an account alone would not do (chat-websocket 1.5).
bool needs_rank(Verb verb) {
  switch (verb) {
    case Verb::message:
    case Verb::whisper:
    case Verb::broadcast:
    case Verb::vote:
    case Verb::die:
    case Verb::delete_message:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::string Room::nonce_key(UserId user, std::string_view nonce) {
  return std::to_string(user) + ':' + std::string(nonce);
}

Room::Room(ChannelId channel, const Clock& clock, IdSource& ids, RoomPort& port, RoomLimits limits)
    : channel_(channel),
      clock_(clock),
      ids_(ids),
      port_(port),
      limits_(limits),
      presence_(limits.presence),
      history_(limits.history_lines) {}

void Room::restore(RoomState state) {
  for (const auto& [user, until] : state.mutes) punishments_.mute(user, until);
  for (const auto& ban : state.bans) punishments_.ban(ban.id, ban.user, ban.until, ban.addresses);
  phrases_ = state.phrases;
  compile_phrases(std::move(state.phrases));
  subonly_tier_ = subonly_shown_ = state.subonly_tier;
  pin_ = std::move(state.pin);
  paid_events_ = std::move(state.paid_events);
  for (const Entry& entry : state.history) {
    history_.add(entry);
    if (entry.kind == EntryKind::subonly) subonly_entry_ = entry;
  }
  last_seq_ = state.last_seq;
  if (state.poll) {
    if (auto poll = Poll::from_entry(*state.poll)) {
      poll_ = std::move(*poll);
      for (const Entry& vote : state.votes) {
        const auto option = static_cast<int>(vote.number);
        if (option < 1 || static_cast<size_t>(option) > poll_->options().size()) continue;
        const int64_t quantity = vote_quantity(vote);
        poll_->admit(vote.actor.id, option, quantity);
        poll_->show(option, quantity);
      }
    }
  }
  for (const auto& known : state.nonces) {
    const std::string key = nonce_key(known.user, known.nonce);
    remember_nonce(key);
    Known& place = nonces_[key];
    place.stored = true;
    place.receipt = known.receipt;
  }
  const TimeMs now = clock_.wall_ms();
  for (const UserPtr& user : state.present)
    if (!punishments_.user_ban(user->id, now)) presence_.restore(user, clock_.mono_ms());
}

void Room::join(ConnId conn, const UserPtr& user, const IpAddress& address) {
  const TimeMs now = clock_.wall_ms();
  const bool exempt = user && passes_address_bans(*user);
  if ((!exempt && punishments_.address_ban(address, now)) ||
      (user && punishments_.user_ban(user->id, now))) {
    port_.expel(conn, "banned");
    return;
  }
  if (user) {
    const Member* member = members_.find(user->id);
    if (member && member->connections.size() >= limits_.max_connections_per_user) {
      port_.expel(conn, "toomanyconnections");
      return;
    }
  }
  // The member's record is perhaps a newer one than he came with.
  if (const Member* member = members_.add(conn, user, address, clock_.mono_ms()))
    presence_.arrive(member->user);
  arrivals_.push_back(conn);
}

void Room::end_round() {
  const std::vector<Presence::Change> changes = presence_.take_changes();
  const TimeMs now = clock_.wall_ms();
  const auto tell = [&](bool quits) {
    for (const auto& [kind, user] : changes)
      if ((kind == PresenceKind::quit) == quits) port_.publish_presence(kind, *user, now);
  };
  // A newcomer's list has the changes of this round in it. He hears the joins once more (his own is
  // among them, and clients wait for it); a quit would be of somebody he never saw.
  tell(true);
  for (const ConnId conn : std::exchange(arrivals_, {})) {
    if (!members_.contains(conn)) continue;
    const Member* member = members_.of(conn);
    port_.welcome(conn, member ? member->user.get() : nullptr);
  }
  tell(false);
}

UserPtr Room::user_of(ConnId conn) {
  const Member* member = members_.of(conn);
  return member ? member->user : nullptr;
}

bool Room::passes_address_bans(const User& user) {
  return auth::allowed(user, P::ban) || user.is_protected();
}

void Room::leave(ConnId conn) {
  const Members::Gone gone = members_.remove(conn, clock_.mono_ms());
  if (gone.user) presence_.depart(gone.user->id, clock_.mono_ms(), gone.expelled);
}

void Room::user_changed(const User& user) {
  presence_.renew(members_.update(std::make_shared<const User>(user), clock_.mono_ms()).user);
}

void Room::command(Asker asker, Command command) {
  UserPtr user = asker.user;
  if (asker.conn) {
    if (!members_.contains(asker.conn)) return;
    const Member* member = members_.of(asker.conn);
    user = member ? member->user : nullptr;
  } else if (user) {
    // A call may carry a record that is a moment old; the room's is the newest.
    if (const Member* member = members_.find(user->id)) user = member->user;
  }
  if (asker.nonce.empty()) asker.nonce = command.nonce;
  dispatch({std::move(asker), std::move(command), std::move(user)});
}

void Room::dispatch(Act act) {
  const Verb verb = act.command.verb;
  if (!act.user) return refuse(act.asker, needs_rank(verb) ? "nopermission" : "needlogin");
  // Also with a connection: it ends only when the ban is stored, and nothing may come in behind the
  // ban.
  const TimeMs now = clock_.wall_ms();
  const bool address_banned = act.command.from && !passes_address_bans(*act.user) &&
                              punishments_.address_ban(*act.command.from, now);
  if (address_banned || punishments_.user_ban(act.user->id, now))
    return refuse(act.asker, "banned");
  switch (verb) {
    case Verb::message:
      return say(std::move(act));
    case Verb::whisper:
      return whisper(std::move(act));
    case Verb::broadcast:
      return broadcast(std::move(act));
    case Verb::mute:
      return with_target(std::move(act), P::mute, "nopermission", &Room::mute);
    case Verb::unmute:
      return with_target(std::move(act), P::mute, "notfound", &Room::unmute);
    case Verb::ban:
      return with_target(std::move(act), P::ban, "notfound", &Room::ban);
    case Verb::unban:
      return with_target(std::move(act), P::ban, "notfound", &Room::unban);
    case Verb::subonly:
      return subonly(std::move(act));
    case Verb::delete_message:
      return delete_message(std::move(act));
    case Verb::poll_start:
      return start_poll(std::move(act));
    case Verb::poll_stop:
      return stop_poll(std::move(act));
    case Verb::vote:
      return vote(std::move(act));
    case Verb::pin:
      return pin(std::move(act));
    case Verb::phrase_add:
      return add_phrase(std::move(act));
    case Verb::phrase_remove:
      return remove_phrase(std::move(act));
    case Verb::die:
      return die(std::move(act));
    case Verb::event_add:
      return add_event(std::move(act));
    case Verb::event_remove:
      return remove_event(std::move(act));
    case Verb::reload_users:
      return reload_users(std::move(act));
    case Verb::reload_pages:
      if (!auth::allowed(*act.user, P::reload_pages)) return refuse(act.asker, "nopermission");
      port_.publish_reload();
      return accept(act.asker, {});
  }
}

void Room::tick() {
  const TimeMs now = clock_.wall_ms();
  if (poll_ && !poll_ending_ && now >= poll_->ends_at()) end_poll({}, poll_->start().actor);

  const bool stalled = port_.journal_stalled();
  if (stalled != stall_told_) {
    stall_told_ = stalled;
    port_.publish_notice(
        stalled ? "The chat's storage does not answer. What was accepted waits and will be "
                  "shown in order; new messages are refused until it is back."
                : "The chat's storage is back.",
        now);
  }

  const MonoMs mono = clock_.mono_ms();
  presence_.advance(mono);
  end_round();
  if (mono - last_sweep_ < 10'000) return;
  last_sweep_ = mono;
  punishments_.sweep(now);
  members_.forget_absent(mono, limits_.forget_after_ms);
  forget_nonces(mono);
  std::erase_if(paid_events_, [&](const Entry& e) { return e.at + limits_.paid_event_ms <= now; });
}

std::vector<Entry> Room::live_paid_events() const {
  std::vector<Entry> out;
  for (const Entry& e : paid_events_)
    if (e.at + limits_.paid_event_ms > clock_.wall_ms()) out.push_back(e);
  return out;
}

bool Room::still_allowed(Act& act, P permission) {
  if (const Member* member = members_.find(act.user->id)) act.user = member->user;
  return auth::allowed(*act.user, permission);
}

Entry Room::make_entry(EntryKind kind, const UserPtr& actor) {
  Entry entry;
  entry.id = ids_.next();
  entry.channel = channel_;
  entry.kind = kind;
  entry.at = clock_.wall_ms();
  if (actor) {
    entry.actor = Actor::of(*actor);
    // Clients tell lines apart by (time, user, text): one user's entries never share a millisecond.
    Member& member = members_.ensure(actor);
    entry.at = member.last_at = std::max(entry.at, member.last_at + 1);
    if (member.connections.empty()) member.left_at = clock_.mono_ms();
  }
  return entry;
}

bool Room::append(Entry entry, Asker asker) {
  if (port_.append(entry, asker)) return true;
  refuse(asker, "unavailable");
  return false;
}

void Room::refuse(Asker& asker, const Refusal& refusal) {
  if (asker.conn) {
    port_.refuse(asker.conn, refusal, asker.nonce);
  } else if (asker.reply) {
    std::exchange(asker.reply, nullptr)(std::unexpected(to_error(refusal)));
  }
}

void Room::accept(Asker& asker, const Receipt& receipt) {
  if (asker.conn) {
    if (!asker.nonce.empty()) port_.acknowledge(asker.conn, receipt, asker.nonce);
  } else if (asker.reply) {
    std::exchange(asker.reply, nullptr)(receipt);
  }
}

bool Room::answer_known_nonce(Act& act, bool& pending) {
  pending = false;
  if (act.asker.nonce.empty()) return false;
  const auto it = nonces_.find(nonce_key(act.user->id, act.asker.nonce));
  if (it == nonces_.end()) return false;
  if (clock_.mono_ms() - it->second.at > limits_.nonce_window_ms) return false;
  pending = !it->second.stored;
  if (pending) return false;
  accept(act.asker, it->second.receipt);
  return true;
}

bool Room::make_room_for_nonce() {
  // The oldest are forgotten early; one whose message is not stored yet must be kept.
  while (nonces_.size() >= limits_.max_nonces && !nonce_order_.empty()) {
    const auto it = nonces_.find(nonce_order_.front().second);
    const bool current = it != nonces_.end() && it->second.at == nonce_order_.front().first;
    if (current && !it->second.stored) return false;
    if (current) nonces_.erase(it);
    nonce_order_.pop_front();
  }
  return nonces_.size() < limits_.max_nonces;
}

void Room::remember_nonce(const std::string& key) {
  const MonoMs now = clock_.mono_ms();
  nonce_order_.emplace_back(now, key);
  nonces_[key] = {.at = now};
}

void Room::forget_nonces(MonoMs now) {
  while (!nonce_order_.empty() && now - nonce_order_.front().first > limits_.nonce_window_ms) {
    const auto it = nonces_.find(nonce_order_.front().second);
    // The same nonce may have been used anew since.
    if (it != nonces_.end() && it->second.at == nonce_order_.front().first) nonces_.erase(it);
    nonce_order_.pop_front();
  }
}

}  // namespace strims::chat
