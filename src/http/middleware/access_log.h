// One log line per answer.
#pragma once

#include "http/step.h"

namespace strims::http {

// Event "http.request" with method, path (without the query), status, ms, bytes, peer, request_id.
// Never query strings, cookies or Authorization. At level info; 5xx at warn.
class AccessLogStep final : public Step {
 public:
  void after(const Exchange& exchange, proto::Response& response) override;
};

}  // namespace strims::http
