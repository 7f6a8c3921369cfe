// Speaking: messages, whispers, broadcasts. The order of the checks is the dialect's (chat-websocket 7, 9).
#include "chat/room.h"

namespace strims::chat {
namespace {

// What the duplicate rule compares: one leading "/me " does not make another message.
std::string_view without_me(std::string_view text) {
  if (text.size() > 4 && text.starts_with("/me ")) text.remove_prefix(4);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

}  // namespace

std::optional<Refusal> Room::throttle(Member& member) {
  if (member.user->is_bot()) return std::nullopt;
  const int64_t wait = member.throttle.attempt(clock_.mono_ms(), limits_.throttle);
  if (wait == 0) return std::nullopt;
  return Refusal{.word = "throttled", .retry_after_ms = wait};
}

std::optional<Refusal> Room::admit_message(Member& member, std::string_view text, const Command& command) {
  const User& user = *member.user;
  if (!user.can_chat) return Refusal{.word = "nochatting"};
  if (const int64_t left = punishments_.mute_left(user.id, clock_.wall_ms()); left > 0)
    return Refusal{.word = "muted", .mute_seconds_left = (left + 999) / 1000};
  const bool may_in_submode = user.is_moderator() || user.is_protected() || user.has_feature("vip") ||
                              user.role == Role::streamer ||
                              (subonly_tier_ <= 1 && user.has_feature("subscriber")) ||
                              user.tier() >= subonly_tier_;
  if (subonly_tier_ > 0 && !may_in_submode) return Refusal{.word = "submode", .tier = subonly_tier_};
  if (!user.is_moderator()) {
    if (auto phrase = phrase_set_.match(text))
      return Refusal{.word = "bannedphrase", .filtered = std::move(*phrase)};
  }
  if (auto refusal = throttle(member)) return refusal;
  const bool repeats = !user.is_bot() && without_me(text) == member.last_text;
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
  Member& member = members_.ensure(*act.user);
  if (!pending) {
    // A repeated nonce was admitted once; asking again must not be punished as a duplicate.
    if (const auto refusal = admit_message(member, *text, act.command))
      return refuse(act.asker, *refusal);
  }
  if (port_.journal_stalled() || (!act.asker.nonce.empty() && nonces_.size() >= limits_.max_nonces))
    return refuse(act.asker, "unavailable");

  Entry entry = make_entry(EntryKind::message, act.user.get());
  entry.text = *text;
  entry.nonce = act.asker.nonce;
  if (!pending) {
    member.last_text = without_me(*text);
    entry.number = combo_.accept(act.user->id, *text);
    if (!entry.nonce.empty()) {
      std::string key = std::to_string(act.user->id) + ":" + entry.nonce;
      nonce_order_.emplace_back(clock_.mono_ms(), key);
      nonces_[std::move(key)] = {false, {}, clock_.mono_ms()};
    }
  }
  append(std::move(entry), std::move(act.asker));
}

void Room::whisper(Act act) {
  const auto text = text::check_message(act.command.text, limits_.message);
  if (!text) return refuse(act.asker, "invalidmsg");
  if (!act.user->can_chat) return refuse(act.asker, "nochatting");
  if (const auto refusal = throttle(members_.ensure(*act.user))) return refuse(act.asker, *refusal);
  with_target(std::move(act), "notfound", &Room::whisper_to);
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
        if (const Member* member = members_.find(to))
          for (const ConnId conn : member->connections) port_.deliver_whisper(conn, *whisper);
      });
}

void Room::broadcast(Act act) {
  if (!act.user->is_admin()) return refuse(act.asker, "nopermission");
  const auto text = text::check_message(act.command.text, limits_.message);
  if (!text) return refuse(act.asker, "invalidmsg");
  Entry entry = make_entry(EntryKind::broadcast, act.user.get());
  entry.text = *text;
  entry.uuid = "b-" + std::to_string(entry.id);
  append(std::move(entry), std::move(act.asker));
}

}  // namespace strims::chat
