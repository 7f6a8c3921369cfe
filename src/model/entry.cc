#include "model/entry.h"

#include <array>

namespace strims {
namespace {

constexpr std::array<std::string_view, 23> kWords = {
    "",           "message",       "broadcast", "mute",         "unmute",   "ban",
    "unban",      "subonly",       "pin",       "poll_start",   "vote",     "poll_stop",
    "phrase_add", "phrase_remove", "death",     "subscription", "gift_sub", "mass_gift",
    "donation",   "event_remove",  "tombstone", "reload",       "stream"};

}  // namespace

std::string_view to_string(EntryKind kind) {
  const auto i = static_cast<size_t>(kind);
  return i < kWords.size() ? kWords[i] : std::string_view();
}

std::optional<EntryKind> parse_entry_kind(std::string_view word) {
  for (size_t i = 1; i < kWords.size(); ++i)
    if (kWords[i] == word) return static_cast<EntryKind>(i);
  return std::nullopt;
}

Actor Actor::of(const User& user) {
  return {user.id, user.nick, user.effective_features(), user.effective_roles(), user.created_at};
}

}  // namespace strims
