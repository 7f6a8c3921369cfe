#include "http/pipeline.h"

#include "http/middleware/access_log.h"
#include "http/middleware/metrics.h"
#include "http/middleware/rate_limit.h"
#include "http/middleware/request_id.h"

namespace strims::http {

Steps standard_steps(PipelineOptions options, const Router& router) {
  Steps steps;
  steps.push_back(std::make_shared<MetricsStep>());
  if (options.access_log) steps.push_back(std::make_shared<AccessLogStep>());
  steps.push_back(std::make_shared<RequestIdStep>());
  steps.push_back(std::make_shared<SecurityHeadersStep>(std::move(options.security)));
  steps.push_back(std::make_shared<CorsStep>(std::move(options.cors), router));
  if (options.requests_per_minute_per_address > 0)
    steps.push_back(std::make_shared<RateLimitStep>(options.requests_per_minute_per_address));
  for (auto& step : options.extra) steps.push_back(std::move(step));
  return steps;
}

}  // namespace strims::http
