// Private messages (site-api.md section 5): who may send one, and the inbox. Lane threads only, but
// for the pure check. The text is checked by the caller (chat's rules for lines).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/user.h"
#include "storage/sql/database.h"

namespace strims::storage {

struct WhisperLimits {
  int64_t min_account_age_ms = 7LL * 24 * 3600 * 1000;
  int64_t window_ms = 3600 * 1000;
  int unread_to_target_max = 3;  // more unread ones to the same target: wait for an answer
  int target_max = 7;
  int general_max = 21;
  size_t window_rows = 500;  // the newest of the window are looked at
};

struct Whisper {
  int64_t id = 0;
  UserId from_id = 0;
  UserId to_id = 0;
  std::string from_nick;
  std::string to_nick;
  std::string text;
  TimeMs at = 0;
  bool read = false;
  bool deleted_by_sender = false;
  bool deleted_by_receiver = false;
};

// One whisper of the last hour that the sender took part in, for the throttle.
struct RecentWhisper {
  UserId from = 0;
  UserId to = 0;
  bool read = false;
  TimeMs at = 0;
};

// Whether `sender` may write to `target` now; `recent` oldest first. Pure. Admins are always
// allowed to write to others. Errors, in this order: not_found/"notfound" (oneself or a deleted
// target), forbidden/"privmsgbanned", forbidden/"privmsgaccounttooyoung", rate_limited/"throttled"
// (with the time until the oldest whisper leaves the window).
Result<void> check_whisper(const User& sender, const User& target, bool sender_banned,
                           std::span<const RecentWhisper> recent, TimeMs now,
                           const WhisperLimits& limits = {});

// Checks and stores in a transaction of its own. `sender_banned`: an active ban of the account.
Result<Whisper> send_whisper(sql::Connection& connection, const User& sender, const User& target,
                             bool sender_banned, std::string_view text, TimeMs now,
                             const WhisperLimits& limits = {});

struct UnreadSender {
  int64_t message_id = 0;  // the newest unread one
  UserId user_id = 0;
  std::string nick;
  int64_t unread = 0;
  TimeMs at = 0;
};
// One row per sender with unread messages, newest first.
Result<std::vector<UnreadSender>> unread_whispers(sql::Connection& connection, UserId me,
                                                  size_t limit = 50);
Result<int64_t> unread_count(sql::Connection& connection, UserId me);

inline constexpr size_t kInboxPage = 25;
// The messages between the two, newest first, at most 25 from `offset`; marks all that `other` sent
// as read.
Result<std::vector<Whisper>> read_inbox(sql::Connection& connection, UserId me, UserId other,
                                        size_t offset);

struct Conversation {
  UserId user_id = 0;  // the other one
  std::string nick;
  int64_t last_id = 0;
  std::string last_text;
  TimeMs last_at = 0;
  bool last_from_me = false;
  int64_t unread = 0;
};
struct ConversationPage {
  int64_t before_id = 0;  // last_id of the previous page's last row; 0 for the first page
  std::string search;     // part of the other's nick, any case; "" for all
  size_t limit = 25;      // 1..100
};
struct Conversations {
  std::vector<Conversation> rows;  // newest first
  bool more = false;
};
Result<Conversations> list_conversations(sql::Connection& connection, UserId me,
                                         const ConversationPage& page);

// Marks one message as read. Only its receiver may: else not_found/"notfound".
Result<void> open_whisper(sql::Connection& connection, UserId me, int64_t id);
// Marks everything as read.
Result<void> open_all_whispers(sql::Connection& connection, UserId me);
// Hides the conversation from `me`; the other one keeps it.
Result<void> delete_conversation(sql::Connection& connection, UserId me, UserId other);

}  // namespace strims::storage
