// /stream/start, /stream/stop, /stream/metadata and the viewers' beacon.
#include "api/fields.h"
#include "api/stream_fields.h"
#include "storage/repositories/stream_channels.h"

namespace strims::api {
namespace {

using proto::Response;
using stream::ChannelViewPtr;

Result<ChannelUpdate> read_update(const Json& body) {
  ChannelUpdate update;
  STRIMS_TRY(update.title, optional_string(body, "title"));
  STRIMS_TRY(update.category, optional_string(body, "category"));
  STRIMS_TRY(update.tags, optional_words(body, "tags"));
  STRIMS_TRY(update.language, optional_string(body, "language"));
  STRIMS_TRY(update.mature, optional_bool(body, "mature"));
  STRIMS_TRY(update.record, optional_bool(body, "record"));
  STRIMS_TRY(update.visibility, optional_visibility(body));
  return update;
}

bool is_empty(const ChannelUpdate& update) {
  return !update.title && !update.category && !update.tags && !update.language && !update.mature &&
         !update.record && !update.visibility;
}

// The stream as the caller sees it once the owner of the broadcasts has done `work`. What he may
// see is decided now; the answer is made of what is true then.
Answer answer_with_stream(
    Call& call, ChannelId id,
    std::move_only_function<Result<void>(stream::Broadcasts&, sql::Connection&)> work) {
  return ask_desk(
      call,
      [desk = call.services.streams, id, work = std::move(work)](
          stream::Broadcasts& broadcasts, sql::Connection& db) mutable -> Result<Response> {
        STRIMS_CHECK_OK(work(broadcasts, db));
        STRIMS_TRY(const ChannelViewPtr view, broadcasts.refresh(db, id));
        JsonWriter w;
        w.object();
        write_stream_facts(w, *view);
        w.field("record", view->channel.record);
        write_ingest(w, *desk);
        w.end_object();
        return Response::json(200, w.take());
      });
}

Answer start(Call& call) {
  STRIMS_TRY(const Json body, call.any_json_body());
  STRIMS_TRY(const ChannelViewPtr view, own_channel(call, body));
  STRIMS_TRY(const ChannelUpdate update, read_update(body));
  const ChannelId id = view->channel.id;
  if (!is_empty(update)) STRIMS_CHECK_OK(storage::update_stream_channel(call.db, id, update));
  return ask_desk(call,
                  [desk = call.services.streams, id](stream::Broadcasts& broadcasts,
                                                     sql::Connection& db) -> Result<Response> {
                    STRIMS_CHECK_OK(broadcasts.refresh(db, id));
                    STRIMS_TRY(const BroadcastId broadcast, broadcasts.arm(db, id));
                    JsonWriter w;
                    w.object();
                    write_id(w, "broadcast_id", broadcast);
                    write_ingest(w, *desk);
                    w.end_object();
                    return Response::json(200, w.take());
                  });
}

Answer stop(Call& call) {
  STRIMS_TRY(const Json body, call.any_json_body());
  STRIMS_TRY(const ChannelViewPtr view, own_channel(call, body));
  const EndReason reason =
      call.user().id == view->channel.owner ? EndReason::stopped : EndReason::kicked;
  return answer_with_stream(
      call, view->channel.id,
      [id = view->channel.id, reason](stream::Broadcasts& broadcasts, sql::Connection& db) {
        return broadcasts.end(db, id, reason);
      });
}

Answer metadata(Call& call) {
  STRIMS_TRY(const Json body, call.json_body());
  STRIMS_TRY(const ChannelUpdate update, read_update(body));
  STRIMS_TRY(const auto slug, optional_string(body, "channel"));
  ChannelViewPtr view;
  if (slug && call.user().is_moderator()) {
    STRIMS_TRY(view, visible_channel(call, *slug));
    const bool own = is_owner(call, view->channel);
    if (!own && (update.visibility || update.record))
      return fail(Errc::forbidden, "nopermission",
                  "Who may watch and what is recorded is the owner's to say.");
  } else {
    STRIMS_TRY(view, own_channel(call, body));
  }
  STRIMS_CHECK_OK(storage::update_stream_channel(call.db, view->channel.id, update));
  return answer_with_stream(
      call, view->channel.id,
      [](stream::Broadcasts&, sql::Connection&) -> Result<void> { return {}; });
}

Answer watch(Call& call) {
  STRIMS_TRY(const ChannelViewPtr view, visible_channel(call, call.http.param("channel")));
  STRIMS_TRY(const Json body, call.any_json_body());
  STRIMS_TRY(const std::string sid, require_string(body, "sid"));
  STRIMS_TRY(const auto latency, optional_int(body, "latency_ms", 0, 600'000));
  if (sid.empty() || sid.size() > 64)
    return fail(Errc::invalid, "invalid", "sid has 1 to 64 characters.");
  if (!view->is_watchable() || !may_watch(call, view->channel.visibility, view->channel.owner))
    return Response::empty(204);
  view->audience->beacon(
      watcher_of(call.http, std::hash<std::string>{}(sid) | 1, call.who ? call.user().id : 0),
      call.services.clock.mono_ms(), latency.value_or(0));
  return Response::empty(204);
}

}  // namespace

void add_stream_control(Api& api) {
  if (api.services().streams == nullptr) return;
  api.add("POST", "/stream/start", Access::user,
          "Gets a broadcast ready; it is live once media comes.", start);
  api.add("POST", "/stream/stop", Access::user, "Ends the broadcast.", stop);
  api.add("PUT", "/stream/metadata", Access::user, "Title, category, tags and who may watch.",
          metadata);
  api.add("POST", "/stream/{channel}/watch", Access::any, "A viewer is still there.", watch);
}

}  // namespace strims::api
