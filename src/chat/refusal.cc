#include <algorithm>
#include <array>

#include "chat/command.h"

namespace strims::chat {
namespace {

struct Word {
  std::string_view word;
  Errc code;
  std::string_view sentence;
};

// One row per word of the chat (chat-gui knows them all but `unavailable`).
constexpr std::array kWords = {
    Word{"needlogin", Errc::unauthenticated, "Log in to do this."},
    Word{"nopermission", Errc::forbidden, "You may not do this."},
    Word{"protocolerror", Errc::invalid, "The request is malformed."},
    Word{"invalidmsg", Errc::invalid,
         "The text is empty, too long or holds characters that are not allowed."},
    Word{"muted", Errc::forbidden, "You are muted."},
    Word{"banned", Errc::forbidden, "You are banned."},
    Word{"submode", Errc::forbidden, "Only subscribers may speak now."},
    Word{"throttled", Errc::rate_limited, "You are sending too fast."},
    Word{"duplicate", Errc::conflict, "This repeats your last message."},
    Word{"bannedphrase", Errc::invalid, "The message contains a banned phrase."},
    Word{"nochatting", Errc::forbidden, "This account may not chat."},
    Word{"notfound", Errc::not_found, "No such user or message."},
    Word{"needbanreason", Errc::invalid, "A ban needs a reason."},
    Word{"privmsgbanned", Errc::forbidden, "Banned users cannot send private messages."},
    Word{"privmsgaccounttooyoung", Errc::forbidden,
         "The account is too young to send private messages."},
    Word{"activepoll", Errc::conflict, "A poll is running already."},
    Word{"noactivepoll", Errc::conflict, "No poll is running."},
    Word{"alreadyvoted", Errc::conflict, "You have voted already."},
    Word{"duplicatephrase", Errc::conflict, "The phrase is banned already."},
    Word{"nophrase", Errc::not_found, "No such banned phrase."},
    Word{"invalidphrase", Errc::invalid,
         "The phrase is empty, too long or a bad regular expression."},
    Word{"cantbanprotected", Errc::forbidden, "A protected user cannot do this."},
    Word{"cantremoveevent", Errc::not_found, "No such event."},
    Word{"toomanyconnections", Errc::rate_limited, "Too many connections of this account."},
    Word{"unavailable", Errc::unavailable,
         "The chat cannot store messages now. Try again shortly."},
};

}  // namespace

Error to_error(const Refusal& refusal) {
  const auto* row = std::find_if(kWords.begin(), kWords.end(),
                                 [&](const Word& w) { return w.word == refusal.word; });
  if (row == kWords.end()) return {Errc::internal, refusal.word, "Something went wrong.", 0};
  int64_t wait = refusal.retry_after_ms;
  if (refusal.mute_seconds_left) wait = *refusal.mute_seconds_left * 1000;
  return {row->code, row->word, std::string(row->sentence), wait};
}

}  // namespace strims::chat
