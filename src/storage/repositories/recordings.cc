#include "storage/repositories/recordings.h"

#include <fmt/format.h>

#include <algorithm>

#include "storage/repositories/broadcast_row.h"
#include "storage/repositories/recording_row.h"

namespace strims::storage {
namespace {

std::unexpected<Error> no_vod() {
  return fail(Errc::not_found, "vod", "there is no such recording");
}

std::string vod_select(std::string_view rest) {
  return fmt::format(
      "SELECT {}, c.slug, s.owner, {} FROM recordings AS r JOIN broadcasts AS b ON b.id = "
      "r.broadcast JOIN channels AS c ON c.id = r.channel JOIN stream_channels AS s ON s.channel = "
      "r.channel WHERE r.state NOT IN ('pending', 'deleting') {}",
      kRecordingColumns, kBroadcastColumns, rest);
}

Result<Vod> vod_of_row(const sql::Row& row) {
  Vod vod;
  STRIMS_TRY(vod.recording, read_recording(row));
  vod.slug = row.text(kRecordingColumnCount);
  vod.owner = row.integer(kRecordingColumnCount + 1);
  STRIMS_TRY(vod.broadcast, read_broadcast(row, kRecordingColumnCount + 2));
  return vod;
}

Result<std::vector<Recording>> read_recordings(sql::Connection& connection, std::string_view rest,
                                               std::initializer_list<sql::Value> params = {}) {
  const auto statement = fmt::format("SELECT {} FROM recordings AS r {}", kRecordingColumns, rest);
  STRIMS_TRY(const auto rows, connection.query(statement, params));
  std::vector<Recording> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    STRIMS_TRY(auto recording, read_recording(row));
    out.push_back(std::move(recording));
  }
  return out;
}

// Nothing binds as NULL, which COALESCE passes over.
sql::Value value_of(const std::optional<int64_t>& number) {
  return number ? sql::Value(*number) : sql::Null{};
}
sql::Value value_of(const std::optional<bool>& flag) {
  return flag ? sql::Value(int64_t{*flag ? 1 : 0}) : sql::Null{};
}
sql::Value value_of(const std::optional<std::string>& text) {
  return text ? sql::Value(std::string_view(*text)) : sql::Null{};
}

}  // namespace

Result<Recording> begin_recording(sql::Connection& connection, BroadcastId broadcast,
                                  const std::string& folder, TimeMs now) {
  return sql::in_transaction(connection, [&]() -> Result<Recording> {
    STRIMS_TRY(const auto channel,
               connection.query("SELECT s.channel, s.visibility FROM broadcasts AS b JOIN "
                                "stream_channels AS s ON s.channel = b.channel WHERE b.id = $1",
                                {broadcast}));
    if (channel.empty()) return fail(Errc::not_found, "broadcast", "there is no such broadcast");
    STRIMS_CHECK_OK(connection.execute(
        "INSERT INTO recordings (broadcast, channel, state, folder, visibility, created_at) VALUES "
        "($1, $2, 'pending', $3, $4, $5) ON CONFLICT (broadcast) DO NOTHING",
        {broadcast, channel[0].integer(0), folder, channel[0].text(1), now}));
    STRIMS_TRY(auto found, find_recording(connection, broadcast));
    if (!found) return fail(Errc::internal, "unknown", "the recording is not there");
    return std::move(*found);
  });
}

Result<bool> update_recording(sql::Connection& connection, BroadcastId id,
                              const RecordingUpdate& update) {
  std::optional<std::string> state, gaps;
  if (update.state) state = to_string(*update.state);
  if (update.gaps) gaps = gaps_to_json(*update.gaps);
  STRIMS_TRY(
      const int64_t changed,
      connection.execute(
          "UPDATE recordings SET state = COALESCE($2, state), reason = COALESCE($3, reason), "
          "degraded = COALESCE($4, degraded), gaps = COALESCE($5, gaps), bytes = "
          "COALESCE($6, bytes), duration_ms = COALESCE($7, duration_ms), poster = "
          "COALESCE($8, poster) WHERE broadcast = $1 AND state <> 'deleting'",
          {id, value_of(state), value_of(update.reason), value_of(update.degraded), value_of(gaps),
           value_of(update.bytes), value_of(update.duration_ms), value_of(update.poster)}));
  return changed == 1;
}

Result<Vod> update_vod(sql::Connection& connection, BroadcastId id, const VodUpdate& update) {
  std::optional<std::string> title, visibility;
  if (update.title) {
    STRIMS_TRY(title, clean_title(*update.title));
  }
  if (update.visibility) visibility = to_string(*update.visibility);
  return sql::in_transaction(connection, [&]() -> Result<Vod> {
    STRIMS_TRY(const int64_t changed,
               connection.execute("UPDATE recordings SET pinned = COALESCE($2, pinned), visibility "
                                  "= COALESCE($3, visibility) WHERE broadcast = $1 AND state NOT "
                                  "IN ('pending', 'deleting')",
                                  {id, value_of(update.pinned), value_of(visibility)}));
    if (changed == 0) return no_vod();
    STRIMS_CHECK_OK(connection.execute(
        "UPDATE broadcasts SET title = COALESCE($2, title) WHERE id = $1", {id, value_of(title)}));
    STRIMS_TRY(auto vod, find_vod(connection, id));
    if (!vod) return no_vod();
    return std::move(*vod);
  });
}

Result<std::optional<Recording>> find_recording(sql::Connection& connection, BroadcastId id) {
  STRIMS_TRY(auto found, read_recordings(connection, "WHERE r.broadcast = $1", {id}));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<std::vector<Recording>> unfinished_recordings(sql::Connection& connection) {
  return read_recordings(connection,
                         "WHERE r.state IN ('pending', 'recording', 'finalizing') OR (r.state "
                         "IN ('ready', 'failed') AND r.reason IN ($1, $2)) ORDER BY r.broadcast",
                         {kMissing, kUnreadable});
}

Result<std::optional<Vod>> find_vod(sql::Connection& connection, BroadcastId id) {
  STRIMS_TRY(const auto rows, connection.query(vod_select("AND r.broadcast = $1"), {id}));
  if (rows.empty()) return std::nullopt;
  STRIMS_TRY(auto vod, vod_of_row(rows.front()));
  return vod;
}

Result<std::vector<Vod>> list_vods(sql::Connection& connection, const VodPage& page) {
  std::string rest = "AND r.broadcast < $1";
  std::vector<sql::Value> params = {page.before == 0 ? INT64_MAX : page.before,
                                    static_cast<int64_t>(std::clamp<size_t>(page.limit, 1, 200))};
  const auto add = [&](std::string_view condition, sql::Value value) {
    params.push_back(value);
    rest += fmt::format("{} = ${}", condition, params.size());
  };
  if (page.channel != 0) add(" AND r.channel", page.channel);
  if (!page.everything) {
    rest += " AND (r.visibility = 'public'";
    if (page.subscriber) rest += " OR r.visibility = 'subscribers'";
    if (page.viewer != 0) add(" OR s.owner", page.viewer);
    rest += ")";
  }
  STRIMS_TRY(const auto rows,
             connection.query(vod_select(rest + " ORDER BY r.broadcast DESC LIMIT $2"), params));
  std::vector<Vod> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    STRIMS_TRY(auto vod, vod_of_row(row));
    out.push_back(std::move(vod));
  }
  return out;
}

Result<void> adopt_recording(sql::Connection& connection, const Broadcast& broadcast,
                             const Recording& recording) {
  const std::string gaps = gaps_to_json(recording.gaps);
  return sql::in_transaction(connection, [&]() -> Result<void> {
    STRIMS_TRY(
        const auto channel,
        connection.query("SELECT 1 FROM stream_channels WHERE channel = $1", {broadcast.channel}));
    if (channel.empty()) return fail(Errc::not_found, "channel", "there is no such channel");
    // The broadcast itself may be known: only its recording's row need be missing.
    STRIMS_CHECK_OK(connection.execute(
        "INSERT INTO broadcasts (id, channel, state, armed, steps, session, title, category, tags, "
        "created_at, started_at, last_media_at, ended_at, closed_at, end_reason) VALUES ($1, $2, "
        "'ended', 0, 0, 0, $3, '', '[]', $4, $5, $6, $6, $6, 'server_restart') ON CONFLICT (id) DO "
        "NOTHING",
        {broadcast.id, broadcast.channel, broadcast.title, broadcast.created_at,
         broadcast.started_at, broadcast.last_media_at}));
    STRIMS_CHECK_OK(connection.execute(
        "INSERT INTO recordings (broadcast, channel, state, degraded, gaps, bytes, duration_ms, "
        "folder, visibility, recovered, created_at) VALUES ($1, $2, 'ready', $3, $4, $5, $6, $7, "
        "$8, 1, $9)",
        {broadcast.id, broadcast.channel, int64_t{recording.degraded ? 1 : 0}, gaps,
         recording.bytes, recording.duration_ms, recording.folder, to_string(recording.visibility),
         recording.created_at}));
    return {};
  });
}

}  // namespace strims::storage
