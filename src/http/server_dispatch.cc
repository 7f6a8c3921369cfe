#include <algorithm>
#include <exception>

#include "http/connection.h"
#include "http/problem.h"
#include "http/server.h"
#include "obs/log.h"

// Requests: through the steps to a handler, on the shard or a lane, and the answer's way back.

namespace strims::http {
namespace {

constexpr uint64_t kPieceBytes = 1 << 20;  // of a body that is read while it is sent
constexpr int64_t kLaneFullMs = 100;

// Handlers report errors as values; an exception is a mistake, which must cost one request and not
// the process.
void call(const Handler& handler, RequestContext& context, Responder responder) {
  const std::string request_id = context.request_id;
  const obs::LogScope scope(request_id);
  try {
    handler(context, std::move(responder));
  } catch (const std::exception& e) {
    obs::log_error("http.handler_threw", {{"route", context.route}, {"what", e.what()}});
  }
}

proto::Response no_such_route(const Exchange& exchange, const std::string& allow) {
  if (allow.empty() && !(exchange.method == "OPTIONS" && exchange.path == "*"))
    return problem(404, "not_found", "There is nothing at this path.", exchange.request_id);
  proto::Response response =
      exchange.method == "OPTIONS"
          ? proto::Response::empty(204)
          : problem(405, "method_not_allowed", "This path has other methods.", exchange.request_id);
  response.set("Allow", allow.empty() ? "GET, HEAD, POST, PUT, DELETE, OPTIONS" : allow);
  return response;
}

// An upgrade path speaks WebSocket and nothing else; the plain text is what chat clients know.
proto::Response not_an_upgrade(std::string_view request_id) {
  proto::Response response =
      problem(426, "upgrade_required", "This path speaks WebSocket.", request_id);
  return response.set("Upgrade", "websocket");
}

bool wants_websocket(const proto::Request& request) {
  return request.version_minor == 1 && request.header_has_token("Upgrade", "websocket");
}

}  // namespace

void ShardServer::handle(Connection& connection, Key key, RequestContext context,
                         const std::string& allow) {
  const uint32_t serial = connection.serial();
  Exchange& exchange = connection.exchange();
  if (auto response = run_before(shared_.steps, context, exchange))
    return connection.answer(serial, std::move(*response));
  // A step may have named a route for the records; only the router's own decision counts here.
  const Route* route = context.route.empty() ? nullptr : exchange.route;
  if (route == nullptr) {
    if (allow == "GET" && exchange.method != "GET") {  // an upgrade path
      proto::Response response = proto::Response::text(405, "Method not allowed");
      return connection.answer(serial, std::move(response.set("Allow", "GET")));
    }
    return connection.answer(serial, no_such_route(exchange, allow));
  }
  if (!route->upgrade) return dispatch(key, serial, std::move(context), *route);
  if (!wants_websocket(context.request))
    return connection.answer(serial, not_an_upgrade(exchange.request_id));
  route->upgrade(connection.take_over(std::move(context)));
}

void ShardServer::dispatch(Key key, uint32_t serial, RequestContext context, const Route& route) {
  if (route.run_on == RunOn::shard) return call(route.handler, context, responder(key, serial));
  struct Call {
    RequestContext context;
    Responder responder;
  };
  auto shared_call = std::make_shared<Call>(std::move(context), responder(key, serial));
  const auto& lane = route.run_on == RunOn::db_lane ? shared_.run_db : shared_.run_auth;
  // `route` and the clock live as long as the router and the program.
  const bool taken = lane && lane([shared_call, handler = &route.handler, clock = shared_.clock] {
                       // The client was told that it took too long: save the work.
                       if (clock->mono_ms() >= shared_call->context.deadline) {
                         shared_call->responder(problem(
                             Error{Errc::unavailable, "unavailable", "The queue was too long."}));
                         return;
                       }
                       call(*handler, shared_call->context, std::move(shared_call->responder));
                     });
  if (taken) return;
  const Error busy{Errc::unavailable, "unavailable", "Too much is going on. Try again.", 1000};
  shared_call->responder(problem(busy, shared_call->context.request_id));
}

Responder ShardServer::responder(Key key, uint32_t serial) {
  return Responder([link = link_, key, serial](proto::Response response) mutable {
    if (link->reactor->on_thread()) {
      if (link->server != nullptr) link->server->deliver(key, serial, std::move(response));
      return;
    }
    net::Reactor& reactor = *link->reactor;
    // A full mailbox drops the answer; the connection's deadline then says 503.
    const bool posted = reactor.post(
        [link = std::move(link), key, serial, response = std::move(response)]() mutable {
          if (link->server != nullptr) link->server->deliver(key, serial, std::move(response));
        });
    if (!posted) obs::log_warn("http.answer_dropped", {{"reason", "mailbox_full"}});
  });
}

void ShardServer::read_rest(Key key, uint32_t serial, std::shared_ptr<const proto::BodyRest> rest,
                            uint64_t at) {
  const bool taken = shared_.run_db && shared_.run_db([link = link_, key, serial, rest, at] {
    std::string piece;
    if (!rest->read(at, std::min(kPieceBytes, rest->length - at), piece)) piece.clear();
    const bool posted =
        link->reactor->post([link, key, serial, piece = std::move(piece)]() mutable {
          if (link->server == nullptr) return;
          if (Connection* connection = link->server->find(key))
            connection->more(serial, std::move(piece));
        });
    if (!posted) obs::log_warn("http.answer_dropped", {{"reason", "mailbox_full"}});
  });
  if (taken) return;
  reactor_.after(kLaneFullMs, [link = link_, key, serial, rest = std::move(rest), at]() mutable {
    if (link->server != nullptr && link->server->find(key) != nullptr)
      link->server->read_rest(key, serial, std::move(rest), at);
  });
}

void ShardServer::deliver(Key key, uint32_t serial, proto::Response response) {
  if (Connection* connection = find(key)) connection->answer(serial, std::move(response));
}

}  // namespace strims::http
