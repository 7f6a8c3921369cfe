// What strims.gg clients call besides the chat (client-http.md section 7).
#include "api/call.h"
#include "base/json_read.h"
#include "base/json_write.h"

namespace strims::api {
namespace {

using proto::Response;

// Who watches which stream is known once the site has streams of its own: until then nobody is
// shown.
Answer viewer_states(Call&) {
  return Response::json(200, "[]");
}

Answer emote_manifest(Call& call) {
  STRIMS_TRY(const Json emotes, Json::parse(call.services.emotes_json));
  JsonWriter w;
  w.object().key("emotes").array();
  for (const Json& emote : emotes.array()) {
    w.object().field("name", emote.find_string("prefix").value_or("")).key("versions").array();
    const Json* images = emote.find("image");
    if (images) {
      for (const Json& image : images->array()) {
        const Json* height = image.find("height");
        const Json* width = image.find("width");
        w.object().field("path", image.find_string("url").value_or("")).field("animated", false);
        w.field("spritesheet", false).key("dimensions").object();
        w.field("height", height ? height->integer().value_or(0) : 0);
        w.field("width", width ? width->integer().value_or(0) : 0).end_object();
        w.field("size", "1x").end_object();
      }
    }
    w.end_array().end_object();
  }
  w.end_array().key("modifiers").array().end_array().key("tags").array();
  for (const char* tag : {"nsfw", "nsfl", "loud", "weeb"}) w.value(tag);
  w.end_array().end_object();
  return Response::json(200, w.take());
}

}  // namespace

void add_strims_site(Api& api) {
  api.add_public("/api/chat/viewer-states", "Who watches what (strims clients).", viewer_states);
  api.add_public("/emote-manifest.json", "The emotes in the form of strims clients.",
                 emote_manifest);
}

}  // namespace strims::api
