// /moderation/*: acts. What was done is read through moderation_records.cc.
#include "api/call.h"
#include "api/fields.h"
#include "api/moderation_records.h"
#include "api/room_answer.h"
#include "base/json_write.h"

namespace strims::api {
namespace {

using chat::Command;
using chat::Verb;
using proto::Response;

constexpr int64_t kNsPerSecond = 1'000'000'000;
constexpr int64_t kMaxBanSeconds = 10LL * 366 * 24 * 3600;  // longer ones are meant to be permanent

// Whom the body names: by `user_id` or by `nick`.
Result<void> read_target(const Json& body, Command& command) {
  STRIMS_TRY(const auto id, optional_id(body, "user_id"));
  STRIMS_TRY(const auto nick, optional_string(body, "nick"));
  const bool named = nick && !nick->empty();
  if (id.has_value() == named)
    return fail(Errc::invalid, "invalid", "Name the user by user_id or by nick.");
  command.target_id = id.value_or(0);
  if (named) command.nick = *nick;
  return {};
}

Answer ban(Call& call) {
  STRIMS_TRY(const Json body, call.json_body());
  Command command;
  command.verb = Verb::ban;
  STRIMS_CHECK_OK(read_target(body, command));
  STRIMS_TRY(const auto seconds, optional_int(body, "duration", 1, kMaxBanSeconds));
  STRIMS_TRY(const auto permanent, optional_bool(body, "permanent"));
  command.permanent = permanent.value_or(false);
  if (seconds.has_value() == command.permanent)
    return fail(Errc::invalid, "invalid", "Give either a duration in seconds or permanent.");
  if (seconds) command.duration_ns = *seconds * kNsPerSecond;
  STRIMS_TRY(const auto ip, optional_bool(body, "ip"));
  command.with_addresses = ip.value_or(false);
  STRIMS_TRY(const auto reason, optional_string(body, "reason"));
  command.reason = reason.value_or("");  // the room refuses an empty one
  return ask_room(call, std::move(command), created_entry);
}

Answer unban(Call& call) {
  STRIMS_TRY(const int64_t id, path_id(call, "id"));
  STRIMS_TRY(const auto ban, storage::find_ban(call.db, id));
  if (!ban || ban->user_id == 0 || !ban->active(call.services.clock.wall_ms()))
    return fail(Errc::not_found, "notfound", "There is no such ban, or it has ended.");
  Command command;
  command.verb = Verb::unban;
  command.target_id = ban->user_id;
  return ask_room(call, std::move(command), done);
}

Answer mute(Call& call) {
  STRIMS_TRY(const Json body, call.json_body());
  Command command;
  command.verb = Verb::mute;
  STRIMS_CHECK_OK(read_target(body, command));
  STRIMS_TRY(const auto seconds,
             optional_int(body, "duration", 1, call.services.config.chat.mute_max_seconds));
  if (seconds) command.duration_ns = *seconds * kNsPerSecond;
  STRIMS_TRY(const auto reason, optional_string(body, "reason"));
  command.reason = reason.value_or("");
  if (command.reason.size() > 2048) return fail(Errc::invalid, "invalid", "reason is too long.");
  return ask_room(call, std::move(command), created_entry);
}

Answer unmute(Call& call) {
  Command command;
  command.verb = Verb::unmute;
  STRIMS_TRY(command.target_id, path_id(call, "user_id"));
  return ask_room(call, std::move(command), done);
}

Answer subonly(Call& call) {
  STRIMS_TRY(const Json body, call.json_body());
  Command command;
  command.verb = Verb::subonly;
  STRIMS_TRY(const int64_t tier, require_int(body, "tier", 0, 5));
  command.tier = static_cast<int>(tier);
  return ask_room(call, std::move(command), stored_entry);
}

Answer add_phrase(Call& call) {
  STRIMS_TRY(const Json body, call.json_body());
  Command command;
  command.verb = Verb::phrase_add;
  STRIMS_TRY(command.text, require_string(body, "phrase"));
  return ask_room(call, std::move(command), created_entry);
}

// A phrase may hold slashes, so it travels in the query.
Answer remove_phrase(Call& call) {
  Command command;
  command.verb = Verb::phrase_remove;
  command.text = call.request().query_param("phrase").value_or("");
  if (command.text.empty())
    return fail(Errc::invalid, "invalid", "The parameter phrase is missing.");
  return ask_room(call, std::move(command), done);
}

}  // namespace

void add_moderation(Api& api) {
  api.add("POST", "/moderation/ban", Access::moderator,
          "Shuts somebody out of the chat; his sockets are cut.", ban);
  api.add("DELETE", "/moderation/ban/{id}", Access::moderator, "Lifts a ban with its address bans.",
          unban);
  api.add("GET", "/moderation/bans", Access::moderator,
          "Bans, newest first; all=1 shows ended ones, too.", list_bans);
  api.add("POST", "/moderation/mute", Access::moderator, "Mutes somebody for a while.", mute);
  api.add("DELETE", "/moderation/mute/{user_id}", Access::moderator, "Ends a mute.", unmute);
  api.add("GET", "/moderation/mutes", Access::moderator, "The mutes that run.", list_mutes);
  api.add("GET", "/moderation/log", Access::moderator,
          "Who did what to whom, when and why; newest first.", read_log);
  api.add("POST", "/moderation/subonly", Access::moderator,
          "Subscribers only from this tier up; 0 opens the chat again.", subonly);
  api.add("GET", "/moderation/phrases", Access::moderator, "The banned phrases.", list_phrases);
  api.add("POST", "/moderation/phrases", Access::moderator, "Bans a phrase or /pattern/.",
          add_phrase);
  api.add("DELETE", "/moderation/phrases", Access::moderator, "Allows a phrase again.",
          remove_phrase);
}

}  // namespace strims::api
