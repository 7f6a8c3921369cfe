// What the bodies of our own REST surface share: strict readers and the shapes of users, entries
// and bans. Pure functions; any thread.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "model/entry.h"
#include "model/user.h"
#include "storage/repositories/moderation.h"
#include "storage/repositories/users.h"

namespace strims::api {

// --- reading. A member that is null counts as absent. Errors: invalid/"invalid" with a sentence
// that names the member.

Result<std::optional<std::string>> optional_string(const Json& body, std::string_view key);
Result<std::string> require_string(const Json& body, std::string_view key);
// An integer in [least, most].
Result<std::optional<int64_t>> optional_int(const Json& body, std::string_view key, int64_t least,
                                            int64_t most);
Result<int64_t> require_int(const Json& body, std::string_view key, int64_t least, int64_t most);
Result<std::optional<bool>> optional_bool(const Json& body, std::string_view key);
// A list of at most 100 strings.
Result<std::optional<std::vector<std::string>>> optional_words(const Json& body,
                                                               std::string_view key);
// A positive id, as a decimal string or as an integer.
Result<std::optional<int64_t>> optional_id(const Json& body, std::string_view key);
// Error: invalid/"forbidden_field" when the body has another member. For bodies that change rights.
Result<void> only_members(const Json& body, std::initializer_list<std::string_view> keys);
// The same error when the body tries to say what the account may do ("role", "features", ...).
Result<void> refuse_rights(const Json& body);

// --- the {parameters} of a path

// Error: not_found/"notfound" when it is no positive number.
Result<int64_t> path_id(const Call& call, std::string_view name);
// The account of "/users/{id}": a number, or "me". Errors: not_found/"notfound",
// unauthenticated/"needlogin" for "me" of a guest.
Result<UserId> path_user(const Call& call);
// The same, when it is the asker's own account or when the asker is an admin; else
// forbidden/"nopermission".
Result<UserId> path_user_own_or_admin(const Call& call);
// A login key acts for its owner in chat, but it does not open doors: it may not make further keys,
// change the password, end logins or delete the account. Error: forbidden/"nopermission".
Result<void> check_no_login_key(const Call& call);

// --- finding

// The living account with that id or nick. Error: not_found/"notfound".
Result<User> find_account(const Call& call, UserId id);
Result<User> find_account(const Call& call, std::string_view nick);

// --- writing

// {"id","username","role","features","created_at"} into the open object.
void write_user(JsonWriter& w, const User& user);
// What only the owner and administrators see: {"can_chat","granted_features","roles"}.
void write_user_rights(JsonWriter& w, const User& user);
// {"bio","gender","age"}, null when not given.
void write_profile(JsonWriter& w, const storage::Profile& profile);
// One entry of the journal as an object. Never: why and from which addresses somebody was banned,
// and who voted.
void write_entry(JsonWriter& w, const Entry& entry);
// Whether an entry of that kind may be shown to everybody.
bool is_public_kind(EntryKind kind);
// One ban of a user as an object, without addresses.
void write_ban(JsonWriter& w, const storage::Ban& ban, TimeMs now);
// `key` with the number as a decimal string, null when it is 0.
void write_id(JsonWriter& w, std::string_view key, int64_t id);
// `key` with the text, null when it is empty.
void write_optional(JsonWriter& w, std::string_view key, std::string_view text);
// `key` with a time in RFC 3339, null when it is 0.
void write_time(JsonWriter& w, std::string_view key, TimeMs t);

}  // namespace strims::api
