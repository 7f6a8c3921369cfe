// /hls/{token}/{channel}/...: playlists, parts, segments and inits of what is live, from memory.
#include <charconv>

#include "api/call.h"
#include "api/stream_fields.h"
#include "http/problem.h"
#include "http/static_files.h"
#include "stream/desk.h"

namespace strims::api {
namespace {

using http::RequestContext;
using http::Responder;
using proto::Response;
using stream::ChannelViewPtr;
using stream::LiveReply;

constexpr std::string_view kPlaylistType = "application/vnd.apple.mpegurl";
constexpr std::string_view kMediaType = "video/mp4";

// "part-12.3.m4s" to {12, 3}; "seg-12.m4s" and "init-1.mp4" have one number.
struct MediaName {
  enum class Kind : uint8_t { init, segment, part } kind = Kind::init;
  uint64_t number = 0;
  uint32_t index = 0;
};

template <class T>
bool take_number(std::string_view& text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

std::optional<MediaName> parse_name(std::string_view text) {
  MediaName name;
  const auto skip = [&](std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
  };
  if (skip("init-")) {
    if (take_number(text, name.number) && text == ".mp4") return name;
  } else if (skip("seg-")) {
    name.kind = MediaName::Kind::segment;
    if (take_number(text, name.number) && text == ".m4s") return name;
  } else if (skip("part-")) {
    name.kind = MediaName::Kind::part;
    if (take_number(text, name.number) && skip(".") && take_number(text, name.index) &&
        text == ".m4s")
      return name;
  }
  return std::nullopt;
}

Response to_response(LiveReply reply, std::string_view type, std::string_view caching,
                     const std::string& request_id) {
  switch (reply.kind) {
    case LiveReply::Kind::too_far:
      return http::problem(400, "too_far", "That lies too far in the future.", request_id);
    case LiveReply::Kind::gone:
      return http::problem(404, "notfound", "It is not there (any more).", request_id);
    case LiveReply::Kind::ok:
      break;
  }
  Response response;
  if (reply.pieces.size() == 1) {
    response.shared_body = std::move(reply.pieces[0]);
  } else {
    for (const auto& piece : reply.pieces) response.body += *piece;
  }
  response.set("Content-Type", type).set("Cache-Control", caching);
  return response;
}

class Origin {
 public:
  explicit Origin(const Services& services) : services_(services) {}

  void multivariant(RequestContext& context, Responder respond) const {
    const auto channel = enter(context);
    if (!channel) return respond(http::problem(channel.error(), context.request_id));
    respond(to_response((*channel)->live->multivariant("live.m3u8"), kPlaylistType, "max-age=1",
                        context.request_id));
  }

  void playlist(RequestContext& context, Responder respond) const {
    const auto channel = enter(context);
    if (!channel) return respond(http::problem(channel.error(), context.request_id));
    std::optional<uint64_t> msn;
    std::optional<uint32_t> part;
    if (!read_number(context, "_HLS_msn", msn) || !read_number(context, "_HLS_part", part) ||
        (part && !msn))
      return respond(
          http::problem(400, "invalid", "_HLS_msn and _HLS_part are numbers.", context.request_id));
    (*channel)->live->playlist(
        msn, part, services_.clock.mono_ms(),
        [respond = std::move(respond), id = context.request_id](LiveReply reply) mutable {
          respond(to_response(std::move(reply), kPlaylistType, "max-age=1", id));
        });
  }

  void media(RequestContext& context, Responder respond) const {
    const auto channel = enter(context);
    if (!channel) return respond(http::problem(channel.error(), context.request_id));
    const auto name = parse_name(context.param("file"));
    if (!name)
      return respond(http::problem(404, "notfound", "There is no such file.", context.request_id));
    const auto& live = *(*channel)->live;
    switch (name->kind) {
      case MediaName::Kind::init:
        return respond(to_response(live.init(static_cast<uint32_t>(name->number)), kMediaType,
                                   http::kCachedForever, context.request_id));
      case MediaName::Kind::segment:
        return respond(to_response(live.segment(name->number), kMediaType, http::kCachedForever,
                                   context.request_id));
      case MediaName::Kind::part:
        return (*channel)->live->part(
            name->number, name->index, services_.clock.mono_ms(),
            [respond = std::move(respond), id = context.request_id](LiveReply reply) mutable {
              respond(to_response(std::move(reply), kMediaType, http::kCachedForever, id));
            });
    }
  }

 private:
  template <class T>
  static bool read_number(const RequestContext& context, std::string_view key,
                          std::optional<T>& out) {
    const auto text = context.request.query_param(key);
    if (!text) return true;
    std::string_view rest = *text;
    T number = 0;
    if (!take_number(rest, number) || !rest.empty()) return false;
    out = number;
    return true;
  }

  // The channel of a request that is let in; its viewer has been counted.
  Result<ChannelViewPtr> enter(const RequestContext& context) const {
    const std::string_view slug = context.param("channel");
    ChannelViewPtr view = services_.streams->directory().find(slug);
    if (!view || !view->live) return fail(Errc::not_found, "notfound", "Nothing is on here.");
    STRIMS_TRY(const stream::Grant grant,
               admit(services_, context, stream::GrantScope::live, slug, view->channel.visibility));
    stream::Watcher watcher = watcher_of(context, grant.sid);
    if (watcher.sid == 0) watcher.sid = stream::open_playback_id(watcher);
    view->audience->fetched(watcher, services_.clock.mono_ms());
    return view;
  }

  const Services& services_;
};

}  // namespace

void add_hls(Api& api) {
  if (api.services().streams == nullptr) return;
  const auto origin = std::make_shared<Origin>(api.services());
  const auto add = [&](std::string pattern, std::string summary, http::Handler handler) {
    http::Route route = http::get_route(std::move(pattern), std::move(summary), http::RunOn::shard,
                                        std::move(handler));
    route.public_cors = true;
    api.router().add(std::move(route));
  };
  add("/hls/{token}/{channel}/master.m3u8", "The multivariant playlist of a live channel.",
      [origin](RequestContext& c, Responder r) { origin->multivariant(c, std::move(r)); });
  add("/hls/{token}/{channel}/live.m3u8",
      "Its media playlist; _HLS_msn and _HLS_part wait for what comes.",
      [origin](RequestContext& c, Responder r) { origin->playlist(c, std::move(r)); });
  add("/hls/{token}/{channel}/{file}", "Init, segments and parts.",
      [origin](RequestContext& c, Responder r) { origin->media(c, std::move(r)); });
}

}  // namespace strims::api
