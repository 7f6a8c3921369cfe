#include "storage/repositories/stream_channels.h"

#include <fmt/format.h>

#include <algorithm>

#include "storage/repositories/user_row.h"

namespace strims::storage {
namespace {

constexpr std::string_view kSelect =
    "SELECT s.channel, c.slug, s.owner, users.nick, s.title, s.category, s.tags, s.language, "
    "s.mature, s.visibility, s.record, s.key_changed_at, s.keep_days, s.keep_bytes, "
    "s.keep_last_n, c.created_at FROM stream_channels AS s JOIN channels AS c ON c.id = s.channel "
    "JOIN users ON users.id = s.owner";

Channel channel_of_row(const sql::Row& row) {
  Channel channel;
  channel.id = row.integer(0);
  channel.slug = row.text(1);
  channel.owner = row.integer(2);
  channel.owner_nick = row.text(3);
  channel.title = row.text(4);
  channel.category = row.text(5);
  channel.tags = words_from_json(row.text(6));
  channel.language = row.text(7);
  channel.mature = row.integer(8) != 0;
  // A word of a newer program shows the channel to nobody else.
  channel.visibility = parse_visibility(row.text(9)).value_or(Visibility::owner_only);
  channel.record = row.integer(10) != 0;
  channel.key_changed_at = row.integer(11);
  channel.retention = {row.integer(12), row.integer(13), row.integer(14)};
  channel.created_at = row.integer(15);
  return channel;
}

Result<std::vector<Channel>> read_channels(sql::Connection& connection, std::string_view rest,
                                           std::initializer_list<sql::Value> params) {
  STRIMS_TRY(const auto rows, connection.query(fmt::format("{} {}", kSelect, rest), params));
  std::vector<Channel> out;
  out.reserve(rows.size());
  for (const auto& row : rows) out.push_back(channel_of_row(row));
  return out;
}

Result<std::optional<Channel>> find_where(sql::Connection& connection, std::string_view column,
                                          sql::Value value) {
  STRIMS_TRY(auto found, read_channels(connection, fmt::format("WHERE {} = $1", column), {value}));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

// The account's row is taken, so that two requests at once cannot both see the last free place.
Result<void> require_place(sql::Connection& connection, const NewChannel& channel) {
  STRIMS_TRY(const int64_t owner,
             connection.execute("UPDATE users SET deleted = deleted WHERE id = $1 AND deleted = 0",
                                {channel.owner}));
  if (owner == 0) return fail(Errc::not_found, "notfound", "no such account");
  STRIMS_TRY(
      const auto count,
      connection.query("SELECT COUNT(*) FROM stream_channels WHERE owner = $1", {channel.owner}));
  if (count.at(0).integer(0) >= static_cast<int64_t>(channel.max_per_owner))
    return fail(Errc::conflict, "too_many_channels", "this account has all the channels it may");
  return {};
}

// Numbers follow one another; nobody else makes a channel until this transaction ends.
Result<ChannelId> next_channel_id(sql::Connection& connection, TimeMs now) {
  STRIMS_CHECK_OK(
      connection.execute("UPDATE site_marks SET at = $1 WHERE name = 'channels'", {now}));
  STRIMS_TRY(const auto rows, connection.query("SELECT COALESCE(MAX(id), 0) + 1 FROM channels"));
  return rows.at(0).integer(0);
}

std::unexpected<Error> no_channel() {
  return fail(Errc::not_found, "channel", "there is no such channel");
}

// A title that changes while something is on the air is the broadcast's, too.
Result<void> update_open_broadcast(sql::Connection& connection, const Channel& channel) {
  const std::string tags = words_to_json(channel.tags);
  STRIMS_CHECK_OK(connection.execute(
      "UPDATE broadcasts SET title = $2, category = $3, tags = $4 WHERE channel = $1 AND state <> "
      "'ended'",
      {channel.id, channel.title, channel.category, tags}));
  return {};
}

void apply(const ChannelUpdate& update, Channel& channel) {
  if (update.title) channel.title = *update.title;
  if (update.category) channel.category = *update.category;
  if (update.tags) channel.tags = *update.tags;
  if (update.language) channel.language = *update.language;
  if (update.mature) channel.mature = *update.mature;
  if (update.visibility) channel.visibility = *update.visibility;
  if (update.record) channel.record = *update.record;
  if (update.retention) channel.retention = *update.retention;
}

// What is being recorded holds what only some may see from now on. The other way round it still
// holds what only some might see before: its owner may show it.
Result<void> hide_running_recordings(sql::Connection& connection, const Channel& channel) {
  if (channel.visibility == Visibility::everybody) return {};
  const std::string_view less =
      channel.visibility == Visibility::owner_only ? "('public', 'subscribers')" : "('public')";
  STRIMS_CHECK_OK(connection.execute(
      fmt::format("UPDATE recordings SET visibility = $2 WHERE channel = $1 AND state IN "
                  "('pending', 'recording', 'finalizing') AND visibility IN {}",
                  less),
      {channel.id, to_string(channel.visibility)}));
  return {};
}

}  // namespace

Result<Channel> create_stream_channel(sql::Connection& connection, const NewChannel& channel) {
  STRIMS_CHECK_OK(check_slug(channel.slug));
  STRIMS_TRY(const std::string title, clean_title(channel.title));
  return sql::in_transaction(connection, [&]() -> Result<Channel> {
    STRIMS_CHECK_OK(require_place(connection, channel));
    STRIMS_TRY(const ChannelId id, next_channel_id(connection, channel.created_at));
    STRIMS_TRY(const int64_t made,
               connection.execute("INSERT INTO channels (id, slug, last_seq, created_at) VALUES "
                                  "($1, $2, 0, $3) ON CONFLICT (slug) DO NOTHING",
                                  {id, channel.slug, channel.created_at}));
    if (made == 0) return fail(Errc::conflict, "taken", "there is a channel with this name");
    STRIMS_CHECK_OK(connection.execute(
        "INSERT INTO stream_channels (channel, owner, title, key_hash, key_changed_at) VALUES "
        "($1, $2, $3, $4, $5)",
        {id, channel.owner, title, channel.key_hash, channel.created_at}));
    STRIMS_TRY(const auto found, find_stream_channel(connection, id));
    if (!found) return fail(Errc::internal, "unknown", "the channel is not there");
    return *found;
  });
}

Result<std::optional<Channel>> find_stream_channel(sql::Connection& connection, ChannelId id) {
  return find_where(connection, "s.channel", id);
}

Result<std::optional<Channel>> find_stream_channel_by_slug(sql::Connection& connection,
                                                           std::string_view slug) {
  return find_where(connection, "c.slug", slug);
}

Result<std::optional<Channel>> find_stream_channel_by_key(sql::Connection& connection,
                                                          std::string_view key_hash) {
  return find_where(connection, "s.key_hash", key_hash);
}

Result<std::vector<Channel>> stream_channels_of(sql::Connection& connection, UserId owner) {
  return read_channels(connection, "WHERE s.owner = $1 ORDER BY s.channel", {owner});
}

Result<std::vector<Channel>> list_stream_channels(sql::Connection& connection, ChannelId after,
                                                  size_t limit) {
  const auto bounded = static_cast<int64_t>(std::clamp<size_t>(limit, 1, 1000));
  return read_channels(connection, "WHERE s.channel > $1 ORDER BY s.channel LIMIT $2",
                       {after, bounded});
}

Result<void> rotate_stream_key(sql::Connection& connection, ChannelId id, std::string_view key_hash,
                               TimeMs now) {
  STRIMS_TRY(const int64_t changed,
             connection.execute("UPDATE stream_channels SET key_hash = $2, key_changed_at = $3 "
                                "WHERE channel = $1",
                                {id, key_hash, now}));
  if (changed == 0) return no_channel();
  return {};
}

Result<std::string> stream_key_hash_of(sql::Connection& connection, ChannelId id) {
  STRIMS_TRY(const auto rows,
             connection.query("SELECT key_hash FROM stream_channels WHERE channel = $1", {id}));
  if (rows.empty()) return no_channel();
  return rows.front().text(0);
}

Result<Channel> update_stream_channel(sql::Connection& connection, ChannelId id,
                                      const ChannelUpdate& update) {
  STRIMS_TRY(const ChannelUpdate clean, clean_update(update));
  return sql::in_transaction(connection, [&]() -> Result<Channel> {
    // The row is taken first: of two changes at once neither undoes the other.
    STRIMS_TRY(
        const int64_t there,
        connection.execute("UPDATE stream_channels SET owner = owner WHERE channel = $1", {id}));
    STRIMS_TRY(auto found, find_stream_channel(connection, id));
    if (there == 0 || !found) return no_channel();
    Channel channel = std::move(*found);
    apply(clean, channel);
    const std::string tags = words_to_json(channel.tags);
    STRIMS_CHECK_OK(connection.execute(
        "UPDATE stream_channels SET title = $2, category = $3, tags = $4, language = $5, mature = "
        "$6, visibility = $7, record = $8, keep_days = $9, keep_bytes = $10, keep_last_n = $11 "
        "WHERE channel = $1",
        {id, channel.title, channel.category, tags, channel.language,
         int64_t{channel.mature ? 1 : 0}, to_string(channel.visibility),
         int64_t{channel.record ? 1 : 0}, channel.retention.keep_days, channel.retention.keep_bytes,
         channel.retention.keep_last_n}));
    if (clean.visibility) STRIMS_CHECK_OK(hide_running_recordings(connection, channel));
    if (clean.title || clean.category || clean.tags)
      STRIMS_CHECK_OK(update_open_broadcast(connection, channel));
    return channel;
  });
}

}  // namespace strims::storage
