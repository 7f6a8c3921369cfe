// Headers that tell browsers to be careful with our answers.
#pragma once

#include <string>

#include "http/step.h"

namespace strims::http {

struct SecurityOptions {
  // Who may show our pages in a frame, as a CSP source list: "'none'", "'self'", "'self'
  // https://www.example.org".
  std::string frame_ancestors = "'self'";
  // The rest of the policy for HTML pages.
  std::string content_policy =
      "default-src 'self'; img-src 'self' data: https:; media-src 'self' blob: https:; style-src "
      "'self'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; "
      "form-action 'self'";
  // Strict-Transport-Security in seconds, for secure requests; 0: none.
  int64_t hsts_s = 0;
};

// X-Content-Type-Options and Referrer-Policy on all answers, a Content-Security-Policy on HTML and
// a closed one on everything else. A header that the handler has set stays.
class SecurityHeadersStep final : public Step {
 public:
  explicit SecurityHeadersStep(SecurityOptions options = {});
  void after(const Exchange& exchange, proto::Response& response) override;

 private:
  const SecurityOptions options_;
  const std::string page_policy_;
};

}  // namespace strims::http
