// The component schemas of streams and recordings (docs/STREAM.md).
#include "api/openapi.h"

namespace strims::api {

std::string_view openapi_stream_schemas() {
  return R"json("Visibility": {"enum": ["public", "private", "subscribers"]},
"Playback": {"anyOf": [{"type": "object", "required": ["hls"], "properties": {
  "hls": {"type": "string", "description": "The caller's own address."},
  "expires_at": {"$ref": "#/components/schemas/OptionalTime"}}}, {"type": "null"}]},
"Ingest": {"type": "object", "properties": {"rtmp": {"type": ["string", "null"]}, "rtmps": {"type": ["string", "null"]}}},
"Stream": {"type": "object", "required": ["channel", "title", "state", "visibility"], "properties": {
  "channel": {"type": "string"}, "title": {"type": "string"}, "category": {"type": "string"},
  "tags": {"$ref": "#/components/schemas/Words"}, "language": {"type": "string"}, "mature": {"type": "boolean"},
  "visibility": {"$ref": "#/components/schemas/Visibility"},
  "state": {"enum": ["offline", "armed", "starting", "live", "interrupted"]},
  "broadcast_id": {"$ref": "#/components/schemas/OptionalId"},
  "started_at": {"$ref": "#/components/schemas/OptionalTime"}, "viewers": {"type": "integer"},
  "thumbnail": {"type": ["string", "null"]}, "playback": {"$ref": "#/components/schemas/Playback"},
  "owner": {"type": "string"}, "record": {"type": "boolean", "description": "Only for the owner, as the next."},
  "ingest": {"$ref": "#/components/schemas/Ingest"}}},
"Streams": {"type": "object", "required": ["streams"], "properties": {
  "streams": {"type": "array", "items": {"$ref": "#/components/schemas/Stream"}}}},
"StreamHealth": {"type": "object", "required": ["state", "notes"], "properties": {
  "state": {"enum": ["offline", "good", "warn", "bad"]}, "notes": {"$ref": "#/components/schemas/Words"},
  "bitrate_kbps": {"type": "integer"}, "fps": {"type": "number"}, "realtime": {"type": "number"},
  "keyframe_seconds": {"type": "number"}, "width": {"type": "integer"}, "height": {"type": "integer"},
  "video": {"type": ["string", "null"]}, "audio": {"type": ["string", "null"]},
  "since": {"$ref": "#/components/schemas/OptionalTime"}, "reconnects": {"type": "integer"},
  "recording": {"type": "object", "properties": {"state": {"type": "string"}, "queue_bytes": {"type": "integer"}}}}},
"ChannelName": {"type": "object", "required": ["name"], "properties": {
  "name": {"type": "string", "pattern": "^[a-z0-9_-]{2,32}$"}}},
"WhichChannel": {"type": "object", "properties": {"channel": {"type": "string"}}},
"StreamKey": {"type": "object", "required": ["channel", "key"], "properties": {"channel": {"type": "string"},
  "key": {"type": "string", "description": "Shown this once."}, "ingest": {"$ref": "#/components/schemas/Ingest"}}},
"Armed": {"type": "object", "required": ["broadcast_id"], "properties": {
  "broadcast_id": {"$ref": "#/components/schemas/Id"}, "ingest": {"$ref": "#/components/schemas/Ingest"}}},
"StreamUpdate": {"type": "object", "properties": {"channel": {"type": "string"},
  "title": {"type": "string", "maxLength": 140}, "category": {"type": "string", "maxLength": 60},
  "tags": {"$ref": "#/components/schemas/Words"}, "language": {"type": "string"}, "mature": {"type": "boolean"},
  "visibility": {"$ref": "#/components/schemas/Visibility"}, "record": {"type": "boolean"}}},
"Watch": {"type": "object", "required": ["sid"], "properties": {"sid": {"type": "string", "maxLength": 64},
  "latency_ms": {"type": "integer", "minimum": 0, "maximum": 600000}}},
"Vod": {"type": "object", "required": ["id", "channel", "title", "state"], "properties": {
  "id": {"$ref": "#/components/schemas/Id"}, "channel": {"type": "string"}, "title": {"type": "string"},
  "category": {"type": "string"}, "started_at": {"$ref": "#/components/schemas/OptionalTime"},
  "ended_at": {"$ref": "#/components/schemas/OptionalTime"}, "duration_ms": {"type": "integer"},
  "state": {"enum": ["pending", "recording", "finalizing", "ready", "failed"]}, "pinned": {"type": "boolean"},
  "visibility": {"$ref": "#/components/schemas/Visibility"}, "bytes": {"type": "integer"},
  "degraded": {"type": "boolean", "description": "Parts of it are missing."},
  "reason": {"type": ["string", "null"], "description": "Why they are, or why it failed: disk_full, queue_full, ..."},
  "gaps": {"type": "array", "items": {"type": "object", "properties": {
    "from": {"$ref": "#/components/schemas/OptionalTime"}, "to": {"$ref": "#/components/schemas/OptionalTime"}}}},
  "poster": {"type": ["string", "null"]}, "playback": {"$ref": "#/components/schemas/Playback"},
  "chat_offset_ms": {"type": "integer"}, "peak_viewers": {"type": "integer"}}},
"Vods": {"type": "object", "required": ["vods", "next"], "properties": {
  "vods": {"type": "array", "items": {"$ref": "#/components/schemas/Vod"}},
  "next": {"$ref": "#/components/schemas/OptionalId", "description": "The `before` of the next page."}}},
"VodUpdate": {"type": "object", "properties": {"title": {"type": "string", "maxLength": 140},
  "pinned": {"type": "boolean"}, "visibility": {"$ref": "#/components/schemas/Visibility"}}}
)json";
}

}  // namespace strims::api
