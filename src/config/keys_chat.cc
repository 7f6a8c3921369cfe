#include "config/key_table.h"
#include "config/tables.h"

namespace strims::config {
namespace {

template <auto Member>
constexpr Key chat_row(std::string_view name, std::string_view unit, Range range,
                       std::string_view doc, bool secret = false) {
  return row<&Config::chat, Member>(name, unit, range, doc, secret);
}

constexpr Key kChatConfig[] = {
    chat_row<&ChatConfig::max_message_runes>("chat.max_message_runes", "code points", {1, 8192},
                                             "Longest message."),
    chat_row<&ChatConfig::max_combining_run>("chat.max_combining_run", "", {0, 64},
                                             "Longest run of combining marks in a message."),
    chat_row<&ChatConfig::refuse_unbalanced_bidi>(
        "chat.refuse_unbalanced_bidi", "", {},
        "Refuse messages that leave a change of writing direction open."),
    chat_row<&ChatConfig::throttle_base_ms>("chat.throttle_base_ms", "ms", {0, 60000},
                                            "Least time between two messages of a user; doubles "
                                            "with each attempt that comes too early."),
    chat_row<&ChatConfig::throttle_reset_ms>(
        "chat.throttle_reset_ms", "ms", {0, 86400000},
        "After this time without a message the throttle is back at its base."),
    chat_row<&ChatConfig::throttle_max_ms>("chat.throttle_max_ms", "ms", {0, 86400000},
                                           "The throttle never grows past this."),
    chat_row<&ChatConfig::slow_mode_ms>(
        "chat.slow_mode_ms", "ms", {0, 3600000},
        "Least time between two messages of anybody but staff at the start. 0: off."),
    chat_row<&ChatConfig::history_lines>("chat.history_lines", "", {0, 10000},
                                         "Lines shown to somebody who joins."),
    chat_row<&ChatConfig::resume_max_entries>(
        "chat.resume_max_entries", "", {0, 1000000},
        "Most entries sent to somebody who returns; with a longer gap he is told so."),
    chat_row<&ChatConfig::mute_default_seconds>("chat.mute_default_seconds", "s", {1, 31536000},
                                                "Length of a mute without one."),
    chat_row<&ChatConfig::mute_max_seconds>("chat.mute_max_seconds", "s", {1, 315360000},
                                            "Longest mute."),
    chat_row<&ChatConfig::ban_default_seconds>("chat.ban_default_seconds", "s", {1, 315360000},
                                               "Length of a ban without one."),
    chat_row<&ChatConfig::die_seconds>("chat.die_seconds", "s", {1, 31536000},
                                       "Length of the mute that a user may give himself."),
    chat_row<&ChatConfig::max_connections_per_user>("chat.max_connections_per_user", "", {1, 10000},
                                                    "Open connections of one user."),
    chat_row<&ChatConfig::whisper_min_account_age_seconds>(
        "chat.whisper_min_account_age_seconds", "s", {0, 315360000},
        "Age an account must have to send private messages. destiny.gg asks for a week: 604800."),
    chat_row<&ChatConfig::whisper_unread_per_target>(
        "chat.whisper_unread_per_target", "", {1, 1000},
        "Unread private messages one may leave with one person who has not answered, within an "
        "hour."),
    chat_row<&ChatConfig::whisper_target_limit>("chat.whisper_target_limit", "", {1, 10000},
                                                "Bound of the hourly counter for one person."),
    chat_row<&ChatConfig::whisper_general_limit>("chat.whisper_general_limit", "", {1, 10000},
                                                 "Bound of the hourly counter over all persons."),
    chat_row<&ChatConfig::whisper_max_recipients>("chat.whisper_max_recipients", "", {1, 1000},
                                                  "Most recipients of one private message."),
    chat_row<&ChatConfig::poll_min_ms>("chat.poll_min_ms", "ms", {1000, 3600000}, "Shortest poll."),
    chat_row<&ChatConfig::poll_max_ms>("chat.poll_max_ms", "ms", {1000, 86400000}, "Longest poll."),
    chat_row<&ChatConfig::poll_max_options>("chat.poll_max_options", "", {2, 100},
                                            "Most options of a poll."),
    chat_row<&ChatConfig::nonce_window_seconds>(
        "chat.nonce_window_seconds", "s", {0, 86400},
        "A message sent again with the same nonce within this time is stored once."),
    chat_row<&ChatConfig::nonce_max_bytes>("chat.nonce_max_bytes", "bytes", {1, 1024},
                                           "Longest nonce."),
    chat_row<&ChatConfig::quit_grace_ms>(
        "chat.quit_grace_ms", "ms", {0, 600000},
        "Who loses his last connection and is back within this time never quit."),
    chat_row<&ChatConfig::restart_grace_ms>(
        "chat.restart_grace_ms", "ms", {0, 600000},
        "After a restart, planned or not, those who were here are awaited so long."),
    chat_row<&ChatConfig::names_max>(
        "chat.names_max", "", {1, 1000000},
        "Most users in the list of those present, staff not counted. Who has no place in it joins "
        "and quits unannounced; everybody is in the count. Lists cost the square: 2,000 newcomers "
        "to a list of 2,000 are 0.5 GB on the wire, 15,000 to a list of 15,000 are 34 GB."),
    chat_row<&ChatConfig::phrases_max>("chat.phrases_max", "", {0, 100000}, "Most banned phrases."),
    chat_row<&ChatConfig::phrase_max_runes>("chat.phrase_max_runes", "code points", {1, 4096},
                                            "Longest banned phrase."),
    chat_row<&ChatConfig::paid_event_seconds>(
        "chat.paid_event_seconds", "s", {1, 2592000},
        "How long a subscription or donation stays in the event bar."),
};

}  // namespace

std::span<const Key> chat_keys() {
  return kChatConfig;
}

}  // namespace strims::config
