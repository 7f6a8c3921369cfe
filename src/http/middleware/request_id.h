// A name for each request, in the log and in the answer's X-Request-Id.
#pragma once

#include <string>
#include <string_view>

#include "http/step.h"

namespace strims::http {

// 20 characters of [A-Za-z0-9], unpredictable enough not to collide. Any thread; cheap (no system
// call).
std::string make_request_id();
// 1 to 64 characters of [A-Za-z0-9._-]: what may be taken over from a trusted proxy.
bool is_sane_request_id(std::string_view id);

// Adds X-Request-Id to every answer. The server has put the id into the exchange.
class RequestIdStep final : public Step {
 public:
  void after(const Exchange& exchange, proto::Response& response) override;
};

}  // namespace strims::http
