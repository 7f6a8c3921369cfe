#include "storage/repositories/broadcasts.h"

#include <fmt/format.h>

#include <algorithm>

#include "storage/repositories/broadcast_row.h"

namespace strims::storage {
namespace {

Result<std::vector<Broadcast>> read_broadcasts(sql::Connection& connection, std::string_view rest,
                                               std::initializer_list<sql::Value> params = {}) {
  STRIMS_TRY(const auto rows, connection.query(fmt::format("SELECT {} FROM broadcasts AS b {}",
                                                           kBroadcastColumns, rest),
                                               params));
  std::vector<Broadcast> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    STRIMS_TRY(auto broadcast, read_broadcast(row));
    out.push_back(std::move(broadcast));
  }
  return out;
}

Result<std::optional<Broadcast>> first_of(Result<std::vector<Broadcast>> found) {
  if (!found) return std::unexpected(std::move(found).error());
  if (found->empty()) return std::nullopt;
  return std::move(found->front());
}

// The row that a broadcast's first step makes; what it shows is the channel's of that moment.
Result<void> insert_broadcast(sql::Connection& connection, const Transition& t) {
  STRIMS_TRY(
      const auto channel,
      connection.query("SELECT title, category, tags FROM stream_channels WHERE channel = $1",
                       {t.channel}));
  if (channel.empty()) return fail(Errc::not_found, "channel", "there is no such channel");
  STRIMS_CHECK_OK(connection.execute(
      "INSERT INTO broadcasts (id, channel, state, armed, steps, session, title, category, tags, "
      "created_at) VALUES ($1, $2, $3, 0, 0, 0, $4, $5, $6, $7)",
      {t.broadcast, t.channel, to_string(t.to), channel[0].text(0), channel[0].text(1),
       channel[0].text(2), t.at}));
  return {};
}

// False: the step stands already.
Result<bool> is_next_step(sql::Connection& connection, const Transition& t) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT steps FROM broadcasts WHERE id = $1", {t.broadcast}));
  const int64_t steps = rows.empty() ? 0 : rows.front().integer(0);
  if (steps >= t.step) return false;
  if (steps + 1 != t.step)
    return fail(
        Errc::conflict, "broadcast_step",
        fmt::format("broadcast {} is at step {}, not before {}", t.broadcast, steps, t.step));
  if (rows.empty()) STRIMS_CHECK_OK(insert_broadcast(connection, t));
  return true;
}

Result<void> move_broadcast(sql::Connection& connection, const Transition& t) {
  const bool ends = t.to == BroadcastState::ended;
  const sql::Value reason = t.end_reason ? sql::Value(to_string(*t.end_reason)) : sql::Null{};
  const TimeMs ended_at = !ends ? 0 : t.last_media_at > 0 ? t.last_media_at : t.at;
  STRIMS_CHECK_OK(connection.execute(
      "UPDATE broadcasts SET state = $2, armed = $3, steps = $4, session = $5, started_at = CASE "
      "WHEN started_at > 0 THEN started_at ELSE $6 END, last_media_at = CASE WHEN last_media_at > "
      "$7 THEN last_media_at ELSE $7 END, ended_at = $8, closed_at = $9, end_reason = $10 WHERE id "
      "= $1",
      {t.broadcast, to_string(t.to), int64_t{t.armed ? 1 : 0}, t.step, t.session, t.started_at,
       t.last_media_at, ended_at, ends ? t.at : 0, reason}));
  return {};
}

Result<void> record_step(sql::Connection& connection, const Transition& t) {
  STRIMS_CHECK_OK(connection.execute(
      "INSERT INTO broadcast_events (broadcast, step, at, from_state, to_state, reason, session) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {t.broadcast, t.step, t.at, to_string(t.from), to_string(t.to), t.reason, t.session}));
  if (t.announce)
    STRIMS_CHECK_OK(connection.execute(
        "INSERT INTO announcements (broadcast, kind, at) VALUES ($1, $2, $3) ON CONFLICT "
        "(broadcast, kind) DO NOTHING",
        {t.broadcast, to_string(*t.announce), t.at}));
  return {};
}

}  // namespace

Result<bool> write_transition(sql::Connection& connection, const Transition& transition) {
  return sql::in_transaction(connection, [&]() -> Result<bool> {
    STRIMS_TRY(const bool next, is_next_step(connection, transition));
    if (!next) return false;
    STRIMS_CHECK_OK(move_broadcast(connection, transition));
    STRIMS_CHECK_OK(record_step(connection, transition));
    return true;
  });
}

Result<std::optional<Broadcast>> find_broadcast(sql::Connection& connection, BroadcastId id) {
  return first_of(read_broadcasts(connection, "WHERE b.id = $1", {id}));
}

Result<std::vector<Broadcast>> open_broadcasts(sql::Connection& connection) {
  return read_broadcasts(connection, "WHERE b.state <> 'ended' ORDER BY b.id");
}

Result<std::optional<Broadcast>> last_ended_broadcast(sql::Connection& connection,
                                                      ChannelId channel) {
  return first_of(read_broadcasts(connection,
                                  "WHERE b.channel = $1 AND b.state = 'ended' AND b.started_at > 0 "
                                  "ORDER BY b.id DESC LIMIT 1",
                                  {channel}));
}

Result<std::vector<Transition>> broadcast_events(sql::Connection& connection, BroadcastId id) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT b.channel, e.step, e.at, e.from_state, e.to_state, e.reason, "
                              "e.session FROM broadcast_events AS e JOIN broadcasts AS b ON b.id = "
                              "e.broadcast WHERE e.broadcast = $1 ORDER BY e.step",
                              {id}));
  std::vector<Transition> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    Transition t;
    t.broadcast = id;
    t.channel = row.integer(0);
    t.step = row.integer(1);
    t.at = row.integer(2);
    t.from = parse_broadcast_state(row.text(3)).value_or(BroadcastState::offline);
    t.to = parse_broadcast_state(row.text(4)).value_or(BroadcastState::offline);
    t.reason = row.text(5);
    t.session = row.integer(6);
    out.push_back(std::move(t));
  }
  return out;
}

Result<void> save_progress(sql::Connection& connection, const BroadcastProgress& progress) {
  STRIMS_CHECK_OK(connection.execute(
      "UPDATE broadcasts SET last_media_at = CASE WHEN last_media_at > $2 THEN last_media_at ELSE "
      "$2 END, peak_viewers = CASE WHEN peak_viewers > $3 THEN peak_viewers ELSE $3 END, "
      "latency_ms = CASE WHEN $4 > 0 THEN $4 ELSE latency_ms END WHERE id = $1",
      {progress.broadcast, progress.last_media_at, progress.peak_viewers, progress.latency_ms}));
  return {};
}

Result<void> add_viewer_minutes(sql::Connection& connection, BroadcastId id,
                                std::span<const MinuteViewers> minutes) {
  if (minutes.empty()) return {};
  return sql::in_transaction(connection, [&]() -> Result<void> {
    for (const MinuteViewers& minute : minutes)
      STRIMS_CHECK_OK(connection.execute(
          "INSERT INTO broadcast_viewers (broadcast, minute, viewers) VALUES ($1, $2, $3) ON "
          "CONFLICT (broadcast, minute) DO UPDATE SET viewers = excluded.viewers WHERE "
          "excluded.viewers > broadcast_viewers.viewers",
          {id, minute.minute, minute.viewers}));
    return {};
  });
}

Result<std::vector<MinuteViewers>> viewer_minutes(sql::Connection& connection, BroadcastId id) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT minute, viewers FROM broadcast_viewers WHERE broadcast = $1 "
                              "ORDER BY minute",
                              {id}));
  std::vector<MinuteViewers> out;
  out.reserve(rows.size());
  for (const auto& row : rows) out.push_back({row.integer(0), row.integer(1)});
  return out;
}

Result<std::vector<Announcement>> waiting_announcements(sql::Connection& connection, size_t limit) {
  const auto bounded = static_cast<int64_t>(std::clamp<size_t>(limit, 1, 1000));
  STRIMS_TRY(const auto rows,
             connection.query("SELECT broadcast, kind, at FROM announcements WHERE told_at IS NULL "
                              "ORDER BY at, broadcast LIMIT $1",
                              {bounded}));
  std::vector<Announcement> out;
  for (const auto& row : rows)
    if (const auto kind = parse_announcement_kind(row.text(1)))
      out.push_back({row.integer(0), *kind, row.integer(2)});
  return out;
}

Result<bool> take_announcement(sql::Connection& connection, BroadcastId id, AnnouncementKind kind,
                               TimeMs now) {
  STRIMS_TRY(const int64_t changed,
             connection.execute("UPDATE announcements SET told_at = $3 WHERE broadcast = $1 AND "
                                "kind = $2 AND told_at IS NULL",
                                {id, to_string(kind), now}));
  return changed == 1;
}

}  // namespace strims::storage
