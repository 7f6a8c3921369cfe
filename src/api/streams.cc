// /streams, /stream/{channel}, /channels: what is on, and whose it is.
#include <algorithm>

#include "api/fields.h"
#include "api/stream_fields.h"
#include "base/secret_hash.h"
#include "storage/repositories/stream_channels.h"
#include "stream/stream_key.h"

namespace strims::api {
namespace {

using proto::Response;
using stream::ChannelViewPtr;

std::string listed(const Call& call, const std::vector<ChannelViewPtr>& views) {
  JsonWriter w;
  w.object().key("streams").array();
  for (const ChannelViewPtr& view : views) write_stream(w, call, *view);
  w.end_array().end_object();
  return w.take();
}

Answer list(Call& call) {
  STRIMS_TRY(const int64_t all, call.int_param("all", 0, 0, 1));
  std::vector<ChannelViewPtr> views = call.services.streams->directory().all();
  std::erase_if(views, [&](const ChannelViewPtr& view) {
    return (all == 0 && !view->is_watchable()) ||
           !may_know(call, view->channel.visibility, view->channel.owner);
  });
  const auto rank = [](const ChannelViewPtr& view) {
    return std::tuple(!view->is_watchable(), -view->audience->count(), view->channel.slug);
  };
  std::ranges::sort(views, {}, rank);
  for (const ChannelViewPtr& view : views) call.services.streams->looked_at(view->channel.slug);
  return Response::json(200, listed(call, views));
}

Answer show(Call& call) {
  STRIMS_TRY(const ChannelViewPtr view, visible_channel(call, call.http.param("channel")));
  call.services.streams->looked_at(view->channel.slug);
  JsonWriter w;
  write_stream(w, call, *view);
  return Response::json(200, w.take());
}

Answer own(Call& call) {
  STRIMS_TRY(const auto rows, storage::stream_channels_of(call.db, call.user().id));
  std::vector<ChannelViewPtr> views;
  for (const Channel& row : rows)
    if (auto view = call.services.streams->directory().find(row.slug))
      views.push_back(std::move(view));
  return Response::json(200, listed(call, views));
}

// The stream with its key, which is never shown again.
Response with_key(const stream::Desk& desk, const stream::ChannelView& view, int status,
                  const std::string& key) {
  JsonWriter w;
  w.object().field("channel", view.channel.slug).field("key", key);
  write_ingest(w, desk);
  w.end_object();
  return Response::json(status, w.take());
}

Answer create(Call& call) {
  if (call.user().role < Role::streamer)
    return fail(Errc::forbidden, "nopermission",
                "Channels are for streamers: ask an administrator for the role.");
  STRIMS_CHECK_OK(check_no_login_key(call));
  STRIMS_TRY(const Json body, call.json_body());
  STRIMS_TRY(const std::string name, require_string(body, "name"));
  const std::string key = stream::make_stream_key();
  STRIMS_TRY(
      const Channel made,
      storage::create_stream_channel(
          call.db,
          {.slug = name,
           .owner = call.user().id,
           .title = {},
           .key_hash = secret_hash(key),
           .created_at = call.services.clock.wall_ms(),
           .max_per_owner = static_cast<size_t>(call.services.config.stream.channels_per_owner)}));
  return ask_desk(call,
                  [desk = call.services.streams, id = made.id, key](
                      stream::Broadcasts& broadcasts, sql::Connection& db) -> Result<Response> {
                    STRIMS_TRY(const ChannelViewPtr view, broadcasts.refresh(db, id));
                    return with_key(*desk, *view, 201, key);
                  });
}

Answer rotate(Call& call) {
  STRIMS_CHECK_OK(check_no_login_key(call));
  STRIMS_TRY(const Json body, call.any_json_body());
  STRIMS_TRY(const ChannelViewPtr view, own_channel(call, body));
  const std::string key = stream::make_stream_key();
  STRIMS_CHECK_OK(storage::rotate_stream_key(call.db, view->channel.id, secret_hash(key),
                                             call.services.clock.wall_ms()));
  return ask_desk(call,
                  [desk = call.services.streams, id = view->channel.id, key](
                      stream::Broadcasts& broadcasts, sql::Connection& db) -> Result<Response> {
                    STRIMS_CHECK_OK(broadcasts.end(db, id, EndReason::key_rotated));
                    STRIMS_TRY(const ChannelViewPtr now, broadcasts.refresh(db, id));
                    return with_key(*desk, *now, 200, key);
                  });
}

void write_health(JsonWriter& w, const stream::ChannelView& view, const stream::Desk& desk) {
  const stream::Health health = view.health->read();
  w.object().field("state", stream::to_string(health.grade));
  write_words(w, "notes", health.notes);
  w.field("bitrate_kbps", static_cast<int64_t>(health.bitrate_kbps));
  w.field("fps", health.fps).field("realtime", health.realtime);
  w.field("keyframe_seconds", health.keyframe_seconds);
  w.field("width", health.width).field("height", health.height);
  write_optional(w, "video", health.video);
  write_optional(w, "audio", health.audio);
  write_time(w, "since", view.session != 0 ? view.session_since : 0);
  w.field("reconnects", view.reconnects).key("recording").object();
  const bool recording = view.broadcast != 0 && view.channel.record;
  const bool degraded = desk.recorder().is_degraded(view.broadcast);
  w.field("state", degraded ? "degraded" : recording ? "recording" : "none");
  w.field("queue_bytes", static_cast<int64_t>(desk.recorder().queued_bytes(view.broadcast)));
  w.end_object().end_object();
}

Answer health(Call& call) {
  STRIMS_TRY(const ChannelViewPtr view, visible_channel(call, call.http.param("channel")));
  if (!is_owner(call, view->channel))
    return fail(Errc::forbidden, "nopermission", "This is for the channel's owner.");
  JsonWriter w;
  write_health(w, *view, *call.services.streams);
  return Response::json(200, w.take());
}

}  // namespace

void add_streams(Api& api) {
  if (api.services().streams == nullptr) return;
  api.add("GET", "/streams", Access::any,
          "What is on now, most viewers first; all=1: every channel.", list);
  api.add("GET", "/stream/{channel}", Access::any, "A channel: its state and where to play it.",
          show);
  api.add("GET", "/stream/{channel}/health", Access::user,
          "How well the publisher is doing, for the channel's owner.", health);
  api.add("GET", "/channels", Access::user, "One's own channels.", own);
  api.add("POST", "/channels", Access::user, "Makes a channel; its key is shown this once.",
          create);
  api.add("POST", "/stream/key/rotate", Access::user,
          "Another stream key; whoever publishes with the old one is thrown out.", rotate);
}

}  // namespace strims::api
