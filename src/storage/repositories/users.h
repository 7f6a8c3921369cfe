// Accounts in the database. All functions run on a lane thread, with the lane's connection. Names
// are compared in ASCII lower case. Errors beside those named: what sql::Connection reports.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/user.h"
#include "storage/sql/database.h"

namespace strims::storage {

struct NewUser {
  std::string nick;           // checked by text::check_nick before
  std::string skeleton;       // text::nick_skeleton(nick)
  std::string password_hash;  // "" for an account that cannot log in by password
  TimeMs created_at = 0;
  // Nothing: the first account of the site becomes admin, every other one a plain user.
  std::optional<Role> role;
  std::vector<std::string> features;
};

struct Profile {
  std::string bio;     // "" when not given, as the other two
  std::string gender;  // "male", "female", "nonbinary"
  std::string age;     // "under-18", "18-24", ... "55+"
};

// What is absent stays as it is.
struct ProfileUpdate {
  std::optional<std::string> bio, gender, age;
};

// What is absent stays as it is.
struct RightsUpdate {
  std::optional<Role> role;
  std::optional<std::vector<std::string>> features;
  std::optional<std::vector<std::string>> grants;
  std::optional<bool> can_chat;
};

struct UserCredentials {
  User user;
  std::string password_hash;
};

struct UserPage {
  UserId after = 0;         // ids greater than this
  size_t limit = 50;        // 1..200
  std::string nick_prefix;  // "" for all
  std::optional<Role> role;
};

// Creates an account in a transaction of its own. Whether it is the first one is decided inside it,
// so of two first registrations at once exactly one becomes admin. Errors: conflict/"taken" when
// the name or one that looks like it exists (deleted accounts keep theirs),
// invalid/"unknown_feature".
Result<User> create_user(sql::Connection& connection, const NewUser& user);

// Whether any account was ever created.
Result<bool> has_accounts(sql::Connection& connection);

// Deleted accounts are found too, with `deleted` set.
Result<std::optional<User>> find_user(sql::Connection& connection, UserId id);
Result<std::optional<User>> find_user_by_nick(sql::Connection& connection, std::string_view nick);
Result<std::optional<User>> find_user_by_skeleton(sql::Connection& connection,
                                                  std::string_view skeleton);
Result<std::optional<UserCredentials>> find_credentials(sql::Connection& connection,
                                                        std::string_view nick);
Result<std::optional<UserCredentials>> find_credentials(sql::Connection& connection, UserId id);

// By ascending id; the next page starts after the last id. Without deleted accounts.
Result<std::vector<User>> list_users(sql::Connection& connection, const UserPage& page);

Result<std::optional<Profile>> find_profile(sql::Connection& connection, UserId id);
// Error: not_found/"notfound".
Result<void> update_profile(sql::Connection& connection, UserId id, const ProfileUpdate& update);

// Changes rights in a transaction of its own and returns the account as it is then. Errors:
// not_found/"notfound", conflict/"last_admin" when no admin would be left,
// invalid/"unknown_feature" and "unknown_grant" for words that may not be granted (they would reach
// the pages of clients).
Result<User> set_rights(sql::Connection& connection, UserId id, const RightsUpdate& update,
                        TimeMs now);

// Replaces the hash if it is still `expected`; false when it is not (or there is no such account).
Result<bool> replace_password_hash(sql::Connection& connection, UserId id,
                                   std::string_view expected, std::string_view hash);

// Marks the account as deleted in a transaction of its own: it keeps its name, and is nobody from
// now on. Errors: not_found/"notfound", conflict/"last_admin".
Result<void> delete_user(sql::Connection& connection, UserId id, TimeMs now);

}  // namespace strims::storage
