// Which pages may use us: the Origin header against the page's own host and a list (RFC 6454).
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/http_message.h"

namespace strims::http {

// Whether a browser page of `origin` may act on a request that was sent to `host`. An absent origin
// is no browser page: allowed. `list` holds exact origins ("https://www.example.org") or "*".
bool origin_allowed(std::string_view origin, std::string_view host,
                    const std::vector<std::string>& list);
// The same for all Origin headers that a request carries: each must be allowed.
bool origin_allowed(const proto::Request& request, const std::vector<std::string>& list);

}  // namespace strims::http
