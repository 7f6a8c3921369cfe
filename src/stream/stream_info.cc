#include "stream/stream_info.h"

#include <algorithm>

#include "base/json_write.h"

namespace strims::stream {
namespace {

void write_stream(JsonWriter& w, const ChannelView& view, TimeMs now) {
  const Channel& channel = view.channel;
  w.object().field("live", view.state == BroadcastState::live);
  w.field("game", channel.category).field("preview", thumbnail_path(view));
  w.field("status_text", channel.title).key("started_at");
  view.started_at != 0 ? w.value(format_rfc3339(view.started_at)) : w.null();
  w.key("ended_at").null();
  w.field("duration", view.started_at != 0 ? (now - view.started_at) / 1'000 : int64_t{0});
  w.field("viewers", view.audience->count()).field("id", channel.slug);
  w.field("platform", "strims").field("type", "LIVE").end_object();
}

}  // namespace

std::string stream_info(const Directory& directory, TimeMs now) {
  ChannelViewPtr best;
  for (const ChannelViewPtr& view : directory.all()) {
    if (!view->is_watchable() || view->channel.visibility != Visibility::everybody) continue;
    if (!best || std::pair(-view->audience->count(), view->channel.slug) <
                     std::pair(-best->audience->count(), best->channel.slug))
      best = view;
  }
  JsonWriter w;
  w.object().key("hostedChannel").null().key("streams").object();
  for (const char* platform : {"twitch", "youtube", "facebook", "rumble", "kick"})
    w.key(platform).null();
  w.key("strims");
  if (best) {
    write_stream(w, *best, now);
  } else {
    w.null();
  }
  w.end_object().end_object();
  return w.take();
}

}  // namespace strims::stream
