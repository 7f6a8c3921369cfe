#include "api/stream_fields.h"

#include <fmt/core.h>

#include "api/fields.h"
#include "http/problem.h"
#include "storage/repositories/stream_channels.h"
#include "stream/recording_index.h"
#include "stream/watch_rights.h"

namespace strims::api {
namespace {

using stream::ChannelView;
using stream::ChannelViewPtr;

// With milliseconds: chat is laid beside the picture by it.
void write_moment(JsonWriter& w, std::string_view key, TimeMs at) {
  write_optional(w, key, at == 0 ? std::string() : format_rfc3339_ms(at));
}

// Where the caller may play something; no address: he may not, or there is nothing to play.
struct Playback {
  std::string address;
  TimeMs expires = 0;  // 0: does not
};

void write_playback(JsonWriter& w, const Playback& playback) {
  w.key("playback");
  if (playback.address.empty()) {
    w.null();
    return;
  }
  w.object().field("hls", playback.address);
  write_moment(w, "expires_at", playback.expires);
  w.end_object();
}

uint8_t grant_flags(Visibility visibility) {
  switch (visibility) {
    case Visibility::everybody:
      return 1;
    case Visibility::subscribers:
      return 2;
    case Visibility::owner_only:
      return 0;
  }
  return 0;
}

// An address of the caller's own.
Playback make_playback(const Call& call, stream::GrantScope scope, std::string_view kind,
                       const std::string& prefix, Visibility visibility, std::string_view file) {
  const auto& services = call.services;
  const stream::Grant grant{
      .scope = scope,
      .sid = stream::new_playback_id(),
      .account = call.who ? call.user().id : 0,
      .expires = services.clock.wall_ms() + services.config.stream.token_hours * 3'600'000,
      .flags = grant_flags(visibility)};
  return {fmt::format("/{}/{}/{}/{}", kind, services.streams->grants()->issue(grant, prefix),
                      prefix, file),
          grant.expires};
}

Playback live_playback(const Call& call, const ChannelView& view) {
  const Channel& channel = view.channel;
  if (!view.is_watchable() || !may_watch(call, channel.visibility, channel.owner)) return {};
  if (!view.playback.empty()) return {view.playback, 0};
  return make_playback(call, stream::GrantScope::live, "hls", channel.slug, channel.visibility,
                       "master.m3u8");
}

Playback vod_playback(const Call& call, const Vod& vod) {
  const Recording& recording = vod.recording;
  if (recording.state != RecordingState::ready && recording.state != RecordingState::recording &&
      recording.state != RecordingState::finalizing)
    return {};
  if (!may_watch(call, recording.visibility, vod.owner)) return {};
  return make_playback(call, stream::GrantScope::vod, "vod", std::to_string(recording.broadcast),
                       recording.visibility, "index.m3u8");
}

}  // namespace

bool is_owner(const Call& call, const Channel& channel) {
  return call.who && (call.user().id == channel.owner || call.user().is_admin());
}

bool may_watch(const Call& call, Visibility visibility, UserId owner) {
  if (visibility == Visibility::everybody) return true;
  if (!call.who) return false;
  const auto may =
      stream::may_watch(call.db, call.user(), visibility, owner, call.services.clock.wall_ms());
  return may && *may;
}

bool may_know(const Call& call, Visibility visibility, UserId owner) {
  return visibility != Visibility::owner_only ||
         (call.who && stream::is_meant_for(call.user(), visibility, owner));
}

Result<std::optional<Visibility>> optional_visibility(const Json& body) {
  STRIMS_TRY(const auto word, optional_string(body, "visibility"));
  if (!word) return std::nullopt;
  const auto visibility = parse_visibility(*word);
  if (!visibility)
    return fail(Errc::invalid, "invalid", "visibility is public, private or subscribers.");
  return visibility;
}

Result<ChannelViewPtr> visible_channel(const Call& call, std::string_view slug) {
  ChannelViewPtr view = call.services.streams->directory().find(slug);
  if (!view || !may_know(call, view->channel.visibility, view->channel.owner))
    return fail(Errc::not_found, "channel", "There is no such channel.");
  return view;
}

Result<ChannelViewPtr> own_channel(const Call& call, const Json& body) {
  STRIMS_TRY(const auto slug, optional_string(body, "channel"));
  if (slug) {
    STRIMS_TRY(ChannelViewPtr view, visible_channel(call, *slug));
    if (!is_owner(call, view->channel))
      return fail(Errc::forbidden, "nopermission", "This is somebody else's channel.");
    return view;
  }
  STRIMS_TRY(const auto own, storage::stream_channels_of(call.db, call.user().id));
  if (own.empty()) return fail(Errc::not_found, "channel", "You have no channel yet.");
  if (own.size() > 1)
    return fail(Errc::invalid, "which_channel", "You have several channels: name one.");
  return visible_channel(call, own.front().slug);
}

Error not_any_more() {
  return {Errc::forbidden, "grant_invalid", "This address is not good any more."};
}

bool grant_lasts(const stream::Grant& grant, Visibility now) {
  if (grant.flags == 0 || now == Visibility::everybody) return true;
  return now == Visibility::subscribers && grant.flags == grant_flags(Visibility::subscribers);
}

Result<stream::Grant> admit(const Services& services, const http::RequestContext& context,
                            stream::GrantScope scope, std::string_view prefix,
                            std::optional<Visibility> now) {
  const std::string_view token = context.param("token");
  const bool open = token == stream::kOpenGrant;
  stream::Grant grant{
      .scope = scope, .expires = INT64_MAX, .flags = grant_flags(Visibility::everybody)};
  if (!open) {
    STRIMS_TRY(grant,
               services.streams->grants()->check(token, scope, prefix, services.clock.wall_ms()));
  }
  if (!now || (open && now == Visibility::owner_only))
    return fail(Errc::not_found, "notfound", "There is nothing at this address (now).");
  if (!grant_lasts(grant, *now)) return std::unexpected(not_any_more());
  return grant;
}

stream::Watcher watcher_of(const http::RequestContext& context, stream::PlaybackId sid,
                           UserId account) {
  return {.sid = sid,
          .account = account,
          .address = context.peer,
          .agent = std::hash<std::string_view>{}(context.request.header("User-Agent"))};
}

void write_ingest(JsonWriter& w, const stream::Desk& desk) {
  w.key("ingest").object();
  write_optional(w, "rtmp", desk.rtmp_url());
  write_optional(w, "rtmps", desk.rtmps_url());
  w.end_object();
}

void write_stream_facts(JsonWriter& w, const ChannelView& view) {
  const Channel& channel = view.channel;
  w.field("channel", channel.slug).field("title", channel.title);
  w.field("category", channel.category);
  write_words(w, "tags", channel.tags);
  w.field("language", channel.language).field("mature", channel.mature);
  w.field("visibility", to_string(channel.visibility)).field("state", to_string(view.state));
  write_id(w, "broadcast_id", view.broadcast);
  write_moment(w, "started_at", view.started_at);
  w.field("viewers", view.audience->count()).field("owner", channel.owner_nick);
}

void write_stream(JsonWriter& w, const Call& call, const ChannelView& view) {
  w.object();
  write_stream_facts(w, view);
  write_optional(w, "thumbnail", stream::thumbnail_path(view));
  write_playback(w, live_playback(call, view));
  if (is_owner(call, view.channel)) {
    write_ingest(w, *call.services.streams);
    w.field("record", view.channel.record);
  }
  w.end_object();
}

void write_vod(JsonWriter& w, const Call& call, const Vod& vod) {
  const Recording& recording = vod.recording;
  const Broadcast& broadcast = vod.broadcast;
  w.object();
  write_id(w, "id", recording.broadcast);
  w.field("channel", vod.slug).field("title", broadcast.title);
  w.field("category", broadcast.category);
  write_moment(w, "started_at", broadcast.started_at);
  write_moment(w, "ended_at", broadcast.ended_at);
  w.field("duration_ms", recording.duration_ms).field("state", to_string(recording.state));
  w.field("pinned", recording.pinned).field("visibility", to_string(recording.visibility));
  w.field("bytes", recording.bytes).field("degraded", recording.degraded);
  write_optional(w, "reason", recording.reason);
  w.key("gaps").array();
  for (const RecordingGap& gap : recording.gaps) {
    w.object();
    write_moment(w, "from", gap.from);
    write_moment(w, "to", gap.to);
    w.end_object();
  }
  w.end_array();
  const Playback playback = vod_playback(call, vod);
  // Beside the playlist, under the same grant.
  write_optional(
      w, "poster",
      recording.poster && !playback.address.empty()
          ? playback.address.substr(0, playback.address.rfind('/') + 1) + stream::kPosterName
          : std::string());
  write_playback(w, playback);
  w.field("chat_offset_ms", -broadcast.latency_ms);
  w.field("peak_viewers", broadcast.peak_viewers).end_object();
}

Error too_busy() {
  return {Errc::unavailable, "unavailable", "Too much waits: try again.", 1'000};
}

Answer ask_desk(Call& call, DeskWork work) {
  auto respond = std::make_shared<http::Responder>(std::move(call.respond));
  const std::string id = call.http.request_id;
  const bool taken = call.services.streams->run(
      [respond, id, work = std::move(work)](stream::Broadcasts& broadcasts,
                                            Result<sql::Connection*> db) mutable {
        if (!db) return (*respond)(http::problem(db.error(), id));
        auto answer = work(broadcasts, **db);
        if (!answer) return (*respond)(http::problem(answer.error(), id));
        answer->set("Cache-Control", "no-store");
        (*respond)(std::move(*answer));
      });
  if (!taken) (*respond)(http::problem(too_busy(), id));
  return std::nullopt;
}

}  // namespace strims::api
