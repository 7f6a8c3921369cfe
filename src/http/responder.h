// The one answer to one request, from whatever thread has it.
#pragma once

#include <functional>
#include <utility>

#include "proto/http_message.h"

namespace strims::http {

// Move-only. Callable from any thread, exactly once; a second call is ignored. The answer travels
// to the shard of the connection and is dropped when that is gone or its deadline has passed.
// Destroyed unanswered: the client gets a 500, so no request is ever left hanging.
class Responder {
 public:
  using Sink = std::move_only_function<void(proto::Response)>;

  Responder() = default;
  explicit Responder(Sink sink) : sink_(std::move(sink)) {}
  Responder(Responder&& other) noexcept : sink_(std::exchange(other.sink_, nullptr)) {}
  Responder& operator=(Responder&& other) noexcept;
  ~Responder();

  void operator()(proto::Response response);
  // Whether an answer is still owed.
  bool pending() const { return static_cast<bool>(sink_); }

 private:
  Sink sink_;
};

}  // namespace strims::http
