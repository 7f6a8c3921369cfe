// Bodies, answers and query parameters of our own endpoints. Those of the dgg site are described by
// the sites that they stand in for.
#include <array>

#include "api/openapi.h"

namespace strims::api {
namespace {

constexpr auto kOperations = std::to_array<OperationDoc>({
    {"POST /auth/register", 201, "Registered", "Credentials"},
    {"POST /auth/login", 200, "Tokens", "Credentials"},
    {"POST /auth/refresh", 200, "Tokens", "RefreshToken"},
    {"POST /auth/logout", 204, "", "OptionalRefreshToken"},
    {"PUT /users/{id}/password", 204, "", "PasswordChange"},
    {"GET /.well-known/jwks.json", 200, "Jwks"},
    {"GET /users", 200, "UserPage", "", "after:integer limit:integer prefix:string role:string"},
    {"GET /users/{id}", 200, "User"},
    {"PUT /users/{id}", 200, "User", "Profile"},
    {"DELETE /users/{id}", 204, ""},
    {"PUT /users/{id}/permissions", 200, "User", "Permissions"},
    {"GET /users/{id}/logins", 200, "Logins"},
    {"DELETE /users/{id}/logins/{login}", 204, ""},
    {"GET /users/{id}/keys", 200, "LoginKeys"},
    {"POST /users/{id}/keys", 201, "NewLoginKey", "LoginKeyName"},
    {"DELETE /users/{id}/keys/{key}", 204, ""},
    {"GET /chat/history", 200, "History", "",
     "room:string limit:integer before:integer after:integer kinds:string"},
    {"POST /chat/message", 201, "Stored", "Message"},
    {"DELETE /chat/message/{id}", 204, ""},
    {"GET /chat/users", 200, "Present", "", "room:string limit:integer"},
    {"POST /chat/events", 201, "StoredEvent", "PaidEvent"},
    {"POST /chat/reload", 204, ""},
    {"POST /moderation/ban", 201, "Stored", "Ban"},
    {"DELETE /moderation/ban/{id}", 204, ""},
    {"GET /moderation/bans", 200, "Bans", "", "before:string limit:integer all:integer"},
    {"POST /moderation/mute", 201, "Stored", "Mute"},
    {"DELETE /moderation/mute/{user_id}", 204, ""},
    {"GET /moderation/mutes", 200, "Mutes"},
    {"GET /moderation/log", 200, "ModerationLog", "",
     "before:string limit:integer actor:string target:string action:string"},
    {"POST /moderation/subonly", 200, "Stored", "Subonly"},
    {"GET /moderation/phrases", 200, "Phrases"},
    {"POST /moderation/phrases", 201, "Stored", "Phrase"},
    {"DELETE /moderation/phrases", 204, "", "", "phrase:string"},
    {"GET /streams", 200, "Streams", "", "all:integer"},
    {"GET /stream/{channel}", 200, "Stream"},
    {"GET /stream/{channel}/health", 200, "StreamHealth"},
    {"POST /stream/{channel}/watch", 204, "", "Watch"},
    {"GET /channels", 200, "Streams"},
    {"POST /channels", 201, "StreamKey", "ChannelName"},
    {"POST /stream/key/rotate", 200, "StreamKey", "WhichChannel"},
    {"POST /stream/start", 200, "Armed", "StreamUpdate"},
    {"POST /stream/stop", 200, "Stream", "WhichChannel"},
    {"PUT /stream/metadata", 200, "Stream", "StreamUpdate"},
    {"GET /vods", 200, "Vods", "", "channel:string limit:integer before:integer"},
    {"GET /vods/{id}", 200, "Vod"},
    {"PATCH /vods/{id}", 200, "Vod", "VodUpdate"},
    {"DELETE /vods/{id}", 204, ""},
    {"GET /vods/{id}/chat", 200, "History", "", "from:integer to:integer cursor:integer"},
    {"GET /healthz", 200, "Health"},
    {"GET /readyz", 200, "Readiness"},
    {"DELETE /api/chat/me/settings", 204, ""},
    {"POST /api/chat/me/settings", 204, ""},
    {"GET /api/chat/stalk", 200, "", "", "username:string limit:integer"},
    {"GET /api/chat/mentions", 200, "", "", "username:string limit:integer"},
    {"GET /api/chat/userinfo", 200, "", "", "username:string"},
});

}  // namespace

std::span<const OperationDoc> operation_docs() {
  return kOperations;
}

}  // namespace strims::api
