#include "stream/directory.h"

#include "base/json_write.h"

namespace strims::stream {

ChannelViewPtr Directory::find(std::string_view slug) const {
  const std::lock_guard lock(mutex_);
  const auto it = channels_.find(std::string(slug));
  return it == channels_.end() ? nullptr : it->second;
}

std::vector<ChannelViewPtr> Directory::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<ChannelViewPtr> out;
  out.reserve(channels_.size());
  for (const auto& [slug, view] : channels_) out.push_back(view);
  return out;
}

void Directory::put(ChannelView view) {
  auto made = std::make_shared<const ChannelView>(std::move(view));
  const std::lock_guard lock(mutex_);
  channels_[made->channel.slug] = std::move(made);
}

std::string thumbnail_path(const ChannelView& view) {
  // The number tells a browser when to look again.
  if (!view.is_ours() || view.channel.visibility != Visibility::everybody) return {};
  return "/thumb/" + view.channel.slug + ".jpg";
}

std::string stream_fields(const ChannelView& view) {
  JsonWriter w;
  if (view.channel.visibility == Visibility::owner_only) {
    w.object().field("channel", view.channel.slug).field("state", "offline").field("title", "");
    w.key("started_at").null();
    w.field("viewers", int64_t{0}).key("thumbnail").null();
    w.end_object();
    return w.take();
  }
  w.object().field("channel", view.channel.slug).field("state", to_string(view.state));
  w.field("title", view.channel.title).key("started_at");
  if (view.started_at != 0) {
    w.value(format_rfc3339_ms(view.started_at));
  } else {
    w.null();
  }
  w.field("viewers", view.audience->count()).key("thumbnail");
  if (const std::string path = thumbnail_path(view); !path.empty()) {
    w.value(path);
  } else {
    w.null();
  }
  w.end_object();
  return w.take();
}

}  // namespace strims::stream
