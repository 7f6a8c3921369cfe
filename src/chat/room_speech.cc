// Speaking: messages, whispers, broadcasts. The order of the checks is the dialect's
// (chat-websocket 7, 9).
#include <algorithm>

#include "chat/room.h"

namespace strims::chat {
namespace {

using P = auth::Permission;

// Subscribers need the tier that is asked for; everyone else whom the table lets in stands above
// tiers.
bool speaks_in_submode(const User& user, int tier) {
  if (!auth::allowed(user, P::speak_in_submode)) return false;
  if (tier <= 1 || user.tier() >= tier) return true;
  User without_tier = user;
  std::erase_if(without_tier.features, [](std::string_view word) {
    return word == "subscriber" || word == "flair13" || word == "flair1" || word == "flair3" ||
           word == "flair8" || word == "flair42";
  });
  return auth::allowed(without_tier, P::speak_in_submode);
}

// What the duplicate rule compares: one leading "/me " does not make another message.
std::string_view without_me(std::string_view text) {
  if (text.size() > 4 && text.starts_with("/me ")) text.remove_prefix(4);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

}  // namespace

std::optional<Refusal> Room::throttle(Member& member) {
  if (auth::allowed(*member.user, P::skip_throttle)) return std::nullopt;
  const int64_t wait = member.throttle.attempt(clock_.mono_ms(), limits_.throttle);
  if (wait == 0) return std::nullopt;
  return Refusal{.word = "throttled", .retry_after_ms = wait};
}

std::optional<Refusal> Room::muted(UserId user) const {
  const int64_t left = punishments_.mute_left(user, clock_.wall_ms());
  if (left == 0) return std::nullopt;
  return Refusal{.word = "muted", .mute_seconds_left = (left + 999) / 1000};
}

std::optional<Refusal> Room::admit_message(Member& member, std::string_view text,
                                           const Command& command) {
  const User& user = *member.user;
  if (!auth::allowed(user, P::send_message)) return Refusal{.word = "nochatting"};
  if (auto refusal = muted(user.id)) return refusal;
  if (subonly_tier_ > 0 && !speaks_in_submode(user, subonly_tier_))
    return Refusal{.word = "submode", .tier = subonly_tier_};
  // Who may write the list is not held by it.
  if (!auth::allowed(user, P::edit_phrases)) {
    if (auto phrase = phrase_set_.match(text))
      return Refusal{.word = "bannedphrase", .filtered = std::move(*phrase)};
  }
  if (limits_.slow_mode_ms > 0 && !auth::allowed(user, P::mute)) {
    const int64_t wait = member.last_said + limits_.slow_mode_ms - clock_.mono_ms();
    if (wait > 0) return Refusal{.word = "throttled", .retry_after_ms = wait};
  }
  if (auto refusal = throttle(member)) return refusal;
  const bool repeats = (command.combo_rule || !auth::allowed(user, P::skip_throttle)) &&
                       without_me(text) == member.last_text;
  if (repeats || (command.combo_rule && combo_.repeats(user.id, text))) {
    member.throttle.penalise(limits_.throttle);
    return Refusal{.word = "duplicate"};
  }
  return std::nullopt;
}

void Room::say(Act act) {
  if (act.asker.nonce.size() > limits_.max_nonce_bytes) {
    act.asker.nonce.clear();
    return refuse(act.asker, "protocolerror");
  }
  bool pending = false;
  if (answer_known_nonce(act, pending)) return;
  const auto text = text::check_message(act.command.text, limits_.message);
  if (!text) return refuse(act.asker, "invalidmsg");
  Member& member = members_.ensure(act.user);
  if (!pending) {
    // A repeated nonce was admitted once; asking again must not be punished as a duplicate.
    if (const auto refusal = admit_message(member, *text, act.command))
      return refuse(act.asker, *refusal);
  }
  if (port_.journal_stalled() || (!act.asker.nonce.empty() && !make_room_for_nonce()))
    return refuse(act.asker, "unavailable");

  Entry entry = make_entry(EntryKind::message, act.user);
  entry.text = *text;
  entry.nonce = act.asker.nonce;
  if (!pending) entry.number = combo_.place(*text);
  const std::string key =
      entry.nonce.empty() ? std::string() : nonce_key(act.user->id, entry.nonce);
  if (!append(std::move(entry), std::move(act.asker)) || pending) return;
  member.last_text = without_me(*text);
  member.last_said = clock_.mono_ms();
  combo_.accept(act.user->id, *text);
  if (!key.empty()) remember_nonce(key);
}

void Room::whisper(Act act) {
  const auto text = text::check_message(act.command.text, limits_.message);
  if (!text) return refuse(act.asker, "invalidmsg");
  if (!auth::allowed(*act.user, P::send_whisper)) return refuse(act.asker, "nochatting");
  if (!act.command.skip_throttle) {
    if (const auto refusal = throttle(members_.ensure(act.user)))
      return refuse(act.asker, *refusal);
  }
  with_target(std::move(act), P::send_whisper, "notfound", &Room::whisper_to);
}

void Room::whisper_to(Act act, const User& target) {
  if (target.id == act.user->id) return refuse(act.asker, "notfound");
  const auto text = text::check_message(act.command.text, limits_.message);
  if (!text) return refuse(act.asker, "invalidmsg");
  port_.store_whisper(
      *act.user, target, std::string(*text),
      [this, asker = std::move(act.asker), to = target.id](Result<Whisper> whisper) mutable {
        if (!whisper) {
          return refuse(asker, Refusal{.word = whisper.error().reason,
                                       .retry_after_ms = whisper.error().retry_after_ms});
        }
        if (asker.conn) {
          port_.whisper_sent(asker.conn, *whisper);
        } else {
          accept(asker, {.id = whisper->message_id, .at = whisper->at});
        }
        welcome_first();
        if (const Member* member = members_.find(to))
          for (const ConnId conn : member->connections) port_.deliver_whisper(conn, *whisper);
      });
}

void Room::broadcast(Act act) {
  if (!auth::allowed(*act.user, P::broadcast)) return refuse(act.asker, "nopermission");
  const auto text = text::check_message(act.command.text, limits_.message);
  if (!text) return refuse(act.asker, "invalidmsg");
  Entry entry = make_entry(EntryKind::broadcast, act.user);
  entry.text = *text;
  entry.uuid = "b-" + std::to_string(entry.id);
  append(std::move(entry), std::move(act.asker));
}

void Room::announce(EntryKind kind, std::string text, std::string fields,
                    std::move_only_function<void(Result<Receipt>)> reply) {
  Entry entry = make_entry(kind, nullptr);
  if (kind == EntryKind::broadcast) entry.uuid = "b-" + std::to_string(entry.id);
  entry.text = std::move(text);
  entry.extra = std::move(fields);
  Asker asker;
  asker.reply = std::move(reply);
  append(std::move(entry), std::move(asker));
}

}  // namespace strims::chat
