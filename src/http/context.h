// What a handler gets to see of a request.
#pragma once

#include <any>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cidr.h"
#include "base/clock.h"
#include "proto/http_message.h"

namespace strims::http {

// The values of the `{names}` in a route's pattern. A handful at most, so a list is the fastest
// map.
class Params {
 public:
  void add(std::string name, std::string value) {
    values_.emplace_back(std::move(name), std::move(value));
  }
  // "" when the pattern has no such name.
  std::string_view get(std::string_view name) const {
    for (const auto& [key, value] : values_)
      if (key == name) return value;
    return {};
  }
  // The value as a positive decimal number; nothing when it is none or does not fit.
  std::optional<int64_t> number(std::string_view name) const;
  bool empty() const { return values_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

// One request on its way through the steps and the handler. Self-contained: it is moved to a lane
// as a whole. One thread at a time.
struct RequestContext {
  proto::Request request;
  IpAddress peer;          // the client, as far as the trusted proxies tell
  uint16_t peer_port = 0;  // of the socket
  bool secure = false;     // the client speaks TLS, with us or with a trusted proxy
  std::string request_id;
  Params path_params;
  std::string_view
      route;  // pattern of the route, such as "/users/{id}"; lives as long as the router
  std::string_view access;  // Route::access
  size_t shard = 0;         // whose connection it is
  int listener = 0;         // ListenerProfile::tag of the listener that accepted the connection
  MonoMs deadline =
      0;  // after this moment nobody waits for the answer any more (system_clock().mono_ms())
  std::any principal;  // who asks: set by the authenticate step, read by those who put it there

  std::string_view param(std::string_view name) const { return path_params.get(name); }
};

}  // namespace strims::http
