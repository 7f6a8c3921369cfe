#include "http/connection.h"

#include "base/bytes.h"
#include "http/middleware/forwarded.h"
#include "http/middleware/request_id.h"
#include "http/problem.h"

// From bytes to a request, and from an answer to bytes.

namespace strims::http {
namespace {

// For bodies of requests that no route takes, so that the answer can be given on a connection that
// goes on.
constexpr uint64_t kUnroutedBody = 64 * 1024;

}  // namespace

// The clock of the head runs from its first byte; for the first request it has been running since
// the accept.
void Connection::begin_message() {
  in_message_ = true;
  if (requests_ > 0) set_deadline(limits().head_timeout_ms);
}

void Connection::consume_input() {
  using State = proto::HttpParser::State;
  Work& w = *work_;
  w.consumed += w.parser.feed(w.pending_input());
  if (w.parser.state() == State::head) on_head();
  switch (w.parser.state()) {
    case State::error:
      return refuse(w.parser.error());
    case State::done:
      return on_request();
    default:
      return;
  }
}

void Connection::fill_exchange(const proto::Request& request) {
  Exchange& e = work_->exchange;
  const PrefixSet& trusted = server_.shared_.trusted_proxies;
  const auto client = client_origin(request, peer_, socket_.is_tls(), trusted);
  e.method = request.method;
  e.path = request.path;
  e.origin = request.header("Origin");
  e.preflight_method = request.header("Access-Control-Request-Method");
  e.peer = client.address;
  e.secure = client.secure;
  e.version_minor = request.version_minor;
  e.keep_alive = request.keep_alive;
  e.start_ns = mono_ns();
  const std::string_view id = request.header("X-Request-Id");
  const bool take_id = trusted.contains(peer_) && is_sane_request_id(id);
  e.request_id = take_id ? std::string(id) : make_request_id();
}

void Connection::on_head() {
  Work& w = *work_;
  const proto::Request& request = w.parser.request();
  fill_exchange(request);
  w.match = server_.shared_.router->match(request.method, request.path);
  w.exchange.route = w.match.route;
  w.head_only = request.method == "HEAD";
  const bool ask_for_body = request.expect_continue && w.parser.expects_body();
  w.parser.accept_body(w.match.route != nullptr ? w.match.route->body_limit : kUnroutedBody);
  if (w.parser.state() != proto::HttpParser::State::need_more) return;
  set_deadline(limits().body_timeout_ms);
  if (!ask_for_body || !w.pending_input().empty()) return;
  const std::string_view go_on = proto::continue_response();
  const net::IoResult put = socket_.write(as_bytes(go_on));
  // A client that waits for us with a full receive window is not one to wait for.
  if (put.status != net::IoStatus::ok || put.bytes != go_on.size()) close();
}

void Connection::on_request() {
  Work& w = *work_;
  ++requests_;
  ++serial_;
  phase_ = Phase::handling;
  RequestContext context;
  context.request = w.parser.take();
  context.peer = w.exchange.peer;
  context.peer_port = peer_port_;
  context.secure = w.exchange.secure;
  context.request_id = w.exchange.request_id;
  context.path_params = std::move(w.match.params);
  if (w.match.route != nullptr) {
    context.route = w.match.route->pattern;
    context.access = w.match.route->access;
  }
  context.shard = server_.shard_;
  context.listener = profile_.tag;
  context.deadline = server_.shared_.clock->mono_ms() + limits().response_deadline_ms;
  server_.handle(*this, key_, std::move(context), w.match.allow);
}

void Connection::refuse(const proto::HttpError& error) {
  if (phase_ == Phase::dead) return;
  Exchange& e = work_->exchange;
  if (e.request_id.empty()) {
    e.request_id = make_request_id();
    e.peer = peer_;
    e.secure = socket_.is_tls();
    e.start_ns = mono_ns();
  }
  ++serial_;
  phase_ = Phase::handling;
  proto::Response response = problem(error, e.request_id);
  response.close = true;
  answer(serial_, std::move(response));
}

void Connection::answer(uint32_t serial, proto::Response response) {
  if (phase_ != Phase::handling || serial != serial_) return;
  ++serial_;
  Work& w = *work_;
  const Exchange& e = w.exchange;
  run_after(server_.shared_.steps, e, response);
  last_answer_ =
      response.close || !e.keep_alive || requests_ >= limits().max_requests || server_.draining_;
  proto::SerializeOptions options;
  options.keep_alive = !last_answer_;
  options.head_only = w.head_only;
  options.version_minor = e.version_minor;
  options.date = server_.shared_.clock->wall_ms();
  w.head = proto::serialize_head(response, options, response.content_length());
  if (!w.head_only && proto::has_body(response.status)) {
    w.body = std::move(response.body);
    w.shared_body = std::move(response.shared_body);
    w.rest = std::move(response.rest);
    w.rest_read = 0;
  }
  w.written = 0;
  write_prepared();
}

}  // namespace strims::http
