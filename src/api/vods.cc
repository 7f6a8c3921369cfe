// /vods: recordings, and the chat that goes with them.
#include <algorithm>

#include "api/fields.h"
#include "api/stream_fields.h"
#include "storage/repositories/recordings.h"
#include "storage/repositories/replay.h"

namespace strims::api {
namespace {

using proto::Response;

constexpr int64_t kMostChatMs = 300'000;  // of one page
constexpr size_t kChatPage = 500;
constexpr size_t kBodyLimit = 4 * 1024;

std::unexpected<Error> no_vod() {
  return fail(Errc::not_found, "vod", "There is no such recording.");
}

Result<Vod> visible_vod(const Call& call) {
  STRIMS_TRY(const int64_t id, path_id(call, "id"));
  STRIMS_TRY(auto vod, storage::find_vod(call.db, id));
  if (!vod || !may_know(call, vod->recording.visibility, vod->owner)) return no_vod();
  return std::move(*vod);
}

Result<Vod> own_vod(const Call& call) {
  STRIMS_TRY(Vod vod, visible_vod(call));
  if (call.user().id != vod.owner && !call.user().is_admin())
    return fail(Errc::forbidden, "nopermission", "This recording is somebody else's.");
  return vod;
}

Answer list(Call& call) {
  STRIMS_TRY(const int64_t limit, call.int_param("limit", 30, 1, 100));
  STRIMS_TRY(const int64_t before, call.int_param("before", 0, 1, INT64_MAX));
  storage::VodPage page;
  page.before = before;
  page.limit = static_cast<size_t>(limit) + 1;
  if (call.who) {
    page.viewer = call.user().id;
    page.subscriber = call.user().tier() > 0;
    page.everything = call.user().is_moderator();
  }
  if (const auto slug = call.request().query_param("channel"); slug && !slug->empty()) {
    STRIMS_TRY(const auto view, visible_channel(call, *slug));
    page.channel = view->channel.id;
  }
  STRIMS_TRY(auto vods, storage::list_vods(call.db, page));
  const bool more = vods.size() > static_cast<size_t>(limit);
  if (more) vods.pop_back();
  JsonWriter w;
  w.object().key("vods").array();
  for (const Vod& vod : vods) write_vod(w, call, vod);
  w.end_array();
  write_id(w, "next", more ? vods.back().recording.broadcast : 0);
  w.end_object();
  return Response::json(200, w.take());
}

Answer show(Call& call) {
  STRIMS_TRY(const Vod vod, visible_vod(call));
  JsonWriter w;
  write_vod(w, call, vod);
  return Response::json(200, w.take());
}

Answer change(Call& call) {
  STRIMS_TRY(const Vod vod, own_vod(call));
  STRIMS_TRY(const Json body, call.json_body());
  storage::VodUpdate update;
  STRIMS_TRY(update.title, optional_string(body, "title"));
  STRIMS_TRY(update.pinned, optional_bool(body, "pinned"));
  STRIMS_TRY(update.visibility, optional_visibility(body));
  STRIMS_TRY(const Vod changed, storage::update_vod(call.db, vod.recording.broadcast, update));
  JsonWriter w;
  write_vod(w, call, changed);
  return Response::json(200, w.take());
}

Answer erase(Call& call) {
  STRIMS_TRY(const Vod vod, own_vod(call));
  STRIMS_CHECK_OK(storage::mark_deleting(call.db, vod.recording.broadcast));
  return ask_desk(call,
                  [](stream::Broadcasts& broadcasts, sql::Connection& db) -> Result<Response> {
                    broadcasts.delete_marked(db);
                    return Response::empty(204);
                  });
}

// What was said between two moments, as /chat/history shows it.
Answer chat(Call& call) {
  STRIMS_TRY(const Vod vod, visible_vod(call));
  if (!may_watch(call, vod.recording.visibility, vod.owner))
    return fail(Errc::forbidden, "nopermission", "This recording is for subscribers.");
  const TimeMs begin = vod.broadcast.started_at;
  const TimeMs end =
      vod.broadcast.ended_at != 0 ? vod.broadcast.ended_at : call.services.clock.wall_ms();
  STRIMS_TRY(const int64_t from, call.int_param("from", begin, 0, INT64_MAX - kMostChatMs));
  STRIMS_TRY(const int64_t to, call.int_param("to", from + 30'000, 0, INT64_MAX));
  STRIMS_TRY(const int64_t cursor, call.int_param("cursor", 0, 1, INT64_MAX));
  if (to <= from || to - from > kMostChatMs)
    return fail(Errc::invalid, "invalid", "to is at most five minutes behind from.");
  storage::ReplayRange range;
  // People answer what they saw a little later; nothing of before or long after is shown.
  range.from = std::max<TimeMs>(from, begin);
  range.to = std::min<TimeMs>(to, end + 30'000);
  range.after = cursor;
  range.limit = kChatPage + 1;
  range.kinds = {EntryKind::message,  EntryKind::broadcast, EntryKind::subscription,
                 EntryKind::gift_sub, EntryKind::mass_gift, EntryKind::donation};
  std::vector<Entry> entries;
  if (range.to > range.from) {
    STRIMS_TRY(entries, storage::read_replay(call.db, call.services.channel, range));
  }
  const bool more = entries.size() > kChatPage;
  if (more) entries.pop_back();
  JsonWriter w;
  w.object().key("messages").array();
  for (const Entry& entry : entries) write_entry(w, entry);
  w.end_array();
  write_id(w, "next", more ? entries.back().id : 0);
  w.end_object();
  return Response::json(200, w.take());
}

}  // namespace

void add_vods(Api& api) {
  if (api.services().streams == nullptr) return;
  api.add("GET", "/vods", Access::any, "Recordings, newest first; channel=, before=, limit=.", list,
          kBodyLimit);
  api.add("GET", "/vods/{id}", Access::any, "A recording.", show, kBodyLimit);
  api.add("PATCH", "/vods/{id}", Access::user, "Title, pin and who may watch, for its owner.",
          change, kBodyLimit);
  api.add("DELETE", "/vods/{id}", Access::user, "Deletes a recording and its files.", erase,
          kBodyLimit);
  api.add("GET", "/vods/{id}/chat", Access::any,
          "What was said meanwhile, by wall clock: from= and to= in milliseconds.", chat,
          kBodyLimit);
}

}  // namespace strims::api
