// The component schemas of everything but streams (JSON Schema 2020-12, as OpenAPI 3.1 takes it).
#include "api/openapi.h"

namespace strims::api {

namespace {

constexpr std::string_view kSchemas = R"json({
"Id": {"type": "string", "pattern": "^[1-9][0-9]*$", "description": "A 64-bit number in decimal."},
"OptionalId": {"anyOf": [{"$ref": "#/components/schemas/Id"}, {"type": "null"}]},
"IdInput": {"anyOf": [{"$ref": "#/components/schemas/Id"}, {"type": "integer", "minimum": 1}]},
"Time": {"type": "string", "format": "date-time"},
"OptionalTime": {"anyOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
"Words": {"type": "array", "items": {"type": "string"}},
"Role": {"enum": ["user", "streamer", "moderator", "admin"]},
"Problem": {"type": "object", "required": ["type", "title", "status", "code"], "properties": {
  "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
  "detail": {"type": "string"}, "code": {"$ref": "#/components/schemas/ErrorWord"},
  "request_id": {"type": "string"}}},
"SiteError": {"type": "object", "properties": {"success": {"const": false}, "error": {"type": "string"},
  "message": {"type": ["string", "null"]}, "code": {"type": "integer"}}},
"Credentials": {"type": "object", "required": ["username", "password"], "properties": {
  "username": {"type": "string", "pattern": "^[A-Za-z0-9_]{3,20}$"}, "password": {"type": "string"}}},
"Registered": {"type": "object", "required": ["user"], "properties": {
  "user": {"$ref": "#/components/schemas/User"}}},
"RefreshToken": {"type": "object", "required": ["refresh_token"], "properties": {
  "refresh_token": {"type": "string"}}},
"OptionalRefreshToken": {"type": "object", "properties": {"refresh_token": {"type": "string"}}},
"Tokens": {"type": "object", "required": ["access_token", "refresh_token", "token_type", "expires_in", "user"],
  "properties": {"access_token": {"type": "string"}, "refresh_token": {"type": "string"},
    "token_type": {"const": "Bearer"}, "expires_in": {"type": "integer", "description": "seconds"},
    "user": {"$ref": "#/components/schemas/User"}}},
"PasswordChange": {"type": "object", "required": ["current", "new"], "properties": {
  "current": {"type": "string"}, "new": {"type": "string"}}},
"Jwks": {"type": "object", "required": ["keys"], "properties": {
  "keys": {"type": "array", "items": {"type": "object"}}}},
"User": {"type": "object", "required": ["id", "username", "role", "features", "created_at"], "properties": {
  "id": {"$ref": "#/components/schemas/Id"}, "username": {"type": "string"},
  "role": {"$ref": "#/components/schemas/Role"}, "features": {"$ref": "#/components/schemas/Words"},
  "created_at": {"$ref": "#/components/schemas/OptionalTime"}, "bio": {"type": ["string", "null"]},
  "gender": {"type": ["string", "null"]}, "age": {"type": ["string", "null"]},
  "can_chat": {"type": "boolean", "description": "Only for the owner and administrators, as the next two."},
  "granted_features": {"$ref": "#/components/schemas/Words"}, "roles": {"$ref": "#/components/schemas/Words"},
  "deleted": {"type": "boolean"}}},
"UserPage": {"type": "object", "required": ["users", "next"], "properties": {
  "users": {"type": "array", "items": {"$ref": "#/components/schemas/User"}},
  "next": {"$ref": "#/components/schemas/OptionalId", "description": "The `after` of the next page."}}},
"Profile": {"type": "object", "properties": {
  "bio": {"type": ["string", "null"], "maxLength": 500},
  "gender": {"enum": ["male", "female", "nonbinary", null]},
  "age": {"enum": ["under-18", "18-24", "25-34", "35-44", "45-54", "55+", null]}}},
"Permissions": {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
  "role": {"$ref": "#/components/schemas/Role"}, "features": {"$ref": "#/components/schemas/Words"},
  "roles": {"$ref": "#/components/schemas/Words"}, "can_chat": {"type": "boolean"}}},
"Logins": {"type": "object", "required": ["logins"], "properties": {"logins": {"type": "array", "items": {
  "type": "object", "properties": {"id": {"type": "string"}, "user_agent": {"type": "string"},
    "created_at": {"$ref": "#/components/schemas/Time"}, "last_seen": {"$ref": "#/components/schemas/Time"},
    "current": {"type": "boolean"}}}}}},
"LoginKeyName": {"type": "object", "required": ["name"], "properties": {
  "name": {"type": "string", "minLength": 1, "maxLength": 64}}},
"LoginKey": {"type": "object", "required": ["id", "name", "created_at", "last_used"], "properties": {
  "id": {"$ref": "#/components/schemas/Id"}, "name": {"type": "string"},
  "created_at": {"$ref": "#/components/schemas/Time"},
  "last_used": {"$ref": "#/components/schemas/OptionalTime"}}},
"LoginKeys": {"type": "object", "required": ["keys"], "properties": {
  "keys": {"type": "array", "items": {"$ref": "#/components/schemas/LoginKey"}}}},
"NewLoginKey": {"allOf": [{"$ref": "#/components/schemas/LoginKey"}, {"type": "object", "required": ["key"],
  "properties": {"key": {"type": "string", "description": "The secret; never shown again."}}}]},
"Entry": {"type": "object", "required": ["id", "seq", "kind", "user_id", "nick", "features", "text", "at"],
  "properties": {"id": {"$ref": "#/components/schemas/Id"}, "seq": {"type": "integer", "minimum": 1},
    "kind": {"type": "string"}, "user_id": {"$ref": "#/components/schemas/OptionalId"},
    "nick": {"type": "string"}, "features": {"$ref": "#/components/schemas/Words"}, "text": {"type": "string"},
    "at": {"$ref": "#/components/schemas/Time"}, "target_id": {"$ref": "#/components/schemas/Id"},
    "target_nick": {"type": "string"}, "seconds": {"type": "integer"}, "permanent": {"type": "boolean"},
    "tier": {"type": "integer"}, "message_id": {"$ref": "#/components/schemas/Id"},
    "uuid": {"type": "string"}, "extra": {"type": "object"}}},
"History": {"type": "object", "required": ["messages", "next"], "properties": {
  "messages": {"type": "array", "maxItems": 200, "items": {"$ref": "#/components/schemas/Entry"}},
  "next": {"type": ["integer", "null"],
    "description": "The `after` of the next page when `after` was given, else the `before` of the one above."}}},
"Message": {"type": "object", "required": ["text"], "properties": {"room": {"type": "string"},
  "text": {"type": "string", "maxLength": 512}, "nonce": {"type": "string", "minLength": 1,
    "description": "Sent again within ten minutes it gets the same answer and is stored once."}}},
"Stored": {"type": "object", "required": ["id", "seq"], "properties": {
  "id": {"$ref": "#/components/schemas/Id"}, "seq": {"type": "integer", "minimum": 1}}},
"StoredEvent": {"type": "object", "required": ["id", "seq", "uuid"], "properties": {
  "id": {"$ref": "#/components/schemas/Id"}, "seq": {"type": "integer", "minimum": 1},
  "uuid": {"type": "string"}}},
"Present": {"type": "object", "required": ["count", "connections", "users"], "properties": {
  "count": {"type": "integer"}, "connections": {"type": "integer", "description": "Guests included."},
  "users": {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/User"}}}},
"PaidEvent": {"type": "object", "required": ["type"], "properties": {
  "type": {"enum": ["subscription", "gift_sub", "mass_gift", "donation"]},
  "nick": {"type": "string"}, "user_id": {"$ref": "#/components/schemas/IdInput"},
  "tier": {"type": "integer", "minimum": 1, "maximum": 5}, "tier_label": {"type": "string"},
  "amount": {"type": "integer", "minimum": 0, "description": "cents"},
  "streak": {"type": "integer", "minimum": 0, "description": "months"},
  "recipient": {"type": "string"}, "recipient_id": {"$ref": "#/components/schemas/IdInput"},
  "from_mass_gift": {"type": "boolean"}, "quantity": {"type": "integer", "minimum": 1},
  "text": {"type": "string"}}},
"Ban": {"type": "object", "required": ["reason"], "properties": {
  "user_id": {"$ref": "#/components/schemas/IdInput"}, "nick": {"type": "string"},
  "duration": {"type": "integer", "minimum": 1, "description": "seconds"}, "permanent": {"type": "boolean"},
  "ip": {"type": "boolean", "description": "Also the last known addresses."}, "reason": {"type": "string"}},
  "oneOf": [{"required": ["user_id"]}, {"required": ["nick"]}]},
"BanRecord": {"type": "object", "properties": {"id": {"$ref": "#/components/schemas/Id"},
  "user_id": {"$ref": "#/components/schemas/OptionalId"}, "nick": {"type": "string"},
  "reason": {"type": "string"}, "active": {"type": "boolean"}, "start": {"$ref": "#/components/schemas/Time"},
  "permanent": {"type": "boolean"}, "end": {"$ref": "#/components/schemas/OptionalTime"},
  "by_id": {"$ref": "#/components/schemas/OptionalId"}, "by_nick": {"type": "string"},
  "lifted_at": {"$ref": "#/components/schemas/OptionalTime"},
  "lifted_by_id": {"$ref": "#/components/schemas/OptionalId"}, "lifted_by_nick": {"type": "string"}}},
"Bans": {"type": "object", "required": ["bans", "next"], "properties": {
  "bans": {"type": "array", "items": {"$ref": "#/components/schemas/BanRecord"}},
  "next": {"$ref": "#/components/schemas/OptionalId"}}},
"Mute": {"type": "object", "properties": {
  "user_id": {"$ref": "#/components/schemas/IdInput"}, "nick": {"type": "string"},
  "duration": {"type": "integer", "minimum": 1, "description": "seconds"}, "reason": {"type": "string"}},
  "oneOf": [{"required": ["user_id"]}, {"required": ["nick"]}]},
"Mutes": {"type": "object", "required": ["mutes"], "properties": {"mutes": {"type": "array", "items": {
  "type": "object", "properties": {"id": {"$ref": "#/components/schemas/Id"},
    "user_id": {"$ref": "#/components/schemas/Id"}, "nick": {"type": "string"},
    "until": {"$ref": "#/components/schemas/Time"}, "by_id": {"$ref": "#/components/schemas/OptionalId"},
    "by_nick": {"type": "string"}}}}}},
"ModerationLog": {"type": "object", "required": ["entries", "next"], "properties": {
  "entries": {"type": "array", "items": {"type": "object", "properties": {
    "id": {"$ref": "#/components/schemas/Id"}, "at": {"$ref": "#/components/schemas/Time"},
    "actor_id": {"$ref": "#/components/schemas/OptionalId"}, "actor_nick": {"type": "string"},
    "action": {"type": "string"}, "target_id": {"$ref": "#/components/schemas/OptionalId"},
    "target_nick": {"type": "string"}, "reason": {"type": "string"}, "detail": {"type": ["object", "null"]},
    "entry_id": {"$ref": "#/components/schemas/OptionalId"}}}},
  "next": {"$ref": "#/components/schemas/OptionalId"}}},
"Subonly": {"type": "object", "required": ["tier"], "properties": {
  "tier": {"type": "integer", "minimum": 0, "maximum": 5, "description": "0: everybody may speak."}}},
"Phrases": {"type": "object", "required": ["phrases"], "properties": {
  "phrases": {"$ref": "#/components/schemas/Words"}}},
"Phrase": {"type": "object", "required": ["phrase"], "properties": {"phrase": {"type": "string"}}},
"Health": {"type": "object", "required": ["status"], "properties": {"status": {"enum": ["ok", "stuck"]},
  "late": {"type": "string"}}},
"Readiness": {"type": "object", "required": ["ready", "conditions"], "properties": {
  "ready": {"type": "boolean"}, "version": {"type": "string"},
  "conditions": {"type": "array", "items": {"type": "object"}}}}
})json";

}  // namespace

std::string openapi_schemas() {
  std::string all(kSchemas.substr(0, kSchemas.rfind('\n')));
  return all.append(",\n").append(openapi_stream_schemas()).append("}");
}

}  // namespace strims::api
