#include "http/responder.h"

#include "http/problem.h"

namespace strims::http {

void Responder::operator()(proto::Response response) {
  if (!sink_) return;
  Sink sink = std::exchange(sink_, nullptr);
  sink(std::move(response));
}

Responder& Responder::operator=(Responder&& other) noexcept {
  std::swap(sink_, other.sink_);
  return *this;
}

Responder::~Responder() {
  if (sink_) (*this)(problem(500, "internal", "The request was not answered."));
}

}  // namespace strims::http
