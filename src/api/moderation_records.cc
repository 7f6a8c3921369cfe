#include "api/moderation_records.h"

#include "api/fields.h"
#include "auth/roles.h"
#include "base/json_write.h"
#include "storage/repositories/channel_state.h"
#include "storage/repositories/moderation.h"

namespace strims::api {
namespace {

using proto::Response;

void write_log_line(JsonWriter& w, const storage::ModerationRecord& record) {
  w.object();
  write_id(w, "id", record.id);
  w.field("at", format_rfc3339_ms(record.at));
  write_id(w, "actor_id", record.actor_id);
  w.field("actor_nick", record.actor_nick).field("action", record.action);
  write_id(w, "target_id", record.target_id);
  w.field("target_nick", record.target_nick).field("reason", record.reason).key("detail");
  const auto detail = Json::parse(record.detail);
  if (detail && detail->is_object()) {
    w.raw(detail->dump());
  } else {
    w.null();
  }
  write_id(w, "entry_id", record.entry);
  w.end_object();
}

}  // namespace

Answer list_bans(Call& call) {
  STRIMS_TRY(const int64_t before, call.int_param("before", 0, 1, INT64_MAX));
  STRIMS_TRY(const int64_t limit, call.int_param("limit", 50, 1, 200));
  STRIMS_TRY(const int64_t all, call.int_param("all", 0, 0, 1));
  const TimeMs now = call.services.clock.wall_ms();
  STRIMS_TRY(auto bans, storage::list_bans(call.db, call.services.channel, all == 0, now, before,
                                           static_cast<size_t>(limit) + 1));
  const bool more = bans.size() > static_cast<size_t>(limit);
  if (more) bans.pop_back();
  JsonWriter w;
  w.object().key("bans").array();
  for (const storage::Ban& ban : bans) write_ban(w, ban, now);
  w.end_array();
  write_id(w, "next", more ? bans.back().id : 0);
  w.end_object();
  return Response::json(200, w.take());
}

Answer list_mutes(Call& call) {
  STRIMS_TRY(const auto mutes,
             storage::active_mutes(call.db, call.services.channel, call.services.clock.wall_ms()));
  JsonWriter w;
  w.object().key("mutes").array();
  for (const storage::Mute& mute : mutes) {
    w.object();
    write_id(w, "id", mute.entry);
    write_id(w, "user_id", mute.user_id);
    w.field("nick", mute.nick);
    write_time(w, "until", mute.until);
    write_id(w, "by_id", mute.by_id);
    w.field("by_nick", mute.by_nick).end_object();
  }
  w.end_array().end_object();
  return Response::json(200, w.take());
}

Answer list_phrases(Call& call) {
  STRIMS_TRY(const auto phrases, storage::read_phrases(call.db, call.services.channel));
  JsonWriter w;
  w.object().key("phrases").array();
  for (const auto& phrase : phrases) w.value(phrase);
  w.end_array().end_object();
  return Response::json(200, w.take());
}

Answer read_log(Call& call) {
  // Bots moderate in chat; the record is for people.
  if (!auth::allowed(call.user(), auth::Permission::read_moderation_log))
    return fail(Errc::forbidden, "nopermission", "Only moderators may read the log.");
  STRIMS_TRY(const int64_t limit, call.int_param("limit", 50, 1, 200));
  storage::ModerationRange range;
  range.limit = static_cast<size_t>(limit) + 1;
  STRIMS_TRY(range.before, call.int_param("before", 0, 1, INT64_MAX));
  STRIMS_TRY(range.actor, call.int_param("actor", 0, 1, INT64_MAX));
  STRIMS_TRY(range.target, call.int_param("target", 0, 1, INT64_MAX));
  range.action = call.request().query_param("action").value_or("");
  STRIMS_TRY(auto records, storage::read_moderation_log(call.db, range));
  const bool more = records.size() > static_cast<size_t>(limit);
  if (more) records.pop_back();
  JsonWriter w;
  w.object().key("entries").array();
  for (const auto& record : records) write_log_line(w, record);
  w.end_array();
  write_id(w, "next", more ? records.back().id : 0);
  w.end_object();
  return Response::json(200, w.take());
}

}  // namespace strims::api
