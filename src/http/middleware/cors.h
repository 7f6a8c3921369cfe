// Cross-origin resource sharing: which pages of other origins may call us (Fetch standard, section
// "CORS protocol").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/step.h"

namespace strims::http {

struct CorsOptions {
  std::vector<std::string> origins;  // exact: "https://www.example.org"; may send credentials
  // Path prefixes that pages of every origin may read, without credentials ("*"). Beside
  // Route::public_cors.
  std::vector<std::string> public_prefixes;
  std::vector<std::string> allowed_headers = {"Authorization", "Content-Type", "X-CSRF-Guard",
                                              "X-Request-Id"};
  std::vector<std::string> exposed_headers = {"X-Request-Id", "Retry-After"};
  int64_t max_age_s = 600;
};

// Answers preflights (OPTIONS with Access-Control-Request-Method) of allowed origins with 204 and
// the methods of the path, and marks other answers as readable for them. Says nothing to origins
// that are not allowed; their pages then cannot read the answer. This is no protection against
// forged requests: see the Origin check of the API.
class CorsStep final : public Step {
 public:
  // `router` tells the methods of a path; must outlive the step.
  CorsStep(CorsOptions options, const Router& router);
  std::optional<proto::Response> before(RequestContext& context, Exchange& exchange) override;
  void after(const Exchange& exchange, proto::Response& response) override;

  bool is_allowed(std::string_view origin) const;

 private:
  bool is_public(const Exchange& exchange) const;
  const CorsOptions options_;
  const Router& router_;
  const std::string allowed_headers_;
  const std::string exposed_headers_;
};

}  // namespace strims::http
