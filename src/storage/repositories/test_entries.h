// For tests only: entries in one line.
#pragma once

#include <string>
#include <utility>

#include "model/entry.h"

namespace strims::storage {

inline constexpr TimeMs kTestStart = 1'760'000'000'000;

// An entry of channel 1 by user 7 ("Ada"): entry n has seq n, id 1000 + n and comes n seconds after
// kTestStart.
inline Entry test_entry(Seq n, EntryKind kind = EntryKind::message, std::string text = {}) {
  Entry entry;
  entry.id = 1000 + static_cast<EntryId>(n);
  entry.channel = 1;
  entry.seq = n;
  entry.at = kTestStart + static_cast<TimeMs>(n) * 1000;
  entry.kind = kind;
  entry.actor = {7, "Ada", {"flair3", "subscriber"}, {"USER"}, 1'600'000'000'000};
  entry.text = std::move(text);
  return entry;
}

// The same with a target.
inline Entry test_act(Seq n, EntryKind kind, UserId target, int64_t number = 0,
                      std::string text = {}) {
  Entry entry = test_entry(n, kind, std::move(text));
  entry.actor = {3, "Mod", {"moderator"}, {"USER", "MODERATOR"}, 1'500'000'000'000};
  entry.target_id = target;
  entry.target_nick = "user" + std::to_string(target);
  entry.number = number;
  return entry;
}

}  // namespace strims::storage
