// /thumb/{channel}.jpg: how a live channel looks now.
#include "api/call.h"
#include "http/problem.h"
#include "stream/desk.h"

namespace strims::api {

void add_thumbnails(Api& api) {
  stream::Desk* desk = api.services().streams;
  if (desk == nullptr) return;
  const auto show = [desk](http::RequestContext& context, http::Responder respond) {
    std::string slug(context.param("file"));
    constexpr std::string_view kEnding = ".jpg";
    const bool named = slug.ends_with(kEnding);
    if (named) slug.resize(slug.size() - kEnding.size());
    const auto view = named ? desk->directory().find(slug) : nullptr;
    const bool shown = view && view->channel.visibility == Visibility::everybody;
    const media::SharedBytes picture = shown ? desk->picture(slug) : nullptr;
    if (!picture)
      return respond(
          http::problem(404, "notfound", "There is no picture (yet).", context.request_id));
    desk->looked_at(slug);
    proto::Response response;
    response.shared_body = picture;
    response.set("Content-Type", "image/jpeg").set("Cache-Control", "max-age=15");
    respond(std::move(response));
  };
  http::Route route =
      http::get_route("/thumb/{file}", "How a live channel looks now.", http::RunOn::shard, show);
  route.public_cors = true;
  api.router().add(std::move(route));
}

}  // namespace strims::api
