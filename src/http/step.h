// Steps: the small concerns around every handler (request ids, CORS, limits, logging), one file
// each in middleware/.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cidr.h"
#include "http/context.h"
#include "http/router.h"
#include "proto/http_message.h"

namespace strims::http {

// What the shard keeps of a request while a handler (perhaps on a lane) works on it.
struct Exchange {
  std::string method = "-";  // "-" when the request could not be parsed
  std::string path;
  std::string origin;            // the Origin header
  std::string preflight_method;  // Access-Control-Request-Method
  std::string request_id;
  IpAddress peer;
  bool secure = false;
  const Route* route = nullptr;  // nullptr: none matched
  int64_t start_ns = 0;          // mono_ns() when the head was complete
  int version_minor = 1;
  bool keep_alive = false;
  std::string_view pattern() const {
    return route != nullptr ? route->pattern : std::string_view("-");
  }
};

// Steps are shared by all shards: members that change must be atomic or guarded. Nothing here may
// block.
class Step {
 public:
  virtual ~Step() = default;
  // Before the handler, on the shard. A response ends the request; later steps and the handler are
  // skipped.
  virtual std::optional<proto::Response> before(RequestContext&, Exchange&) { return std::nullopt; }
  // Before the answer is written, on the shard, in reverse order. Also called when `before` of this
  // or another step ended the request, and for requests that could not be parsed.
  virtual void after(const Exchange&, proto::Response&) {}
};

using Steps = std::vector<std::shared_ptr<Step>>;

std::optional<proto::Response> run_before(const Steps& steps, RequestContext& context,
                                          Exchange& exchange);
void run_after(const Steps& steps, const Exchange& exchange, proto::Response& response);

}  // namespace strims::http
