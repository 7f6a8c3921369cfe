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

// "part-k3x-12.3.m4s" to {"k3x", 12, 3}; "seg-k3x-12.m4s" and "init-k3x-1.mp4" have one number.
struct MediaName {
  enum class Kind : uint8_t { init, segment, part } kind = Kind::init;
  std::string_view series;
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
  const auto begins = [&](std::string_view word) {
    if (!skip(word)) return false;
    const size_t end = std::min(text.find('-'), text.size());
    name.series = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return true;
  };
  if (begins("init-")) {
    if (take_number(text, name.number) && text == ".mp4") return name;
  } else if (begins("seg-")) {
    name.kind = MediaName::Kind::segment;
    if (take_number(text, name.number) && text == ".m4s") return name;
  } else if (begins("part-")) {
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

template <class T>
bool read_number(const RequestContext& context, std::string_view key, std::optional<T>& out) {
  const auto text = context.request.query_param(key);
  if (!text) return true;
  std::string_view rest = *text;
  T number = 0;
  if (!take_number(rest, number) || !rest.empty()) return false;
  out = number;
  return true;
}

// Answers what is asked of a channel by somebody who may; any thread.
using Answerer = void (*)(const Services&, const stream::ChannelView&, const RequestContext&,
                          Responder);

void multivariant(const Services&, const stream::ChannelView& channel,
                  const RequestContext& context, Responder respond) {
  respond(to_response(channel.live->multivariant("live.m3u8"), kPlaylistType, "max-age=1",
                      context.request_id));
}

void playlist(const Services& services, const stream::ChannelView& channel,
              const RequestContext& context, Responder respond) {
  std::optional<uint64_t> msn;
  std::optional<uint32_t> part;
  if (!read_number(context, "_HLS_msn", msn) || !read_number(context, "_HLS_part", part) ||
      (part && !msn))
    return respond(
        http::problem(400, "invalid", "_HLS_msn and _HLS_part are numbers.", context.request_id));
  channel.live->playlist(
      msn, part, services.clock.mono_ms(),
      [respond = std::move(respond), id = context.request_id](LiveReply reply) mutable {
        respond(to_response(std::move(reply), kPlaylistType, "max-age=1", id));
      });
}

void media(const Services& services, const stream::ChannelView& channel,
           const RequestContext& context, Responder respond) {
  const auto name = parse_name(context.param("file"));
  auto& live = *channel.live;
  if (!name || name->series != live.series())
    return respond(http::problem(404, "notfound", "There is no such file.", context.request_id));
  switch (name->kind) {
    case MediaName::Kind::init:
      return respond(to_response(live.init(static_cast<uint32_t>(name->number)), kMediaType,
                                 http::kCachedForever, context.request_id));
    case MediaName::Kind::segment:
      return respond(to_response(live.segment(name->number), kMediaType, http::kCachedForever,
                                 context.request_id));
    case MediaName::Kind::part:
      return live.part(
          name->number, name->index, services.clock.mono_ms(),
          [respond = std::move(respond), id = context.request_id](LiveReply reply) mutable {
            respond(to_response(std::move(reply), kMediaType, http::kCachedForever, id));
          });
  }
}

class Origin {
 public:
  explicit Origin(const Services& services) : services_(services) {}

  // Lets in whoever may watch now, then gives the answer; on the connection's shard.
  void enter(RequestContext& context, Responder respond, Answerer answer) const {
    const ChannelViewPtr view = services_.streams->directory().find(context.param("channel"));
    const auto grant = admitted(view, context);
    if (!grant) return respond(http::problem(grant.error(), context.request_id));
    const bool by_account = view->channel.visibility != Visibility::everybody;
    const auto standing = by_account ? view->guests->ask(grant->account, services_.clock.mono_ms())
                                     : stream::GuestList::Standing::admitted;
    switch (standing) {
      case stream::GuestList::Standing::unknown:
        return look_up(view, *grant, std::move(context), std::move(respond), answer);
      case stream::GuestList::Standing::refused:
        return respond(http::problem(not_any_more(), context.request_id));
      case stream::GuestList::Standing::admitted:
        return let_in(*view, *grant, context, std::move(respond), answer);
    }
  }

 private:
  Result<stream::Grant> admitted(const ChannelViewPtr& view, const RequestContext& context) const {
    std::optional<Visibility> now;
    if (view && view->live) now = view->channel.visibility;
    return admit(services_, context, stream::GrantScope::live,
                 view ? std::string_view(view->channel.slug) : context.param("channel"), now);
  }

  // The first request of an account in a while: the database knows whether it may.
  void look_up(const ChannelViewPtr& view, const stream::Grant& grant, RequestContext context,
               Responder respond, Answerer answer) const {
    auto reply = std::make_shared<Responder>(std::move(respond));
    const std::string id = context.request_id;
    const bool taken =
        services_.streams->run([this, view, grant, context = std::move(context), reply, answer](
                                   stream::Broadcasts& broadcasts, Result<sql::Connection*> db) {
          const auto may = db ? broadcasts.look_up_guest(**db, view->channel.id, grant.account)
                              : Result<bool>(std::unexpected(db.error()));
          if (!may) return (*reply)(http::problem(may.error(), context.request_id));
          if (!*may) return (*reply)(http::problem(not_any_more(), context.request_id));
          let_in(*view, grant, context, std::move(*reply), answer);
        });
    if (!taken) (*reply)(http::problem(too_busy(), id));
  }

  // He counts as a viewer.
  void let_in(const stream::ChannelView& view, const stream::Grant& grant,
              const RequestContext& context, Responder respond, Answerer answer) const {
    stream::Watcher watcher = watcher_of(context, grant.sid, grant.account);
    if (watcher.sid == 0) watcher.sid = stream::open_playback_id(watcher);
    view.audience->fetched(watcher, services_.clock.mono_ms());
    answer(services_, view, context, std::move(respond));
  }

  const Services& services_;
};

}  // namespace

void add_hls(Api& api) {
  if (api.services().streams == nullptr) return;
  const auto origin = std::make_shared<Origin>(api.services());
  const auto add = [&](std::string pattern, std::string summary, Answerer answer) {
    http::Route route = http::get_route(std::move(pattern), std::move(summary), http::RunOn::shard,
                                        [origin, answer](RequestContext& c, Responder r) {
                                          origin->enter(c, std::move(r), answer);
                                        });
    route.public_cors = true;
    api.router().add(std::move(route));
  };
  add("/hls/{token}/{channel}/master.m3u8", "The multivariant playlist of a live channel.",
      multivariant);
  add("/hls/{token}/{channel}/live.m3u8",
      "Its media playlist; _HLS_msn and _HLS_part wait for what comes.", playlist);
  add("/hls/{token}/{channel}/{file}", "Init, segments and parts.", media);
}

}  // namespace strims::api
