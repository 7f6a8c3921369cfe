// /users/{id}/keys: login keys, which bots present instead of a password.
#include "api/call.h"
#include "api/fields.h"
#include "api/moderation_record.h"
#include "base/json_write.h"

namespace strims::api {
namespace {

constexpr size_t kBodyLimit = 4 * 1024;

using proto::Response;

void write_key(JsonWriter& w, const storage::LoginKey& key) {
  write_id(w, "id", key.id);
  w.field("name", key.name);
  write_time(w, "created_at", key.created_at);
  write_time(w, "last_used", key.last_used);
}

// Admins act on other people's keys openly: it goes on the record.
Result<void> record_foreign(const Call& call, std::string_view action, UserId owner,
                            const storage::LoginKey& key) {
  if (owner == call.user().id) return {};
  STRIMS_TRY(const User user, find_account(call, owner));
  JsonWriter detail;
  detail.object();
  write_id(detail, "key", key.id);
  if (!key.name.empty()) detail.field("name", key.name);
  return record_act(call, action, user, detail.end_object().take());
}

Answer list(Call& call) {
  STRIMS_TRY(const UserId id, path_user_own_or_admin(call));
  STRIMS_TRY(const auto keys, call.services.accounts.list_login_keys(call.db, id));
  JsonWriter w;
  w.object().key("keys").array();
  for (const storage::LoginKey& key : keys) {
    w.object();
    write_key(w, key);
    w.end_object();
  }
  w.end_array().end_object();
  return Response::json(200, w.take());
}

Answer create(Call& call) {
  STRIMS_TRY(const UserId id, path_user_own_or_admin(call));
  STRIMS_CHECK_OK(check_no_login_key(call));
  STRIMS_TRY(const Json body, call.json_body());
  STRIMS_TRY(const std::string name, require_string(body, "name"));
  STRIMS_TRY(const User owner, find_account(call, id));
  STRIMS_TRY(const auto made, call.services.accounts.create_login_key(call.db, owner.id, name));
  STRIMS_CHECK_OK(record_foreign(call, "create_key", id, made.key));
  JsonWriter w;
  w.object();
  write_key(w, made.key);
  // The only time that the secret is shown.
  w.field("key", made.secret).end_object();
  return Response::json(201, w.take());
}

Answer revoke(Call& call) {
  STRIMS_TRY(const UserId id, path_user_own_or_admin(call));
  STRIMS_CHECK_OK(check_no_login_key(call));
  STRIMS_TRY(const int64_t key, path_id(call, "key"));
  STRIMS_CHECK_OK(call.services.accounts.revoke_login_key(call.db, id, key));
  STRIMS_CHECK_OK(record_foreign(call, "revoke_key", id, {.id = key}));
  return Response::empty(204);
}

}  // namespace

void add_login_keys(Api& api) {
  api.add("GET", "/users/{id}/keys", Access::user,
          "One's own login keys (admins: anybody's), without the secrets.", list, kBodyLimit);
  api.add("POST", "/users/{id}/keys", Access::user,
          "Makes a login key; its secret is shown this once.", create, kBodyLimit);
  api.add("DELETE", "/users/{id}/keys/{key}", Access::user,
          "Takes a login key back; its sockets close.", revoke, kBodyLimit);
}

}  // namespace strims::api
