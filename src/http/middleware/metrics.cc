#include "http/middleware/metrics.h"

#include "base/clock.h"

namespace strims::http {

void MetricsStep::after(const Exchange& exchange, proto::Response& response) {
  const std::string_view route = exchange.pattern();
  obs::Counter* requests = nullptr;
  obs::Histogram* seconds = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto it = routes_.find(route);
    if (it == routes_.end()) it = routes_.emplace(std::string(route), Series{}).first;
    Series& series = it->second;
    if (series.seconds == nullptr)
      series.seconds = &obs::histogram("http_request_seconds", "Time from head to answer",
                                       obs::request_seconds(), {{"route", it->first}});
    obs::Counter*& counter = series.by_status[response.status];
    if (counter == nullptr)
      counter = &obs::counter("http_requests_total", "HTTP requests answered",
                              {{"route", it->first}, {"status", std::to_string(response.status)}});
    requests = counter;
    seconds = series.seconds;
  }
  requests->inc();
  seconds->observe(static_cast<double>(mono_ns() - exchange.start_ns) / 1e9);
}

}  // namespace strims::http
