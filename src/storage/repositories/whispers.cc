#include "storage/repositories/whispers.h"

#include <algorithm>

#include "base/bytes.h"

namespace strims::storage {
namespace {

constexpr std::string_view kNoSuchPerson = "nobody of that name can be written to";

std::unexpected<Error> throttled(std::span<const RecentWhisper> recent, TimeMs now,
                                 const WhisperLimits& limits) {
  const int64_t wait = recent.empty() ? limits.window_ms : recent[0].at + limits.window_ms - now;
  return fail(Errc::rate_limited, "throttled", "too many private messages without an answer",
              std::clamp<int64_t>(wait, 1000, limits.window_ms));
}

// The two counters of site-api.md section 5, rule 4, walked from the oldest message to the newest.
bool counters_allow(UserId sender, UserId target, std::span<const RecentWhisper> recent,
                    const WhisperLimits& limits) {
  int to_target = 0;
  int general = 0;
  bool denied = false;
  for (const RecentWhisper& whisper : recent) {
    if (whisper.from == target && whisper.to == sender) return true;  // an answer settles it
    if (whisper.from == sender && !whisper.read) {
      ++general;
      if (whisper.to == target && ++to_target > limits.unread_to_target_max) denied = true;
    } else {
      general -= 2;
    }
  }
  return !denied && to_target <= limits.target_max && general <= limits.general_max;
}

Result<std::vector<RecentWhisper>> recent_whispers(sql::Connection& connection, UserId sender,
                                                   TimeMs now, const WhisperLimits& limits) {
  STRIMS_TRY(
      const auto rows,
      connection.query("SELECT from_id, to_id, is_read, at FROM whispers WHERE (from_id = $1 "
                       "AND at > $2) OR (to_id = $1 AND at > $2) ORDER BY id DESC LIMIT $3",
                       {sender, now - limits.window_ms, static_cast<int64_t>(limits.window_rows)}));
  std::vector<RecentWhisper> recent;
  recent.reserve(rows.size());
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    recent.push_back({row->integer(0), row->integer(1), row->integer(2) != 0, row->integer(3)});
  return recent;
}

// As a LIKE pattern that matches the text anywhere, with `!` as the escape.
std::string like_anywhere(std::string_view text) {
  std::string pattern = "%";
  for (const char c : ascii_lower(text)) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c;
  }
  return pattern + "%";
}

}  // namespace

Result<void> check_whisper(const User& sender, const User& target, bool sender_banned,
                           std::span<const RecentWhisper> recent, TimeMs now,
                           const WhisperLimits& limits) {
  if (target.id == 0 || target.id == sender.id || target.deleted)
    return fail(Errc::not_found, "notfound", std::string(kNoSuchPerson));
  if (sender_banned)
    return fail(Errc::forbidden, "privmsgbanned", "a banned account cannot write to others");
  if (sender.is_admin()) return {};
  if (now - sender.created_at < limits.min_account_age_ms)
    return fail(Errc::forbidden, "privmsgaccounttooyoung",
                "the account is too young to write to others");
  if (!counters_allow(sender.id, target.id, recent, limits)) return throttled(recent, now, limits);
  return {};
}

Result<Whisper> send_whisper(sql::Connection& connection, const User& sender, const User& target,
                             bool sender_banned, std::string_view text, TimeMs now,
                             const WhisperLimits& limits) {
  return sql::in_transaction(connection, [&]() -> Result<Whisper> {
    STRIMS_TRY(const auto recent, recent_whispers(connection, sender.id, now, limits));
    STRIMS_CHECK_OK(check_whisper(sender, target, sender_banned, recent, now, limits));
    STRIMS_TRY(const auto rows, connection.query("INSERT INTO whispers (from_id, to_id, text, at) "
                                                 "VALUES ($1, $2, $3, $4) RETURNING id",
                                                 {sender.id, target.id, text, now}));
    if (rows.empty()) return fail(Errc::internal, "unknown", "the insert returned no id");
    Whisper whisper;
    whisper.id = rows[0].integer(0);
    whisper.from_id = sender.id;
    whisper.to_id = target.id;
    whisper.from_nick = sender.nick;
    whisper.to_nick = target.nick;
    whisper.text = text;
    whisper.at = now;
    return whisper;
  });
}

Result<std::vector<UnreadSender>> unread_whispers(sql::Connection& connection, UserId me,
                                                  size_t limit) {
  STRIMS_TRY(
      const auto rows,
      connection.query(
          "SELECT MAX(w.id), w.from_id, u.nick, COUNT(*), MAX(w.at) FROM whispers w JOIN "
          "users u ON u.id = w.from_id WHERE w.to_id = $1 AND w.is_read = 0 AND "
          "w.deleted_by_receiver = 0 GROUP BY w.from_id, u.nick ORDER BY MAX(w.id) DESC LIMIT $2",
          {me, static_cast<int64_t>(limit)}));
  std::vector<UnreadSender> senders;
  for (const auto& row : rows)
    senders.push_back(
        {row.integer(0), row.integer(1), row.text(2), row.integer(3), row.integer(4)});
  return senders;
}

Result<int64_t> unread_count(sql::Connection& connection, UserId me) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT COUNT(*) FROM whispers WHERE to_id = $1 AND is_read = 0 AND "
                              "deleted_by_receiver = 0",
                              {me}));
  return rows.at(0).integer(0);
}

Result<std::vector<Whisper>> read_inbox(sql::Connection& connection, UserId me, UserId other,
                                        size_t offset) {
  STRIMS_TRY(
      const auto rows,
      connection.query(
          "SELECT w.id, w.from_id, w.to_id, f.nick, t.nick, w.text, w.at, w.is_read, "
          "w.deleted_by_sender, w.deleted_by_receiver FROM whispers w JOIN users f ON f.id = "
          "w.from_id JOIN users t ON t.id = w.to_id WHERE (w.from_id = $1 AND w.to_id = $2 AND "
          "w.deleted_by_sender = 0) OR (w.from_id = $2 AND w.to_id = $1 AND w.deleted_by_receiver "
          "= "
          "0) ORDER BY w.id DESC LIMIT $3 OFFSET $4",
          {me, other, int64_t{kInboxPage},
           static_cast<int64_t>(std::min<size_t>(offset, 1u << 30))}));
  std::vector<Whisper> page;
  page.reserve(rows.size());
  for (const auto& row : rows)
    page.push_back({row.integer(0), row.integer(1), row.integer(2), row.text(3), row.text(4),
                    row.text(5), row.integer(6), row.integer(7) != 0, row.integer(8) != 0,
                    row.integer(9) != 0});
  if (page.empty()) return page;
  // Not what came in since: it was not shown. Looked at first, since a reader should not take the
  // write lock.
  const int64_t newest = page.front().id;
  STRIMS_TRY(
      const auto unread,
      connection.query("SELECT 1 FROM whispers WHERE to_id = $1 AND from_id = $2 AND is_read "
                       "= 0 AND id <= $3 LIMIT 1",
                       {me, other, newest}));
  if (!unread.empty())
    STRIMS_CHECK_OK(
        connection.execute("UPDATE whispers SET is_read = 1 WHERE to_id = $1 AND from_id "
                           "= $2 AND is_read = 0 AND id <= $3",
                           {me, other, newest}));
  return page;
}

Result<Conversations> list_conversations(sql::Connection& connection, UserId me,
                                         const ConversationPage& page) {
  const auto limit = static_cast<int64_t>(std::clamp<size_t>(page.limit, 1, 100));
  const std::string pattern = page.search.empty() ? std::string() : like_anywhere(page.search);
  STRIMS_TRY(
      const auto rows,
      connection.query(
          "WITH mine AS (SELECT to_id AS other, MAX(id) AS last_id FROM whispers WHERE from_id = "
          "$1 "
          "AND deleted_by_sender = 0 GROUP BY to_id UNION ALL SELECT from_id, MAX(id) FROM "
          "whispers "
          "WHERE to_id = $1 AND deleted_by_receiver = 0 GROUP BY from_id), last AS (SELECT other, "
          "MAX(last_id) AS last_id FROM mine GROUP BY other) SELECT u.id, u.nick, w.id, w.text, "
          "w.at, "
          "w.from_id, (SELECT COUNT(*) FROM whispers r WHERE r.to_id = $1 AND r.from_id = u.id AND "
          "r.is_read = 0 AND r.deleted_by_receiver = 0) FROM last JOIN whispers w ON w.id = "
          "last.last_id JOIN users u ON u.id = last.other WHERE ($2 = 0 OR last.last_id < $2) AND "
          "($3 "
          "= '' OR u.nick_lower LIKE $3 ESCAPE '!') ORDER BY last.last_id DESC LIMIT $4",
          {me, page.before_id, pattern, limit + 1}));
  Conversations out;
  out.more = static_cast<int64_t>(rows.size()) > limit;
  for (const auto& row : rows) {
    if (static_cast<int64_t>(out.rows.size()) == limit) break;
    out.rows.push_back({row.integer(0), row.text(1), row.integer(2), row.text(3), row.integer(4),
                        row.integer(5) == me, row.integer(6)});
  }
  return out;
}

Result<void> open_whisper(sql::Connection& connection, UserId me, int64_t id) {
  STRIMS_TRY(const int64_t changed,
             connection.execute("UPDATE whispers SET is_read = 1 WHERE id = $1 AND to_id = $2 AND "
                                "deleted_by_receiver = 0",
                                {id, me}));
  if (changed == 0) return fail(Errc::not_found, "notfound", "no such message");
  return {};
}

Result<void> open_all_whispers(sql::Connection& connection, UserId me) {
  STRIMS_CHECK_OK(
      connection.execute("UPDATE whispers SET is_read = 1 WHERE to_id = $1 AND is_read = 0", {me}));
  return {};
}

Result<void> delete_conversation(sql::Connection& connection, UserId me, UserId other) {
  return sql::in_transaction(connection, [&]() -> Result<void> {
    STRIMS_CHECK_OK(connection.execute(
        "UPDATE whispers SET deleted_by_sender = 1 WHERE from_id = $1 AND to_id = $2",
        {me, other}));
    STRIMS_CHECK_OK(
        connection.execute("UPDATE whispers SET deleted_by_receiver = 1, is_read = 1 "
                           "WHERE to_id = $1 AND from_id = $2",
                           {me, other}));
    return {};
  });
}

}  // namespace strims::storage
