#include "stream/watch_rights.h"

#include "storage/repositories/moderation.h"
#include "storage/repositories/users.h"

namespace strims::stream {
namespace {

constexpr ChannelId kChat = 1;  // whose bans count

}  // namespace

bool is_meant_for(const User& user, Visibility visibility, UserId owner) {
  if (visibility == Visibility::everybody || user.id == owner || user.is_moderator()) return true;
  return visibility == Visibility::subscribers && user.tier() > 0;
}

Result<bool> is_banned(sql::Connection& db, UserId account, TimeMs now) {
  STRIMS_TRY(const auto ban, storage::active_ban_of_user(db, kChat, account, now));
  return ban.has_value();
}

Result<bool> may_watch(sql::Connection& db, const User& user, Visibility visibility, UserId owner,
                       TimeMs now) {
  if (visibility == Visibility::everybody) return true;
  if (user.deleted || !is_meant_for(user, visibility, owner)) return false;
  STRIMS_TRY(const bool banned, is_banned(db, user.id, now));
  return !banned;
}

Result<bool> may_watch(sql::Connection& db, UserId account, Visibility visibility, UserId owner,
                       TimeMs now) {
  if (visibility == Visibility::everybody) return true;
  STRIMS_TRY(const auto user, storage::find_user(db, account));
  if (!user) return false;
  return may_watch(db, *user, visibility, owner, now);
}

}  // namespace strims::stream
