#include "http/problem.h"

#include "base/json_write.h"

namespace strims::http {
namespace {

struct Class {
  int status;
  bool retryable;
};

// The one table from error classes to HTTP.
Class class_of(Errc code) {
  switch (code) {
    case Errc::invalid:
      return {400, false};
    case Errc::unauthenticated:
      return {401, false};
    case Errc::forbidden:
      return {403, false};
    case Errc::not_found:
      return {404, false};
    case Errc::conflict:
      return {409, false};
    case Errc::gone:
      return {410, false};
    case Errc::too_large:
      return {413, false};
    case Errc::unsupported:
      return {415, false};
    case Errc::rate_limited:
      return {429, true};
    case Errc::unavailable:
      return {503, true};
    case Errc::timeout:
      return {504, true};
    case Errc::cancelled:
      return {503, true};
    case Errc::internal:
      return {500, false};
  }
  return {500, false};
}

std::string_view detail_of(std::string_view reason) {
  static constexpr std::pair<std::string_view, std::string_view> kDetails[] = {
      {"head_too_large", "The request line and headers are too large."},
      {"too_many_headers", "The request has too many headers."},
      {"target_too_long", "The request target is too long."},
      {"body_too_large", "The body is larger than this resource takes."},
      {"http_version", "Only HTTP/1.1 and HTTP/1.0 are spoken here."},
      {"method_unknown", "No such method."},
      {"bad_host", "Exactly one valid Host header is needed."},
      {"bad_framing", "The length of the body is not stated clearly."},
      {"expectation", "Only 100-continue may be expected."},
      {"request_timeout", "The request did not arrive in time."},
  };
  for (const auto& [key, text] : kDetails)
    if (key == reason) return text;
  return "The request is not well-formed.";
}

}  // namespace

int status_of(Errc code) {
  return class_of(code).status;
}

bool is_retryable(Errc code) {
  return class_of(code).retryable;
}

proto::Response problem(int status, std::string_view code, std::string_view detail,
                        std::string_view request_id) {
  JsonWriter w;
  w.object()
      .field("type", "about:blank")
      .field("title", proto::reason_phrase(status))
      .field("status", status);
  if (!detail.empty()) w.field("detail", detail);
  w.field("code", code);
  if (!request_id.empty()) w.field("request_id", request_id);
  w.end_object();
  proto::Response response = proto::Response::json(status, w.take());
  response.set("Content-Type", "application/problem+json");
  response.set("Cache-Control", "no-store");
  return response;
}

proto::Response problem(const Error& error, std::string_view request_id) {
  const bool ours = error.code == Errc::internal;
  proto::Response response = problem(status_of(error.code), error.reason,
                                     ours ? std::string_view() : error.detail, request_id);
  const bool wait = error.code == Errc::unavailable || error.code == Errc::rate_limited;
  const int64_t seconds = (error.retry_after_ms + 999) / 1000;
  if (seconds > 0 || wait)
    response.set("Retry-After", std::to_string(std::max<int64_t>(seconds, 1)));
  if (error.code == Errc::unauthenticated) response.set("WWW-Authenticate", "Bearer");
  return response;
}

proto::Response problem(const proto::HttpError& error, std::string_view request_id) {
  return problem(error.status, error.reason, detail_of(error.reason), request_id);
}

}  // namespace strims::http
