#include "api/fields.h"

#include <algorithm>

#include "base/bytes.h"

namespace strims::api {
namespace {

constexpr size_t kMaxWords = 100;

std::unexpected<Error> wrong(std::string_view key, const std::string& expected) {
  return fail(Errc::invalid, "invalid", std::string(key) + " must be " + expected + ".");
}

// The member, or nullptr when it is absent or null.
const Json* member(const Json& body, std::string_view key) {
  const Json* value = body.find(key);
  return value && !value->is_null() ? value : nullptr;
}

template <class T>
Result<T> required(std::string_view key, Result<std::optional<T>> value) {
  if (!value) return std::unexpected(std::move(value.error()));
  if (!*value) return fail(Errc::invalid, "invalid", std::string(key) + " is missing.");
  return std::move(**value);
}

}  // namespace

Result<std::optional<std::string>> optional_string(const Json& body, std::string_view key) {
  const Json* value = member(body, key);
  if (!value) return std::nullopt;
  if (const auto text = value->string()) return std::string(*text);
  return wrong(key, "a string");
}

Result<std::string> require_string(const Json& body, std::string_view key) {
  return required(key, optional_string(body, key));
}

Result<std::optional<int64_t>> optional_int(const Json& body, std::string_view key, int64_t least,
                                            int64_t most) {
  const Json* value = member(body, key);
  if (!value) return std::nullopt;
  const auto n = value->integer();
  if (n && *n >= least && *n <= most) return *n;
  return wrong(key, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

Result<int64_t> require_int(const Json& body, std::string_view key, int64_t least, int64_t most) {
  return required(key, optional_int(body, key, least, most));
}

Result<std::optional<bool>> optional_bool(const Json& body, std::string_view key) {
  const Json* value = member(body, key);
  if (!value) return std::nullopt;
  if (const auto b = value->boolean()) return *b;
  return wrong(key, "true or false");
}

Result<std::optional<std::vector<std::string>>> optional_words(const Json& body,
                                                               std::string_view key) {
  const Json* value = member(body, key);
  if (!value) return std::nullopt;
  if (!value->is_array() || value->array().size() > kMaxWords)
    return wrong(key, "a list of at most 100 words");
  std::vector<std::string> words;
  for (const Json& element : value->array()) {
    const auto word = element.string();
    if (!word) return wrong(key, "a list of words");
    words.emplace_back(*word);
  }
  return words;
}

Result<std::optional<int64_t>> optional_id(const Json& body, std::string_view key) {
  const Json* value = member(body, key);
  if (!value) return std::nullopt;
  if (const auto n = value->integer(); n && *n > 0) return *n;
  if (const auto text = value->string()) {
    const auto n = parse_u64(*text);
    if (n && *n > 0 && *n <= INT64_MAX) return static_cast<int64_t>(*n);
  }
  return wrong(key, "an id (a decimal string)");
}

Result<void> only_members(const Json& body, std::initializer_list<std::string_view> keys) {
  for (const auto& [key, value] : body.object())
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      return fail(Errc::invalid, "forbidden_field",
                  "There is no such field here: " + key.substr(0, 40));
  return {};
}

Result<void> refuse_rights(const Json& body) {
  static constexpr std::string_view kRights[] = {
      "id",    "role",     "roles",     "rank",     "features",   "grants",
      "admin", "is_admin", "moderator", "can_chat", "permission", "permissions"};
  for (const auto& [key, value] : body.object())
    for (const std::string_view word : kRights)
      if (ascii_iequals(key, word))
        return fail(Errc::invalid, "forbidden_field",
                    "Nobody gives himself rights: " + std::string(word));
  return {};
}

Result<int64_t> path_id(const Call& call, std::string_view name) {
  if (const auto id = call.http.path_params.number(name)) return *id;
  return fail(Errc::not_found, "notfound", "There is nothing with that id.");
}

Result<UserId> path_user(const Call& call) {
  if (call.http.param("id") != "me") return path_id(call, "id");
  if (!call.who) return fail(Errc::unauthenticated, "needlogin", "Log in to do this.");
  return call.user().id;
}

Result<UserId> path_user_own_or_admin(const Call& call) {
  STRIMS_TRY(const UserId id, path_user(call));
  if (!call.who || (call.user().id != id && !call.user().is_admin()))
    return fail(Errc::forbidden, "nopermission", "This is another person's account.");
  return id;
}

Result<void> check_no_login_key(const Call& call) {
  if (call.who && call.who->via == auth::Principal::Via::login_key)
    return fail(Errc::forbidden, "nopermission",
                "A login key may not do this. Log in with the password.");
  return {};
}

namespace {

Result<User> living(Result<std::optional<User>> found) {
  if (!found) return std::unexpected(std::move(found.error()));
  if (!*found || (*found)->deleted)
    return fail(Errc::not_found, "notfound", "There is no such user.");
  return std::move(**found);
}

}  // namespace

Result<User> find_account(const Call& call, UserId id) {
  return living(storage::find_user(call.db, id));
}

Result<User> find_account(const Call& call, std::string_view nick) {
  return living(storage::find_user_by_nick(call.db, nick));
}

}  // namespace strims::api
