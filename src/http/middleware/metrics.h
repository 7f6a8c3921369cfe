// Counters and times of requests, by route pattern (never by path, which clients choose).
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "http/step.h"
#include "obs/metric.h"

namespace strims::http {

// http_requests_total{route,status} and http_request_seconds{route}. Put it outermost. `status` is
// the exact number. Requests without a route count as "-".
class MetricsStep final : public Step {
 public:
  void after(const Exchange& exchange, proto::Response& response) override;

 private:
  struct Series {
    std::map<int, obs::Counter*> by_status;
    obs::Histogram* seconds = nullptr;
  };
  std::mutex mutex_;
  // Guarded by mutex_; as many as there are patterns. Saves the registry's longer way.
  std::map<std::string, Series, std::less<>> routes_;
};

}  // namespace strims::http
