// Runs of [A-Za-z0-9_]: what nicks, emotes and tags are made of. Internal to text/.
#pragma once

#include <cstddef>
#include <string_view>

namespace strims::text {

inline constexpr size_t kNickMin = 3;
inline constexpr size_t kNickMax = 20;

constexpr bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The run that starts at `at`; empty when none does.
constexpr std::string_view word_at(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && is_word_char(text[end])) ++end;
  return text.substr(at, end - at);
}

// A word that touches a letter outside ASCII is part of that word ("naïve" has no word "ve").
constexpr bool stands_alone(std::string_view text, size_t at, size_t size) {
  const auto foreign = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  return (at == 0 || !foreign(text[at - 1])) &&
         (at + size == text.size() || !foreign(text[at + size]));
}

// Calls `each(word)` for every word that stands alone, until it returns false.
template <class Each>
void for_each_word(std::string_view text, Each each) {
  for (size_t i = 0; i < text.size();) {
    const std::string_view word = word_at(text, i);
    if (word.empty()) {
      ++i;
      continue;
    }
    if (stands_alone(text, i, word.size()) && !each(word)) return;
    i += word.size();
  }
}

}  // namespace strims::text
