// The usual steps in their usual order.
#pragma once

#include <vector>

#include "http/middleware/cors.h"
#include "http/middleware/security_headers.h"
#include "http/router.h"
#include "http/step.h"

namespace strims::http {

struct PipelineOptions {
  bool access_log = false;
  int64_t requests_per_minute_per_address = 0;  // 0: no bound
  SecurityOptions security;
  CorsOptions cors;
  // Run innermost, in this order: authentication, authorization, and what else an application
  // needs.
  Steps extra;
};

// From the outside in: metrics, access log, request id, security headers, CORS, rate limit, then
// `extra`. CORS comes before whatever may refuse, so that pages can read why. `router` must outlive
// the steps.
Steps standard_steps(PipelineOptions options, const Router& router);

}  // namespace strims::http
