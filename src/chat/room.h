// The room of a channel: who may do what, in which order, and what everyone shall see of it.
//
// Pure: no socket, no thread, no database; commands come in, RoomPort is told what follows. Lives
// on the channel's home shard, whose single thread is the one order of admission. An admitted
// command becomes an Entry, goes to the journal, and is shown by committed() once it is stored.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "auth/roles.h"
#include "base/clock.h"
#include "base/id.h"
#include "chat/combo.h"
#include "chat/command.h"
#include "chat/history_tail.h"
#include "chat/members.h"
#include "chat/poll.h"
#include "chat/presence.h"
#include "chat/punishments.h"
#include "chat/room_port.h"
#include "model/entry.h"
#include "text/message_rules.h"
#include "text/phrases.h"

namespace strims::chat {

struct RoomLimits {
  ThrottleLimits throttle;
  int64_t slow_mode_ms = 0;  // least time between two messages of anybody but staff; 0: off
  text::MessageLimits message;
  text::PhraseLimits phrases;
  size_t history_lines = 150;  // for a newcomer; more are kept for who comes back
  PresenceLimits presence;
  size_t max_connections_per_user = 5;
  int64_t mute_default_s = 600;
  int64_t mute_max_s = 604'800;
  int64_t ban_default_s = 3'600;
  int64_t die_s = 600;
  int64_t poll_min_ms = 5'000;
  int64_t poll_max_ms = 600'000;
  size_t poll_max_options = 10;
  int64_t nonce_window_ms = 600'000;
  size_t max_nonces = 200'000;
  size_t max_nonce_bytes = 64;
  int64_t forget_after_ms = 600'000;
  int64_t paid_event_ms = 300'000;  // how long a paid event stays in the bar
  int64_t pardon_cents = 500;       // a donation of that much lifts a mute and a passing ban
};

// What a room starts with after a restart, read from storage before the first command.
struct RoomState {
  struct Ban {
    EntryId id = 0;
    UserId user = 0;
    TimeMs until = 0;  // kForever when permanent
    std::vector<IpAddress> addresses;
  };
  struct Nonce {
    UserId user = 0;
    std::string nonce;
    Receipt receipt;
  };
  std::vector<std::pair<UserId, TimeMs>> mutes;
  std::vector<Ban> bans;
  std::vector<std::string> phrases;
  int subonly_tier = 0;
  std::optional<Entry> pin;
  std::optional<Entry> poll;       // running: its poll_start
  std::vector<Entry> votes;        // of that poll
  std::vector<Entry> paid_events;  // still in the bar
  std::vector<Entry> history;      // oldest first
  std::vector<Nonce> nonces;
  std::vector<UserPtr> present;  // when the process ended, and may come back
  Seq last_seq = 0;
};

class Room {
 public:
  Room(ChannelId channel, const Clock& clock, IdSource& ids, RoomPort& port, RoomLimits limits);

  // Before the first join.
  void restore(RoomState state);
  // The emote words of the site: combos count only these.
  void set_emotes(std::vector<std::string> words) { combo_.set_emotes(std::move(words)); }

  // A connection asks to enter; `user` is null for a guest. It is welcomed at the end of the round,
  // or expelled (`banned`, `toomanyconnections`).
  void join(ConnId conn, const UserPtr& user, const IpAddress& address);
  void leave(ConnId conn);
  // Ends a round: tells everybody who joined, quit or changed in it, and welcomes the newcomers.
  // They share one state of the room, so that a storm of them costs one list. Call it whenever what
  // was published is about to go out; it costs nothing when nobody came or went.
  void end_round();

  // A command. Every call ends in exactly one answer to the asker: sooner or later ACK/reply or a
  // refusal. An asker with a connection that is not in the room is dropped.
  void command(Asker asker, Command command);
  // What the system tells everybody (RoomCalls::announce).
  void announce(EntryKind kind, std::string text, std::string fields,
                std::move_only_function<void(Result<Receipt>)> reply);
  // The journal stored the entry; called in seq order. `repeated`: its nonce was known, `entry` is
  // the first one.
  void committed(Entry entry, bool repeated, Asker asker);
  // The journal can never store it (as it was given): the asker is refused, the room undoes what it
  // admitted.
  void failed(const Entry& entry, Asker asker);
  // A user's record changed (rights, name): in force at once, shown by an update.
  void user_changed(const User& user);
  // Time passes: ends polls and graces, tells of a stalled journal, forgets what is old, ends the
  // round. Call a few times a second.
  void tick();
  // The process is about to end: who leaves now is expected back after the restart.
  void hold_presence() { presence_.hold(); }
  std::vector<std::pair<UserId, bool>> take_presence_moves() { return presence_.take_moves(); }

  // State for newcomers.
  const Members& members() const { return members_; }
  // Who is behind a connection, as known now; null for guests and strangers.
  UserPtr user_of(ConnId conn);
  const Presence& presence() const { return presence_; }
  const HistoryTail& history() const { return history_; }
  const std::optional<Poll>& poll() const { return poll_; }
  const std::optional<Entry>& pin() const { return pin_; }
  // What took the last pin away, since the start; nothing while something is pinned.
  const std::optional<Entry>& unpin() const { return unpin_; }
  int subonly_tier() const { return subonly_shown_; }
  // The entry that set it, when that is known: after a restart it may be older than the history.
  const std::optional<Entry>& subonly_entry() const { return subonly_entry_; }
  std::vector<Entry> live_paid_events() const;
  int64_t mute_left_ms(UserId user) const { return punishments_.mute_left(user, clock_.wall_ms()); }
  Seq last_seq() const { return last_seq_; }

 private:
  struct Known {  // a nonce
    bool stored = false;
    Receipt receipt;
    MonoMs at = 0;
  };

  // Who acts, resolved once per command.
  struct Act {
    Asker asker;
    Command command;
    UserPtr user;
  };
  using TargetThen = void (Room::*)(Act, const User&);

  void dispatch(Act act);
  // Whoever acts may have changed while an answer was awaited: true when he (still) may.
  bool still_allowed(Act& act, auth::Permission permission);
  // room_speech.cc
  void say(Act act);
  void whisper(Act act);
  void whisper_to(Act act, const User& target);
  void broadcast(Act act);
  std::optional<Refusal> admit_message(Member& member, std::string_view text,
                                       const Command& command);
  std::optional<Refusal> throttle(Member& member);
  std::optional<Refusal> muted(UserId user) const;
  // room_moderation.cc
  void with_target(Act act, auth::Permission permission, std::string_view unknown_word,
                   TargetThen then);
  void mute(Act act, const User& target);
  void unmute(Act act, const User& target);
  void ban(Act act, const User& target);
  void ban_with(Act act, const User& target, const std::vector<std::string>& addresses);
  void unban(Act act, const User& target);
  void subonly(Act act);
  void delete_message(Act act);
  void expel_banned(const Entry& ban);
  // Moderators and protected people: they may share the address of whom they banned.
  static bool passes_address_bans(const User& user);
  // room_polls.cc
  void start_poll(Act act);
  void stop_poll(Act act);
  void vote(Act act);
  void end_poll(Asker asker, const Actor& by);
  // room_features.cc
  void pin(Act act);
  void add_phrase(Act act);
  void remove_phrase(Act act);
  void die(Act act);
  void add_event(Act act);
  void pardon(UserId buyer, const std::string& nick);
  void remove_event(Act act);
  void reload_users(Act act);
  // room_commit.cc
  void show(Entry entry);
  void undo(const Entry& entry);

  // `actor` null: the system.
  Entry make_entry(EntryKind kind, const UserPtr& actor);
  // Before something private goes to connections that may not have been welcomed yet.
  void welcome_first() {
    if (!arrivals_.empty()) end_round();
  }
  // To the journal, or refused as `unavailable`: then false, and nothing may come of it.
  bool append(Entry entry, Asker asker);
  void refuse(Asker& asker, const Refusal& refusal);
  void refuse(Asker& asker, std::string_view word) { refuse(asker, Refusal{.word = word}); }
  void accept(Asker& asker, const Receipt& receipt);
  bool answer_known_nonce(Act& act, bool& pending);
  static std::string nonce_key(UserId user, std::string_view nonce);
  // False when all that may be forgotten was, and there is still no room.
  bool make_room_for_nonce();
  void remember_nonce(const std::string& key);
  void forget_nonces(MonoMs now);
  bool compile_phrases(std::vector<std::string> phrases);

  const ChannelId channel_;
  const Clock& clock_;
  IdSource& ids_;
  RoomPort& port_;
  const RoomLimits limits_;

  Members members_;
  Presence presence_;
  std::vector<ConnId> arrivals_;  // of this round
  Punishments punishments_;
  HistoryTail history_;
  Combo combo_;
  std::vector<std::string> phrases_;
  text::PhraseSet phrase_set_;
  int subonly_tier_ = 0;   // admitted
  int subonly_shown_ = 0;  // stored
  std::optional<Entry> subonly_entry_;
  bool poll_pending_ = false;  // a poll_start is on its way to the journal
  bool poll_ending_ = false;   // a poll_stop is
  std::optional<Poll> poll_;
  std::optional<Entry> pin_;
  std::optional<Entry> unpin_;
  std::vector<Entry> paid_events_;
  std::unordered_map<std::string, Known> nonces_;  // "<user id>:<nonce>"
  std::deque<std::pair<MonoMs, std::string>> nonce_order_;
  bool stall_told_ = false;
  MonoMs last_sweep_ = 0;
  Seq last_seq_ = 0;
};

}  // namespace strims::chat
