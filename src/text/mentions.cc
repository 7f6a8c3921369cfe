#include "text/mentions.h"

#include <algorithm>

#include "base/bytes.h"
#include "text/words.h"

namespace strims::text {

std::vector<std::string> mention_candidates(std::string_view text, size_t limit) {
  std::vector<std::string> out;
  for_each_word(text, [&](std::string_view word) {
    if (out.size() >= limit) return false;
    if (word.size() < kNickMin || word.size() > kNickMax) return true;
    std::string lower = ascii_lower(word);
    if (std::ranges::find(out, lower) == out.end()) out.push_back(std::move(lower));
    return true;
  });
  return out;
}

bool mentions(std::string_view text, std::string_view nick) {
  bool found = false;
  for_each_word(text, [&](std::string_view word) {
    found = ascii_iequals(word, nick);
    return !found;
  });
  return found && nick.size() >= kNickMin && nick.size() <= kNickMax;
}

}  // namespace strims::text
