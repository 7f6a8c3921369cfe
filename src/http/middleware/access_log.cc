#include "http/middleware/access_log.h"

#include "base/clock.h"
#include "obs/log.h"

namespace strims::http {

void AccessLogStep::after(const Exchange& exchange, proto::Response& response) {
  const obs::Level level = response.status >= 500 ? obs::Level::warn : obs::Level::info;
  if (!obs::log_enabled(level)) return;
  const obs::LogScope scope(exchange.request_id);
  obs::log(level, "http.request",
           {{"method", exchange.method},
            {"path", exchange.path},
            {"status", response.status},
            {"ms", static_cast<double>(mono_ns() - exchange.start_ns) / 1e6},
            {"bytes", exchange.method == "HEAD" ? 0 : response.body.size()},
            {"peer", exchange.peer.to_string()}});
}

}  // namespace strims::http
