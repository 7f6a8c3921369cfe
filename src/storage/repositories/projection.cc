#include "storage/repositories/projection.h"

#include <algorithm>
#include <set>

#include "base/cidr.h"
#include "base/json_read.h"
#include "obs/log.h"
#include "storage/repositories/projection_log.h"

namespace strims::storage {
namespace {

constexpr int64_t kPaidEventMs = 5 * 60 * 1000;
// More than 64 bits of nanoseconds hold, in which the client counts; keeps the sum in range.
constexpr int64_t kLongestSeconds = 10'000'000'000;

TimeMs end_of(const Entry& entry) {
  return entry.at + std::clamp<int64_t>(entry.number, 0, kLongestSeconds) * 1000;
}

Result<void> done(const Result<int64_t>& changed) {
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<void> mute(sql::Connection& db, UserId user, const std::string& nick, const Entry& entry) {
  return done(db.execute(
      "INSERT INTO mutes (channel, user_id, nick, until_at, by_id, by_nick, entry) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (channel, user_id) DO UPDATE SET "
      "nick = excluded.nick, until_at = excluded.until_at, by_id = excluded.by_id, "
      "by_nick = excluded.by_nick, entry = excluded.entry",
      {entry.channel, user, nick, end_of(entry), entry.actor.id, entry.actor.nick, entry.id}));
}

Result<void> unmute(sql::Connection& db, const Entry& entry) {
  return done(db.execute("DELETE FROM mutes WHERE channel = $1 AND user_id = $2",
                         {entry.channel, entry.target_id}));
}

// The ban units in extra.addresses, without doubles.
Result<std::set<std::string>> ban_addresses(const Entry& entry) {
  std::set<std::string> out;
  if (entry.extra.empty()) return out;
  STRIMS_TRY(const auto extra, Json::parse(entry.extra));
  const Json* list = extra.find("addresses");
  if (!list) return out;
  for (const auto& element : list->array()) {
    const auto address = IpAddress::parse(element.string().value_or(""));
    if (address)
      out.insert(address->ban_unit().to_string());
    else
      obs::log_warn("ban.bad_address", {{"entry", entry.id}});
  }
  return out;
}

// Ends the active rows of an earlier ban of the same user: his own and his addresses. The same
// address banned with another user stays: lifting the one must not let the other in.
Result<void> replace_user(sql::Connection& db, const Entry& entry) {
  return done(db.execute(
      "UPDATE bans SET lifted_at = $3, lifted_by_id = $4, lifted_by_nick = $5 WHERE channel = $1 "
      "AND user_id = $2 AND lifted_at IS NULL AND (end_at IS NULL OR end_at > $3)",
      {entry.channel, entry.target_id, entry.at, entry.actor.id, entry.actor.nick}));
}

// Bans without a user have only the address in common.
Result<void> replace_address(sql::Connection& db, const Entry& entry, const std::string& address) {
  return done(db.execute(
      "UPDATE bans SET lifted_at = $3, lifted_by_id = $4, lifted_by_nick = $5 WHERE channel = $1 "
      "AND address = $2 AND address <> '' AND user_id = 0 AND lifted_at IS NULL "
      "AND (end_at IS NULL OR end_at > $3)",
      {entry.channel, address, entry.at, entry.actor.id, entry.actor.nick}));
}

Result<void> ban_row(sql::Connection& db, const Entry& entry, const std::string& address) {
  const sql::Value end = entry.number > 0 ? sql::Value(end_of(entry)) : sql::Value(sql::Null{});
  return done(db.execute(
      "INSERT INTO bans (id, channel, user_id, nick, address, reason, start_at, end_at, by_id, "
      "by_nick) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {entry.id, entry.channel, entry.target_id, entry.target_nick, address, entry.text, entry.at,
       end, entry.actor.id, entry.actor.nick}));
}

Result<void> ban(sql::Connection& db, const Entry& entry) {
  STRIMS_TRY(const auto addresses, ban_addresses(entry));
  const bool by_user = entry.target_id != 0;
  if (by_user) {
    STRIMS_CHECK_OK(replace_user(db, entry));
    STRIMS_CHECK_OK(ban_row(db, entry, ""));
  }
  for (const auto& address : addresses) {
    if (!by_user) STRIMS_CHECK_OK(replace_address(db, entry, address));
    STRIMS_CHECK_OK(ban_row(db, entry, address));
  }
  return {};
}

Result<void> unban(sql::Connection& db, const Entry& entry) {
  constexpr std::string_view kLift =
      "UPDATE bans SET lifted_at = $3, lifted_by_id = $4, lifted_by_nick = $5 WHERE channel = $1 "
      "AND lifted_at IS NULL AND (end_at IS NULL OR end_at > $3) AND ";
  const bool by_user = entry.target_id != 0;
  static const std::string kByUser = std::string(kLift) + "user_id = $2";
  static const std::string kById = std::string(kLift) + "id = $2";
  STRIMS_CHECK_OK(db.execute(by_user ? kByUser : kById,
                             {entry.channel, by_user ? entry.target_id : entry.target_entry,
                              entry.at, entry.actor.id, entry.actor.nick}));
  if (by_user) return unmute(db, entry);
  return {};
}

// Sets one column of the channel's state.
Result<void> set_state(sql::Connection& db, ChannelId channel, std::string_view column,
                       int64_t value) {
  std::string statement = "INSERT INTO channel_state (channel, ";
  statement += column;
  statement += ") VALUES ($1, $2) ON CONFLICT (channel) DO UPDATE SET ";
  statement += column;
  statement += " = $2";
  return done(db.execute(statement, {channel, value}));
}

Result<void> paid_event(sql::Connection& db, const Entry& entry) {
  if (entry.uuid.empty()) return {};
  TimeMs expires = entry.at + kPaidEventMs;
  if (const auto extra = Json::parse(entry.extra)) {
    const Json* end = extra->find("expirationTimestamp");
    if (end && end->integer()) expires = *end->integer();
  }
  return done(db.execute(
      "INSERT INTO paid_events (channel, uuid, entry, at, expires_at) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (channel, uuid) DO NOTHING",
      {entry.channel, entry.uuid, entry.id, entry.at, expires}));
}

Result<void> event_remove(sql::Connection& db, const Entry& entry) {
  return done(
      db.execute("UPDATE paid_events SET removed_at = $3 WHERE channel = $1 AND uuid = $2 "
                 "AND removed_at IS NULL",
                 {entry.channel, entry.uuid, entry.at}));
}

Result<void> phrase_add(sql::Connection& db, const Entry& entry) {
  return done(db.execute(
      "INSERT INTO phrases (channel, phrase, by_id, by_nick, at, entry) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, phrase) DO NOTHING",
      {entry.channel, entry.text, entry.actor.id, entry.actor.nick, entry.at, entry.id}));
}

Result<void> phrase_remove(sql::Connection& db, const Entry& entry) {
  return done(db.execute("DELETE FROM phrases WHERE channel = $1 AND phrase = $2",
                         {entry.channel, entry.text}));
}

Result<void> tombstone(sql::Connection& db, const Entry& entry) {
  return done(db.execute(
      "UPDATE entries SET deleted_by = $3 WHERE id = $2 AND channel = $1 AND deleted_by IS NULL",
      {entry.channel, entry.target_entry, entry.id}));
}

Result<void> apply(sql::Connection& db, const Entry& entry) {
  switch (entry.kind) {
    case EntryKind::mute:
      return mute(db, entry.target_id, entry.target_nick, entry);
    case EntryKind::death:
      return mute(db, entry.actor.id, entry.actor.nick, entry);
    case EntryKind::unmute:
      return unmute(db, entry);
    case EntryKind::ban:
      return ban(db, entry);
    case EntryKind::unban:
      return unban(db, entry);
    case EntryKind::subonly:
      return set_state(db, entry.channel, "subonly_tier", entry.number);
    case EntryKind::pin:
      return set_state(db, entry.channel, "pin_entry", entry.text.empty() ? 0 : entry.id);
    case EntryKind::poll_start:
      return set_state(db, entry.channel, "poll_entry", entry.id);
    case EntryKind::poll_stop:
      return set_state(db, entry.channel, "poll_entry", 0);
    case EntryKind::stream:
      return set_state(db, entry.channel, "stream_entry", entry.id);
    case EntryKind::phrase_add:
      return phrase_add(db, entry);
    case EntryKind::phrase_remove:
      return phrase_remove(db, entry);
    case EntryKind::subscription:
    case EntryKind::gift_sub:
    case EntryKind::mass_gift:
    case EntryKind::donation:
      return paid_event(db, entry);
    case EntryKind::event_remove:
      return event_remove(db, entry);
    case EntryKind::tombstone:
      return tombstone(db, entry);
    case EntryKind::message:
    case EntryKind::broadcast:
    case EntryKind::vote:
    case EntryKind::reload:
      return {};
  }
  return {};
}

}  // namespace

bool has_projection(EntryKind kind) {
  return kind != EntryKind::message && kind != EntryKind::vote;
}

Result<void> project(sql::Connection& connection, const Entry& entry) {
  if (!has_projection(entry.kind)) return {};
  STRIMS_CHECK_OK(apply(connection, entry));
  return log_entry(connection, entry);
}

}  // namespace strims::storage
