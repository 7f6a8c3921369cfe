#include "auth/profile.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/bytes.h"
#include "base/utf8.h"

namespace strims::auth {
namespace {

// Keys that other requests accept, or that a careless server would: refused loudly rather than
// ignored, so that nobody believes that they worked.
constexpr std::array<std::string_view, 24> kForbidden = {
    "id",         "user_id",       "userid",     "username",    "nick",      "name",
    "role",       "roles",         "rank",       "features",    "grants",    "permissions",
    "permission", "admin",         "is_admin",   "isadmin",     "moderator", "can_chat",
    "password",   "password_hash", "created_at", "createddate", "deleted",   "subscription"};

constexpr std::array<std::string_view, 3> kGenders = {"male", "female", "nonbinary"};
constexpr std::array<std::string_view, 6> kAges = {"under-18", "18-24", "25-34",
                                                   "35-44",    "45-54", "55+"};

bool is_plain(char32_t c) {
  if (c == '\n') return true;
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return false;
  // Characters that turn the direction of what stands around them.
  return !(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069);
}

bool is_bio(std::string_view text) {
  size_t characters = 0;
  for (size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    if (c.length == 0 || !is_plain(c.value) || ++characters > kMaxBioCharacters) return false;
    at += c.length;
  }
  return true;
}

// The member as text: nothing when absent, "" when null.
Result<std::optional<std::string>> read_text(const Json& body, std::string_view key,
                                             std::string_view reason) {
  const Json* value = body.find(key);
  if (!value) return std::nullopt;
  if (value->is_null()) return std::string();
  if (const auto text = value->string()) return std::string(*text);
  return fail(Errc::invalid, reason, std::string(key) + " must be a string or null");
}

Result<std::optional<std::string>> read_choice(const Json& body, std::string_view key,
                                               std::string_view reason,
                                               std::span<const std::string_view> choices) {
  STRIMS_TRY(auto text, read_text(body, key, reason));
  if (text && !text->empty() && std::find(choices.begin(), choices.end(), *text) == choices.end())
    return fail(Errc::invalid, reason, std::string(key) + " is none of the known words");
  return text;
}

}  // namespace

Result<storage::ProfileUpdate> parse_profile(const Json& body) {
  if (!body.is_object()) return fail(Errc::invalid, "invalid", "the body must be a JSON object");
  for (const auto& [key, value] : body.object()) {
    const std::string lower = ascii_lower(key);
    if (std::find(kForbidden.begin(), kForbidden.end(), lower) != kForbidden.end())
      return fail(Errc::invalid, "forbidden_field", "not part of the profile: " + lower);
  }
  storage::ProfileUpdate update;
  STRIMS_TRY(update.bio, read_text(body, "bio", "invalid_bio"));
  if (update.bio && !is_bio(*update.bio))
    return fail(Errc::invalid, "invalid_bio", "at most 500 characters of plain text");
  STRIMS_TRY(update.gender, read_choice(body, "gender", "invalid_gender", kGenders));
  STRIMS_TRY(update.age, read_choice(body, "age", "invalid_age", kAges));
  return update;
}

}  // namespace strims::auth
