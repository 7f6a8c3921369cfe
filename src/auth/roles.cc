#include "auth/roles.h"

#include <algorithm>
#include <array>

namespace strims::auth {
namespace {

// Who has a permission; one bit for each kind of person.
constexpr uint16_t kUser = 1;  // every account
constexpr uint16_t kSubscriber = 2;
constexpr uint16_t kVip = 4;
constexpr uint16_t kProtected = 8;  // by the feature
constexpr uint16_t kStreamer = 16;
constexpr uint16_t kBot = 32;
constexpr uint16_t kModerator = 64;
constexpr uint16_t kAdmin = 128;
constexpr uint16_t kUnlessProtected = 256;  // takes it from the protected and from admins
constexpr uint16_t kSpeaking = 512;         // takes it from accounts that may not chat

// Chat powers come with the feature "bot" as well (chat-websocket 10.1); the site's do not.
constexpr uint16_t kChatStaff = kBot | kModerator | kAdmin;
constexpr uint16_t kSiteStaff = kModerator | kAdmin;

using P = Permission;
constexpr std::array kTable = {
    PermissionRow{P::edit_profile, "edit_profile", "PUT /users/{id} (own)", kUser, ""},
    PermissionRow{P::change_password, "change_password", "PUT /users/{id}/password (own)", kUser,
                  ""},
    PermissionRow{P::use_login_keys, "use_login_keys", "login keys (own)", kUser, ""},
    PermissionRow{P::use_settings, "use_settings", "/api/chat/me/settings", kUser, ""},
    PermissionRow{P::send_message, "send_message", "MSG, POST /chat/message", kUser | kSpeaking,
                  ""},
    PermissionRow{P::send_whisper, "send_whisper", "PRIVMSG", kUser | kSpeaking, ""},
    PermissionRow{P::vote, "vote", "CASTVOTE", kUser | kSpeaking, ""},
    PermissionRow{P::die, "die", "DIE", kUser | kUnlessProtected, ""},
    PermissionRow{P::speak_in_submode, "speak_in_submode", "MSG while SUBONLY is on",
                  kSubscriber | kVip | kProtected | kStreamer | kChatStaff | kSpeaking, ""},
    PermissionRow{P::skip_throttle, "skip_throttle", "MSG: no throttle, no duplicate rule", kBot,
                  ""},
    PermissionRow{P::mute, "mute", "MUTE, UNMUTE, /moderation/mute", kChatStaff, ""},
    PermissionRow{P::ban, "ban", "BAN, UNBAN, /moderation/ban", kChatStaff, ""},
    PermissionRow{P::delete_message, "delete_message", "DELETE /chat/message/{id} (of others)",
                  kChatStaff, ""},
    PermissionRow{P::subonly, "subonly", "SUBONLY", kChatStaff, ""},
    PermissionRow{P::pin, "pin", "PIN", kChatStaff, ""},
    PermissionRow{P::run_poll, "run_poll", "STARTPOLL, STOPPOLL", kChatStaff, "POLLS"},
    PermissionRow{P::edit_phrases, "edit_phrases", "ADDPHRASE, REMOVEPHRASE", kChatStaff, ""},
    PermissionRow{P::remove_event, "remove_event", "REMOVEEVENT", kChatStaff, ""},
    PermissionRow{P::broadcast, "broadcast", "BROADCAST", kAdmin, ""},
    PermissionRow{P::reload_users, "reload_users", "RELOADUSERS", kAdmin, ""},
    PermissionRow{P::reload_pages, "reload_pages", "RELOAD to all", kAdmin, ""},
    PermissionRow{P::start_stream, "start_stream", "POST /stream/start, /stream/stop",
                  kStreamer | kAdmin, ""},
    PermissionRow{P::edit_stream, "edit_stream", "PUT /stream/metadata", kStreamer | kSiteStaff,
                  ""},
    PermissionRow{P::host_stream, "host_stream", "POST /api/stream/host, /unhost", kSiteStaff,
                  "HOST"},
    PermissionRow{P::read_moderation_log, "read_moderation_log", "GET /moderation/log", kSiteStaff,
                  ""},
    PermissionRow{P::list_users, "list_users", "GET /users", kAdmin, ""},
    PermissionRow{P::read_private_fields, "read_private_fields", "GET /users/{id} (of others)",
                  kAdmin, ""},
    PermissionRow{P::change_rights, "change_rights", "PUT /users/{id}/permissions", kAdmin, ""},
};

constexpr bool in_order() {
  for (size_t i = 0; i < kTable.size(); ++i)
    if (static_cast<size_t>(kTable[i].permission) != i) return false;
  return static_cast<size_t>(P::change_rights) + 1 == kTable.size();
}
static_assert(in_order(), "one row for each permission, in the order of the enumeration");

// Whether the user is of one of these kinds. Asked several times for every message: the cheap ones
// come first, and none is looked up that the row does not name.
bool is_one_of(const User& user, uint16_t kinds) {
  if (kinds & kUser) return true;
  if ((kinds & kStreamer) && user.role == Role::streamer) return true;
  if ((kinds & kModerator) && user.role == Role::moderator) return true;
  if ((kinds & kAdmin) && user.role == Role::admin) return true;
  if ((kinds & kBot) && user.is_bot()) return true;
  if ((kinds & kSubscriber) && user.has_feature("subscriber")) return true;
  // flair17 counts as VIP in the web client.
  if ((kinds & kVip) && (user.has_feature("vip") || user.has_feature("flair17"))) return true;
  return (kinds & kProtected) && user.has_feature("protected");
}

// A bot acts as a moderator and is one when it is the target, too.
Role rank(const User& user) {
  return user.is_bot() ? std::max(user.role, Role::moderator) : user.role;
}

}  // namespace

bool allowed(const User& user, Permission permission) {
  if (user.id <= 0 || user.deleted) return false;
  const PermissionRow& row = kTable[static_cast<size_t>(permission)];
  if ((row.who & kSpeaking) && !user.can_chat) return false;
  if ((row.who & kUnlessProtected) && user.is_protected()) return false;
  if (is_one_of(user, row.who)) return true;
  return !row.grant.empty() &&
         std::find(user.grants.begin(), user.grants.end(), row.grant) != user.grants.end();
}

std::string_view to_string(Permission permission) {
  return kTable[static_cast<size_t>(permission)].word;
}

std::span<const PermissionRow> permission_table() {
  return kTable;
}

bool may_punish(const User& actor, const User& target) {
  return allowed(actor, Permission::mute) && actor.id != target.id && !target.is_protected() &&
         rank(target) <= rank(actor);
}

}  // namespace strims::auth
