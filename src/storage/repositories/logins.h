// Logins and their refresh tokens. Secrets come in as hashes: this file never sees one. All
// functions run on a lane thread. None opens a transaction: what must happen together is the
// caller's decision.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/user.h"
#include "storage/sql/database.h"

namespace strims::storage {

struct Login {
  std::string id;
  UserId user_id = 0;
  TimeMs created_at = 0;
  TimeMs last_seen = 0;
  std::string address;
  std::string user_agent;  // cut to 200 bytes
  TimeMs ended_at = 0;     // 0 while it lives

  bool ended() const { return ended_at != 0; }
};

// A login with the account it belongs to, read in one statement.
struct LoginAndUser {
  Login login;
  User user;
};

struct RefreshToken {
  std::string login_id;
  TimeMs issued_at = 0;
  TimeMs used_at = 0;  // 0: not yet
  TimeMs expires_at = 0;
};

// Error: conflict/"conflict" when id or sid_hash exists.
Result<void> insert_login(sql::Connection& connection, const Login& login,
                          std::string_view sid_hash);

// Ended logins and deleted accounts are found too: the caller looks.
Result<std::optional<LoginAndUser>> find_login(sql::Connection& connection, std::string_view id);
Result<std::optional<LoginAndUser>> find_login_by_sid(sql::Connection& connection,
                                                      std::string_view sid_hash);

// Living ones, newest use first, at most 200.
Result<std::vector<Login>> list_logins(sql::Connection& connection, UserId user);

// Moves last_seen forward (never back).
Result<void> touch_login(sql::Connection& connection, std::string_view id, TimeMs now);

// Ends one login; false when it had ended already or does not exist. Its unused refresh tokens go,
// the used ones stay so that reuse is still seen as such.
Result<bool> end_login(sql::Connection& connection, std::string_view id, TimeMs now);

// Ends the living logins of an account except `keep` ("" for none); the ids of those that ended.
Result<std::vector<std::string>> end_logins(sql::Connection& connection, UserId user,
                                            std::string_view keep, TimeMs now);

// Ends the least recently used living logins so that at most `keep_count` stay; the ids of those
// that ended.
Result<std::vector<std::string>> end_oldest_logins(sql::Connection& connection, UserId user,
                                                   size_t keep_count, TimeMs now);

Result<void> insert_refresh_token(sql::Connection& connection, std::string_view hash,
                                  const RefreshToken& token);
Result<std::optional<RefreshToken>> find_refresh_token(sql::Connection& connection,
                                                       std::string_view hash);
// Marks it as used; false when somebody was faster.
Result<bool> use_refresh_token(sql::Connection& connection, std::string_view hash, TimeMs now);
// Forgets the oldest used tokens of a login beyond the newest `keep_count`: bounds the table.
Result<void> trim_refresh_tokens(sql::Connection& connection, std::string_view login_id,
                                 size_t keep_count);

// Housekeeping: deletes at most `limit` expired refresh tokens, then at most `limit` logins that
// ended or were last seen before `before`. Returns the number of rows that went.
Result<int64_t> purge_logins(sql::Connection& connection, TimeMs now, TimeMs before, size_t limit);

}  // namespace strims::storage
