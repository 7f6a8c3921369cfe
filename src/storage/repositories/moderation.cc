#include "storage/repositories/moderation.h"

#include <algorithm>

namespace strims::storage {
namespace {

#define STRIMS_BAN_COLUMNS                                                                     \
  "id, channel, user_id, nick, address, reason, start_at, end_at, by_id, by_nick, lifted_at, " \
  "lifted_by_id, lifted_by_nick"

std::optional<TimeMs> time_or_nothing(const sql::Row& row, size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

Ban ban_of_row(const sql::Row& row) {
  Ban ban;
  ban.id = row.integer(0);
  ban.channel = row.integer(1);
  ban.user_id = row.integer(2);
  ban.nick = row.text(3);
  ban.address = row.text(4);
  ban.reason = row.text(5);
  ban.start = row.integer(6);
  ban.end = time_or_nothing(row, 7);
  ban.by_id = row.integer(8);
  ban.by_nick = row.text(9);
  ban.lifted_at = time_or_nothing(row, 10);
  ban.lifted_by_id = row.integer(11);
  ban.lifted_by_nick = row.text(12);
  return ban;
}

Result<std::optional<Ban>> first_ban(const Result<sql::Rows>& rows) {
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return std::nullopt;
  return ban_of_row(rows->front());
}

Result<std::vector<Ban>> all_bans(const Result<sql::Rows>& rows) {
  if (!rows) return std::unexpected(rows.error());
  std::vector<Ban> out;
  out.reserve(rows->size());
  for (const auto& row : *rows) out.push_back(ban_of_row(row));
  return out;
}

int64_t bounded(size_t limit) {
  return static_cast<int64_t>(std::clamp<size_t>(limit, 1, 500));
}
int64_t below(int64_t before) {
  return before == 0 ? INT64_MAX : before;
}

}  // namespace

Result<void> log_moderation(sql::Connection& connection, const ModerationRecord& record) {
  STRIMS_CHECK_OK(connection.execute(
      "INSERT INTO moderation_log (id, at, channel, actor_id, actor_nick, action, target_id, "
      "target_nick, reason, detail, entry) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      {record.id, record.at, record.channel, record.actor_id, record.actor_nick, record.action,
       record.target_id, record.target_nick, record.reason, record.detail, record.entry}));
  return {};
}

Result<std::vector<ModerationRecord>> read_moderation_log(sql::Connection& connection,
                                                          const ModerationRange& range) {
  std::string statement =
      "SELECT id, at, channel, actor_id, actor_nick, action, target_id, target_nick, reason, "
      "detail, entry FROM moderation_log WHERE id < $1";
  std::vector<sql::Value> params = {below(range.before), bounded(range.limit)};
  const auto add = [&](const char* column, sql::Value value) {
    params.push_back(value);
    statement += std::string(" AND ") + column + " = $" + std::to_string(params.size());
  };
  if (range.actor != 0) add("actor_id", range.actor);
  if (range.target != 0) add("target_id", range.target);
  if (!range.action.empty()) add("action", range.action);
  statement += " ORDER BY id DESC LIMIT $2";
  STRIMS_TRY(const auto rows, connection.query(statement, params));
  std::vector<ModerationRecord> out;
  out.reserve(rows.size());
  for (const auto& row : rows)
    out.push_back({row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.text(4),
                   row.text(5), row.integer(6), row.text(7), row.text(8), row.text(9),
                   row.integer(10)});
  return out;
}

Result<std::optional<Ban>> find_ban(sql::Connection& connection, EntryId id) {
  return first_ban(connection.query(
      "SELECT " STRIMS_BAN_COLUMNS " FROM bans WHERE id = $1 ORDER BY address LIMIT 1", {id}));
}

Result<std::optional<Ban>> active_ban_of_user(sql::Connection& connection, ChannelId channel,
                                              UserId user, TimeMs now) {
  if (user == 0) return std::nullopt;
  return first_ban(connection.query(
      "SELECT " STRIMS_BAN_COLUMNS
      " FROM bans WHERE channel = $1 AND user_id = $2 AND address = '' AND lifted_at IS NULL "
      "AND (end_at IS NULL OR end_at > $3) ORDER BY id DESC LIMIT 1",
      {channel, user, now}));
}

Result<std::optional<Ban>> active_ban_of_address(sql::Connection& connection, ChannelId channel,
                                                 const IpAddress& address, TimeMs now) {
  const std::string unit = address.ban_unit().to_string();
  return first_ban(connection.query(
      "SELECT " STRIMS_BAN_COLUMNS
      " FROM bans WHERE channel = $1 AND address = $2 AND address <> '' AND lifted_at IS NULL "
      "AND (end_at IS NULL OR end_at > $3) ORDER BY id DESC LIMIT 1",
      {channel, unit, now}));
}

Result<std::vector<Ban>> active_bans(sql::Connection& connection, ChannelId channel, TimeMs now) {
  return all_bans(connection.query("SELECT " STRIMS_BAN_COLUMNS
                                   " FROM bans WHERE channel = $1 AND lifted_at IS NULL "
                                   "AND (end_at IS NULL OR end_at > $2) ORDER BY id, address",
                                   {channel, now}));
}

Result<std::vector<Ban>> list_bans(sql::Connection& connection, ChannelId channel, bool active_only,
                                   TimeMs now, EntryId before, size_t limit) {
  if (active_only)
    return all_bans(connection.query(
        "SELECT " STRIMS_BAN_COLUMNS
        " FROM bans WHERE channel = $1 AND address = '' AND id < $2 AND lifted_at IS NULL "
        "AND (end_at IS NULL OR end_at > $3) ORDER BY id DESC LIMIT $4",
        {channel, below(before), now, bounded(limit)}));
  return all_bans(connection.query("SELECT " STRIMS_BAN_COLUMNS
                                   " FROM bans WHERE channel = $1 AND address = '' AND id < $2 "
                                   "ORDER BY id DESC LIMIT $3",
                                   {channel, below(before), bounded(limit)}));
}

#undef STRIMS_BAN_COLUMNS

}  // namespace strims::storage
