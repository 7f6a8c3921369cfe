// HTTP requests and responses as plain values, and how a response becomes bytes (RFC 9110, RFC
// 9112). Sans-I/O; any thread, no shared state.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace strims::proto {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

// A request as the parser accepted it: names and values are clean (no control bytes), the path is
// decoded once and holds no dot segments.
struct Request {
  std::string method;           // as sent; methods are case-sensitive
  std::string target;           // as sent (RFC 9112 section 3.2)
  std::string path;             // percent-decoded, begins with '/'; "*" for OPTIONS *
  std::string query;            // raw, without the '?'
  int version_minor = 1;        // HTTP/1.0 or HTTP/1.1
  std::vector<Header> headers;  // in order, names as sent
  std::string body;             // unframed; trailers are dropped
  bool keep_alive = true;       // what the client asks for (RFC 9112 section 9.3)
  bool expect_continue = false;

  // The value of the first header with that name (ASCII case-insensitive), "" when there is none.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
  std::vector<std::string_view> headers_named(std::string_view name) const;
  // True when one of the comma-separated elements of these headers equals `token`,
  // case-insensitive.
  bool header_has_token(std::string_view name, std::string_view token) const;
  // The first cookie with exactly that name (RFC 6265 section 4.2.1), "" when there is none.
  // Tolerant: empty values, no space after ';', a quoted value loses its quotes.
  std::string_view cookie(std::string_view name) const;
  // The first query parameter with that (decoded) name, decoded as a form value ('+' is a space).
  // Nothing when it is absent; an empty string for "?name" and "?name=". A broken escape stays as
  // it was sent.
  std::optional<std::string> query_param(std::string_view name) const;
};

// What follows a response's body and is too large to be held: read while the body is being sent.
struct BodyRest {
  uint64_t length = 0;
  // Reads `most` bytes of it from `at` on, fewer only at its end. False: it is not there any more,
  // and the connection ends in the middle. Called on a thread that may block, one call at a time.
  std::function<bool(uint64_t at, uint64_t most, std::string& out)> read;
};

struct Response {
  int status = 200;
  std::vector<Header> headers;
  std::string body;
  std::shared_ptr<const std::string> shared_body;  // in its place: bytes that many are sent
  std::shared_ptr<const BodyRest> rest;            // behind either
  bool close = false;                              // end the connection after this response

  // What of the body is here.
  std::string_view content() const { return shared_body ? *shared_body : body; }
  uint64_t content_length() const { return content().size() + (rest ? rest->length : 0); }

  // Replaces every header with that name.
  Response& set(std::string_view name, std::string_view value);
  // Appends, for headers that may come several times such as Set-Cookie.
  Response& add(std::string_view name, std::string_view value);
  // The value of the first header with that name, "" when there is none.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;

  static Response json(int status, std::string body);
  static Response text(int status, std::string body);
  static Response html(int status, std::string body);
  static Response empty(int status);
};

struct SerializeOptions {
  bool keep_alive = true;  // the connection stays open after this response
  bool head_only = false;  // answers a HEAD: the head as for GET, no body
  int version_minor = 1;   // of the request: an HTTP/1.0 client needs "keep-alive" spelled out
  TimeMs date = 0;         // wall time for the Date header; 0 leaves the header out
};

// The bytes of `response`. The server owns the framing: Content-Length, Transfer-Encoding,
// Connection and Date among the response's headers are left out and written afresh; only a 304 and
// a bodiless answer to HEAD keep the Content-Length that they were given. A response with an
// Upgrade header names it in Connection. 1xx and 204 have neither body nor Content-Length, 304 has
// no body (RFC 9110 sections 6.4.1 and 8.6). A header with an invalid name is left out; CR, LF, NUL
// and other control bytes in values are dropped, so a value can never start a new line.
std::string serialize(const Response& response, const SerializeOptions& options);

// Only the head, ending with the empty line, for a body of `content_length` bytes that is sent
// separately.
std::string serialize_head(const Response& response, const SerializeOptions& options,
                           uint64_t content_length);

// False for 1xx, 204 and 304, which never carry a body.
bool has_body(int status);

// "HTTP/1.1 100 Continue" and the empty line.
std::string_view continue_response();

// The reason phrase of the status (RFC 9110 section 15), "Unknown" when we have none.
std::string_view reason_phrase(int status);

// IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string http_date(TimeMs t);

// token of RFC 9110 section 5.6.2: what a method and a header name may consist of.
bool is_token(std::string_view text);
// True when one element of the comma-separated list equals `token`, ASCII case-insensitive.
bool list_has_token(std::string_view list, std::string_view token);
// True for a text without control bytes except tab: what a header value may hold (bytes above 0x7f
// are kept).
bool is_field_value(std::string_view text);

}  // namespace strims::proto
