// /users/*: who people are, what they may, and where they are logged in (rest.md section 1).
#include "storage/repositories/users.h"
#include "api/call.h"
#include "api/dgg_fields.h"
#include "api/fields.h"
#include "api/moderation_record.h"
#include "auth/profile.h"
#include "base/json_write.h"

namespace strims::api {
namespace {

using proto::Response;

Answer list(Call& call) {
  STRIMS_TRY(const int64_t after, call.int_param("after", 0, 0, INT64_MAX));
  STRIMS_TRY(const int64_t limit, call.int_param("limit", 50, 1, 200));
  storage::UserPage page{.after = after, .limit = static_cast<size_t>(limit)};
  page.nick_prefix = call.request().query_param("prefix").value_or("");
  if (const auto role = call.request().query_param("role"); role && !role->empty()) {
    page.role = parse_role(*role);
    if (!page.role)
      return fail(Errc::invalid, "invalid", "role must be user, streamer, moderator or admin.");
  }
  STRIMS_TRY(const auto users, storage::list_users(call.db, page));
  JsonWriter w;
  w.object().key("users").array();
  for (const User& user : users) {
    w.object();
    write_user(w, user);
    write_user_rights(w, user);
    w.end_object();
  }
  w.end_array();
  write_id(w, "next", users.size() == page.limit ? users.back().id : 0);
  w.end_object();
  return Response::json(200, w.take());
}

Result<Response> user_response(const Call& call, const User& user) {
  STRIMS_TRY(const auto profile, storage::find_profile(call.db, user.id));
  JsonWriter w;
  w.object();
  write_user(w, user);
  write_profile(w, profile.value_or(storage::Profile{}));
  if (call.who && (call.user().id == user.id || call.user().is_admin())) {
    write_user_rights(w, user);
    if (user.deleted) w.field("deleted", true);
  }
  w.end_object();
  return Response::json(200, w.take());
}

Answer get(Call& call) {
  STRIMS_TRY(const UserId id, path_user(call));
  STRIMS_TRY(const auto found, storage::find_user(call.db, id));
  const bool shown = found && (!found->deleted || (call.who && call.user().is_admin()));
  if (!shown) return fail(Errc::not_found, "notfound", "There is no such user.");
  return user_response(call, *found);
}

Answer edit(Call& call) {
  STRIMS_TRY(const UserId id, path_user(call));
  if (id != call.user().id)
    return fail(Errc::forbidden, "nopermission", "This is another person's account.");
  STRIMS_TRY(const Json body, call.json_body());
  STRIMS_TRY(const auto update, auth::parse_profile(body));
  STRIMS_CHECK_OK(storage::update_profile(call.db, id, update));
  return user_response(call, call.user());
}

Answer remove(Call& call) {
  STRIMS_TRY(const UserId id, path_user_own_or_admin(call));
  STRIMS_CHECK_OK(check_no_login_key(call));
  STRIMS_TRY(User user, find_account(call, id));
  STRIMS_CHECK_OK(call.services.accounts.delete_user(call.db, id));
  // Sockets that no login carries (the cookie of strims) must lose their powers, too.
  user.role = Role::user;
  user.features.clear();
  user.grants.clear();
  user.can_chat = false;
  user.deleted = true;
  call.services.room.user_changed(user);
  STRIMS_CHECK_OK(record_act(call, "delete_user", user));
  return Response::empty(204);
}

void write_rights(JsonWriter& w, std::string_view key, const User& user) {
  w.key(key).object().field("role", to_string(user.role));
  write_user_rights(w, user);
  w.end_object();
}

Result<storage::RightsUpdate> parse_rights(const Json& body) {
  STRIMS_CHECK_OK(only_members(body, {"role", "features", "roles", "can_chat"}));
  storage::RightsUpdate update;
  STRIMS_TRY(const auto role, optional_string(body, "role"));
  if (role) {
    update.role = parse_role(*role);
    if (!update.role)
      return fail(Errc::invalid, "invalid", "role must be user, streamer, moderator or admin.");
  }
  STRIMS_TRY(update.features, optional_words(body, "features"));
  STRIMS_TRY(update.grants, optional_words(body, "roles"));
  STRIMS_TRY(update.can_chat, optional_bool(body, "can_chat"));
  if (!update.role && !update.features && !update.grants && !update.can_chat)
    return fail(Errc::invalid, "invalid", "role is missing.");
  return update;
}

Answer set_permissions(Call& call) {
  STRIMS_TRY(const UserId id, path_user(call));
  STRIMS_CHECK_OK(check_no_login_key(call));
  STRIMS_TRY(const Json body, call.json_body());
  STRIMS_TRY(const storage::RightsUpdate update, parse_rights(body));
  STRIMS_TRY(const User before, find_account(call, id));
  STRIMS_TRY(const User after,
             storage::set_rights(call.db, id, update, call.services.clock.wall_ms()));
  call.services.room.user_changed(after);
  JsonWriter detail;
  detail.object();
  write_rights(detail, "before", before);
  write_rights(detail, "after", after);
  detail.end_object();
  // When this fails the right is changed and the answer says so by being an error: the same request
  // again is safe.
  STRIMS_CHECK_OK(record_act(call, "rights", after, detail.take()));
  return user_response(call, after);
}

Answer list_logins(Call& call) {
  STRIMS_TRY(const UserId id, path_user_own_or_admin(call));
  STRIMS_TRY(const auto logins, call.services.accounts.list_logins(call.db, id));
  JsonWriter w;
  w.object().key("logins").array();
  for (const storage::Login& login : logins) {
    w.object().field("id", login.id).field("user_agent", login.user_agent);
    write_time(w, "created_at", login.created_at);
    write_time(w, "last_seen", login.last_seen);
    w.field("current", login.id == call.who->login_id).end_object();
  }
  w.end_array().end_object();
  return Response::json(200, w.take());
}

Answer end_login(Call& call) {
  STRIMS_TRY(const UserId id, path_user_own_or_admin(call));
  STRIMS_CHECK_OK(check_no_login_key(call));
  STRIMS_CHECK_OK(call.services.accounts.end_login(call.db, id, call.http.param("login")));
  return Response::empty(204);
}

}  // namespace

void add_users(Api& api) {
  api.add("GET", "/users", Access::admin, "Accounts by id, page by page.", list);
  api.add("GET", "/users/{id}", Access::any,
          "One account; \"me\" is one's own. More fields for its owner and admins.", get);
  api.add("PUT", "/users/{id}", Access::user, "Changes one's own display fields.", edit);
  api.add("DELETE", "/users/{id}", Access::user,
          "Deletes an account: one's own, or any for admins.", remove);
  api.add("PUT", "/users/{id}/permissions", Access::admin,
          "Changes what an account may do; in force at once.", set_permissions);
  api.add("GET", "/users/{id}/logins", Access::user, "Where one is logged in (admins: anybody).",
          list_logins);
  api.add("DELETE", "/users/{id}/logins/{login}", Access::user,
          "Ends one login with its tokens and sockets.", end_login);
}

}  // namespace strims::api
