#include "text/nick_rules.h"

#include <unicode/uspoof.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/bytes.h"
#include "text/words.h"

namespace strims::text {
namespace {

std::unexpected<Error> bad(std::string detail) {
  return fail(Errc::invalid, "invalid_nick", std::move(detail));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

Result<void> check_digits(std::string_view nick) {
  size_t digits = 0;
  size_t run = 0;
  for (const char c : nick) {
    run = is_digit(c) ? run + 1 : 0;
    digits += is_digit(c) ? 1 : 0;
    if (run == 3) return bad("a nick may not have three digits in a row");
  }
  if (digits > (nick.size() + 1) / 2) return bad("at most half of a nick may be digits");
  return {};
}

Result<void> check_underscores(std::string_view nick) {
  if (nick.find("__") != std::string_view::npos)
    return bad("a nick may not have two underscores in a row");
  if (std::ranges::count(nick, '_') > 2) return bad("a nick may have at most two underscores");
  return {};
}

size_t levenshtein(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t up = row[j];
      row[j] = std::min({up + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = up;
    }
  }
  return row[b.size()];
}

constexpr size_t kNearMinLength = 5;

// Both in lower case. Rule 7: equal, a beginning, or nearly a beginning.
bool collides(std::string_view nick, std::string_view emote, bool near_allowed) {
  if (emote.empty()) return false;
  if (nick.starts_with(emote)) return true;
  // With equal first letters a short emote is within two edits of everything: it would take every
  // name that begins so away from people.
  if (near_allowed || emote.size() < kNearMinLength || nick.substr(0, 2) != emote.substr(0, 2))
    return false;
  return levenshtein(emote, nick.substr(0, emote.size())) <= 2;
}

const USpoofChecker* spoof_checker() {
  static const USpoofChecker* checker = [] {
    UErrorCode status = U_ZERO_ERROR;
    USpoofChecker* opened = uspoof_open(&status);
    return U_SUCCESS(status) ? opened : nullptr;
  }();
  return checker;
}

// The skeleton of Unicode TS 39, or the text itself when it does not fit.
std::string unicode_skeleton(const std::string& text) {
  std::array<char, 256> out{};
  UErrorCode status = U_ZERO_ERROR;
  const int32_t n =
      uspoof_getSkeletonUTF8(spoof_checker(), 0, text.data(), static_cast<int32_t>(text.size()),
                             out.data(), static_cast<int32_t>(out.size()), &status);
  if (U_FAILURE(status) || n < 0 || static_cast<size_t>(n) > out.size()) return text;
  return {out.data(), static_cast<size_t>(n)};
}

}  // namespace

std::vector<std::string> NickPolicy::default_reserved() {
  return {"admin",    "administrator", "anonymous", "bot",    "broadcaster", "deleted",
          "everyone", "guest",         "here",      "mod",    "moderator",   "moderators",
          "nobody",   "null",          "official",  "root",   "server",      "staff",
          "strims",   "support",       "sysadmin",  "system", "undefined"};
}

bool is_nick(std::string_view text) {
  return text.size() >= kNickMin && text.size() <= kNickMax &&
         std::ranges::all_of(text, is_word_char);
}

Result<void> check_nick(std::string_view nick, const NickPolicy& policy) {
  if (nick.size() < policy.min_length || nick.size() > policy.max_length)
    return bad("a nick has " + std::to_string(policy.min_length) + " to " +
               std::to_string(policy.max_length) + " characters");
  if (!std::ranges::all_of(nick, is_word_char))
    return bad("a nick is made of letters, digits and underscores");
  STRIMS_CHECK_OK(check_digits(nick));
  STRIMS_CHECK_OK(check_underscores(nick));
  const std::string skeleton = nick_skeleton(nick);
  for (const std::string& word : policy.reserved) {
    if (nick_skeleton(word) == skeleton)
      return fail(Errc::conflict, "reserved_nick", "this nick is reserved");
  }
  const std::string lower = ascii_lower(nick);
  for (const std::string& emote : policy.emotes) {
    const bool near_allowed = std::ranges::any_of(
        policy.near_allowed, [&](const std::string& e) { return ascii_iequals(e, emote); });
    if (collides(lower, ascii_lower(emote), near_allowed))
      return fail(Errc::invalid, "emote_nick", "this nick is too close to the emote " + emote);
  }
  return {};
}

std::string nick_skeleton(std::string_view nick) {
  std::string out = ascii_lower(nick);
  if (spoof_checker() != nullptr) out = unicode_skeleton(out);
  // Case is free, so "i" may be shown as "I" and then looks like "l"; "O" like "0".
  std::string joined;
  for (const char c : ascii_lower(out)) {
    switch (c) {
      case 'i':
      case '1':
      case '|':
        joined += 'l';
        break;
      case '0':
        joined += 'o';
        break;
      case 'm':
        joined += "rn";
        break;
      case 'w':
        joined += "vv";
        break;
      default:
        joined += c;
    }
  }
  return joined;
}

std::vector<std::string> similar_emotes(std::string_view nick,
                                        std::span<const std::string> emotes) {
  std::vector<std::string> out;
  const std::string lower = ascii_lower(nick);
  for (const std::string& emote : emotes)
    if (collides(lower, ascii_lower(emote), false)) out.push_back(emote);
  return out;
}

}  // namespace strims::text
