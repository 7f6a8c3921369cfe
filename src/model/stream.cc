#include "model/stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/utf8.h"

namespace strims {
namespace {

using namespace std::string_view_literals;

// The words of each enumeration, in the order of its enumerators.
constexpr std::array kStates = {"offline"sv, "armed"sv,       "starting"sv,
                                "live"sv,    "interrupted"sv, "ended"sv};
constexpr std::array kReasons = {
    "stopped"sv, "lost"sv,     "replaced"sv, "kicked"sv, "banned"sv,         "key_rotated"sv,
    "quota"sv,   "duration"sv, "disk"sv,     "codec"sv,  "server_restart"sv, "upstream_gone"sv};
constexpr std::array kVisibilities = {"public"sv, "private"sv, "subscribers"sv};
constexpr std::array kRecordingStates = {"none"sv,  "pending"sv, "recording"sv, "finalizing"sv,
                                         "ready"sv, "failed"sv,  "deleting"sv};
constexpr std::array kAnnouncements = {"live"sv, "ended"sv};

// Parts of addresses beside which a channel's name stands, and names that promise too much.
constexpr std::array kReserved = {
    "admin"sv, "all"sv,      "api"sv,   "channel"sv, "channels"sv, "chat"sv,    "hls"sv,
    "key"sv,   "live"sv,     "main"sv,  "me"sv,      "metadata"sv, "new"sv,     "open"sv,
    "root"sv,  "settings"sv, "start"sv, "stop"sv,    "stream"sv,   "streams"sv, "system"sv,
    "thumb"sv, "thumbs"sv,   "user"sv,  "users"sv,   "vod"sv,      "vods"sv,    "watch"sv};

template <class E, size_t N>
std::optional<E> find_word(const std::array<std::string_view, N>& words, std::string_view word) {
  const auto it = std::find(words.begin(), words.end(), word);
  if (it == words.end()) return std::nullopt;
  return static_cast<E>(it - words.begin());
}

template <class E, size_t N>
std::string_view word_of(const std::array<std::string_view, N>& words, E value) {
  return words[static_cast<size_t>(value)];
}

}  // namespace

std::string_view to_string(BroadcastState state) {
  return word_of(kStates, state);
}
std::string_view to_string(EndReason reason) {
  return word_of(kReasons, reason);
}
std::string_view to_string(Visibility visibility) {
  return word_of(kVisibilities, visibility);
}
std::string_view to_string(RecordingState state) {
  return word_of(kRecordingStates, state);
}
std::string_view to_string(AnnouncementKind kind) {
  return word_of(kAnnouncements, kind);
}
std::optional<BroadcastState> parse_broadcast_state(std::string_view word) {
  return find_word<BroadcastState>(kStates, word);
}
std::optional<EndReason> parse_end_reason(std::string_view word) {
  return find_word<EndReason>(kReasons, word);
}
std::optional<Visibility> parse_visibility(std::string_view word) {
  return find_word<Visibility>(kVisibilities, word);
}
std::optional<RecordingState> parse_recording_state(std::string_view word) {
  return find_word<RecordingState>(kRecordingStates, word);
}
std::optional<AnnouncementKind> parse_announcement_kind(std::string_view word) {
  return find_word<AnnouncementKind>(kAnnouncements, word);
}

namespace {

constexpr size_t kTitleLimit = 140;
constexpr size_t kCategoryLimit = 60;
constexpr size_t kTagLimit = 30;
constexpr size_t kTagsLimit = 10;
constexpr int64_t kMaxDays = 36'500;

bool is_slug_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Ends lines, hides, or turns the direction of what stands around it.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x200e && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

std::unexpected<Error> bad_metadata(std::string what) {
  return fail(Errc::invalid, "bad_metadata", std::move(what));
}

Result<std::string> clean_text(std::string_view text, size_t limit, std::string_view name) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  size_t count = 0;
  for (size_t at = 0; at < text.size(); ++count) {
    const CodePoint point = decode_utf8(text, at);
    if (point.length == 0 || is_control(point.value))
      return bad_metadata(fmt::format("the {} has characters that cannot be shown", name));
    at += point.length;
  }
  if (count > limit) return bad_metadata(fmt::format("the {} may have {} characters", name, limit));
  return std::string(text);
}

Result<std::vector<std::string>> clean_tags(const std::vector<std::string>& tags) {
  std::vector<std::string> out;
  for (const auto& tag : tags) {
    STRIMS_TRY(std::string clean, clean_text(tag, kTagLimit, "tag"));
    if (!clean.empty() && std::find(out.begin(), out.end(), clean) == out.end())
      out.push_back(std::move(clean));
  }
  if (out.size() > kTagsLimit) return bad_metadata(fmt::format("there may be {} tags", kTagsLimit));
  return out;
}

// "", "en", "pt-br": the shape of BCP 47, not its registry.
bool is_language(std::string_view text) {
  if (text.empty()) return true;
  for (bool first = true;; first = false) {
    const size_t dash = text.find('-');
    const std::string_view part = text.substr(0, dash);
    if (part.size() < 2 || part.size() > (first ? 3 : 8)) return false;
    for (const char c : part)
      if (!(c >= 'a' && c <= 'z') && (first || !(c >= '0' && c <= '9'))) return false;
    if (dash == std::string_view::npos) return true;
    text.remove_prefix(dash + 1);
  }
}

}  // namespace

Result<void> check_slug(std::string_view slug) {
  if (slug.size() < 2 || slug.size() > 32 || !std::all_of(slug.begin(), slug.end(), is_slug_char))
    return fail(Errc::invalid, "bad_name",
                "a channel's name has 2 to 32 of the characters a-z, 0-9, _ and -");
  if (slug.front() == '-' || slug.starts_with("sk_"))
    return fail(Errc::invalid, "bad_name", "a channel's name begins neither with - nor with sk_");
  if (std::find(kReserved.begin(), kReserved.end(), slug) != kReserved.end())
    return fail(Errc::invalid, "bad_name", "this name is reserved");
  return {};
}

Result<std::string> clean_title(std::string_view title) {
  return clean_text(title, kTitleLimit, "title");
}

Result<ChannelUpdate> clean_update(ChannelUpdate update) {
  if (update.title) {
    STRIMS_TRY(update.title, clean_title(*update.title));
  }
  if (update.category) {
    STRIMS_TRY(update.category, clean_text(*update.category, kCategoryLimit, "category"));
  }
  if (update.tags) {
    STRIMS_TRY(update.tags, clean_tags(*update.tags));
  }
  if (update.language) {
    update.language = ascii_lower(*update.language);
    if (update.language->size() > 35 || !is_language(*update.language))
      return bad_metadata("the language is a code such as en or pt-br");
  }
  if (update.retention) {
    const Retention& keep = *update.retention;
    if (keep.keep_days < 0 || keep.keep_days > kMaxDays || keep.keep_bytes < 0 ||
        keep.keep_last_n < 0)
      return bad_metadata("what is kept is a number, 0 for no bound");
  }
  return update;
}

}  // namespace strims
