#include "http/step.h"

namespace strims::http {

std::optional<proto::Response> run_before(const Steps& steps, RequestContext& context,
                                          Exchange& exchange) {
  for (const auto& step : steps)
    if (auto response = step->before(context, exchange)) return response;
  return std::nullopt;
}

void run_after(const Steps& steps, const Exchange& exchange, proto::Response& response) {
  for (auto it = steps.rbegin(); it != steps.rend(); ++it) (*it)->after(exchange, response);
}

}  // namespace strims::http
