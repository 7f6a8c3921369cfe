// Errors as bodies: problem documents, RFC 9457. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "proto/http_message.h"
#include "proto/http_parser.h"

namespace strims::http {

// The HTTP status of an error class.
int status_of(Errc code);
// Whether the same request may succeed later.
bool is_retryable(Errc code);

// {"type":"about:blank","title","status","detail","code","request_id"} as application/problem+json.
// `title` is the phrase of the status, `code` the error's reason word. `detail` is left out when
// empty, and always for 5xx internal errors, whose details are for the log only. Retry-After (whole
// seconds, rounded up) comes from retry_after_ms, and is at least 1 for `unavailable` and
// `rate_limited`. Never cached (Cache-Control: no-store).
proto::Response problem(const Error& error, std::string_view request_id = {});
// The same for a status that has no error class, such as 404 of the router or 431 of the parser.
proto::Response problem(int status, std::string_view code, std::string_view detail,
                        std::string_view request_id = {});
// What the parser refused.
proto::Response problem(const proto::HttpError& error, std::string_view request_id = {});

}  // namespace strims::http
