// Probes, metrics and the API description. These must answer when the database does not, so they
// are hung into the router without the database connection that the other endpoints get.
#include <memory>
#include <mutex>

#include "api/call.h"
#include "api/openapi.h"
#include "base/cidr.h"
#include "base/json_write.h"
#include "http/problem.h"
#include "obs/metric.h"

namespace strims::api {
namespace {

using http::RequestContext;
using http::Responder;
using proto::Response;

Response uncached(Response response) {
  response.set("Cache-Control", "no-store");
  return response;
}

Response health(const obs::Health& health) {
  std::string late;
  const bool alive = health.alive(&late);
  JsonWriter w;
  w.object().field("status", alive ? "ok" : "stuck");
  if (!alive) w.field("late", late);
  w.end_object();
  return uncached(Response::json(alive ? 200 : 503, w.take()));
}

Response readiness(const obs::Health& health) {
  const bool ready = health.ready();
  Response response = uncached(Response::json(ready ? 200 : 503, health.to_json()));
  if (!ready) response.set("Retry-After", "1");
  return response;
}

http::Handler metrics_handler(const config::Config& config) {
  PrefixSet allowed;
  for (const auto& prefix : config.metrics.allow) allowed.add(prefix);
  return [allowed = std::move(allowed)](RequestContext& context, Responder respond) {
    if (!allowed.contains(context.peer)) {
      respond(http::problem(403, "nopermission", "Metrics are for the operator's addresses.",
                            context.request_id));
      return;
    }
    Response response = uncached(Response::text(200, obs::exposition()));
    response.set("Content-Type", obs::kExpositionType);
    respond(std::move(response));
  };
}

// Made when it is asked for first: routes may be added after ours, up to the start of the server.
http::Handler openapi_handler(const http::Router& router, std::string server_url) {
  struct Document {
    std::once_flag once;
    std::string text;
  };
  return [&router, server_url = std::move(server_url), document = std::make_shared<Document>()](
             RequestContext&, Responder respond) {
    std::call_once(document->once, [&] { document->text = openapi_json(router, server_url); });
    Response response = Response::json(200, document->text);
    response.set("Cache-Control", "public, max-age=300");
    respond(std::move(response));
  };
}

}  // namespace

void add_ops(Api& api) {
  using http::RunOn;
  http::Router& router = api.router();
  obs::Health& state = api.services().health;
  const config::Config& config = api.services().config;
  router.add(
      http::get_route("/healthz", "Whether the process is alive.", RunOn::shard,
                      [&state](RequestContext&, Responder respond) { respond(health(state)); }));
  router.add(http::get_route(
      "/readyz", "Whether the process can serve; 503 with the reasons when it cannot.",
      RunOn::shard, [&state](RequestContext&, Responder respond) { respond(readiness(state)); }));
  // A scrape takes locks and reads /proc, about a millisecond: not on a shard. Nor on the db lane,
  // where it would wait behind slow queries just when one wants to look.
  router.add(http::get_route("/metrics",
                             "Metrics for Prometheus; only for the addresses of metrics.allow.",
                             RunOn::auth_lane, metrics_handler(config)));
  http::Route description = http::get_route("/openapi.json", "This description.", RunOn::auth_lane,
                                            openapi_handler(router, config.server.public_url));
  description.public_cors = true;
  router.add(std::move(description));
}

}  // namespace strims::api
