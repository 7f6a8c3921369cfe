// The parts of a request target (RFC 9112 section 3.2, RFC 3986). Sans-I/O; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace strims::proto {

struct Target {
  std::string path;       // decoded once, begins with '/'; "*" for the asterisk form
  std::string query;      // raw, without '?'
  std::string authority;  // of the absolute form ("host:port", lower case), else empty
};

// Splits and decodes an origin-form or absolute-form (http, https) target, or "*". A fragment, a
// byte outside visible ASCII, an invalid escape, an escape of NUL or of a control byte, and a path
// with a "." or ".." segment (decoded, with '/' or '\' as separators) are errors: a proxy in front
// may understand them otherwise. Invalid UTF-8 in the decoded path is an error too. Errors: invalid
// with "bad_target", "bad_escape", "dot_segment" or "bad_path".
Result<Target> parse_target(std::string_view target);

// Percent-decodes once. Nothing when an escape is broken. '+' stays a '+'.
std::optional<std::string> percent_decode(std::string_view text);
// Percent-encodes everything except unreserved characters (RFC 3986 section 2.3).
std::string percent_encode(std::string_view text);

// A form or query value: '+' becomes a space, escapes are decoded, a broken escape stays as it is.
std::string form_decode(std::string_view text);
// The pairs of "a=1&b=2", decoded, in order. At most `max` pairs; the rest is ignored.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query,
                                                             size_t max = 256);
// The first value of `name`, decoded; nothing when absent. Does not build the whole list.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

// uri-host [ ":" port ] of RFC 9110 section 7.2: a name, an IPv4 address or an IPv6 one in
// brackets. An empty host is refused.
bool is_authority(std::string_view text);

}  // namespace strims::proto
