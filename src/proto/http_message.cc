#include "proto/http_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/bytes.h"
#include "proto/http_head_scan.h"
#include "proto/url.h"

namespace strims::proto {
namespace {

std::string_view find_header(const std::vector<Header>& headers, std::string_view name) {
  for (const Header& h : headers)
    if (ascii_iequals(h.name, name)) return h.value;
  return {};
}

bool contains_header(const std::vector<Header>& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const Header& h) { return ascii_iequals(h.name, name); });
}

std::string clean_value(std::string_view value) {
  std::string out;
  for (const char c : value)
    if (is_value_byte(c)) out += c;
  return std::string(trim_ows(out));
}

bool is_framing(std::string_view name) {
  return ascii_iequals(name, "Content-Length") || ascii_iequals(name, "Transfer-Encoding") ||
         ascii_iequals(name, "Connection") || ascii_iequals(name, "Keep-Alive") ||
         ascii_iequals(name, "Date");
}

// The Content-Length to announce; nothing where the header is not allowed or not known.
std::optional<uint64_t> announced_length(const Response& r, bool head_only, uint64_t length) {
  if (r.status / 100 == 1 || r.status == 204) return std::nullopt;
  const auto given = parse_u64(find_header(r.headers, "Content-Length"));
  if (r.status == 304) return given;
  if (head_only && length == 0 && given) return given;
  return length;
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  return find_header(headers, name);
}

bool Request::has_header(std::string_view name) const {
  return contains_header(headers, name);
}

std::vector<std::string_view> Request::headers_named(std::string_view name) const {
  std::vector<std::string_view> out;
  for (const Header& h : headers)
    if (ascii_iequals(h.name, name)) out.push_back(h.value);
  return out;
}

bool Request::header_has_token(std::string_view name, std::string_view token) const {
  for (const Header& h : headers)
    if (ascii_iequals(h.name, name) && list_has_token(h.value, token)) return true;
  return false;
}

std::string_view Request::cookie(std::string_view name) const {
  for (const Header& h : headers) {
    if (!ascii_iequals(h.name, "Cookie")) continue;
    std::string_view rest = h.value;
    while (!rest.empty()) {
      const size_t end = rest.find(';');
      const std::string_view pair = trim_ows(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      const size_t equals = pair.find('=');
      if (equals == std::string_view::npos || trim_ows(pair.substr(0, equals)) != name) continue;
      std::string_view value = trim_ows(pair.substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
      return value;
    }
  }
  return {};
}

std::optional<std::string> Request::query_param(std::string_view name) const {
  return query_value(query, name);
}

Response& Response::set(std::string_view name, std::string_view value) {
  std::erase_if(headers, [&](const Header& h) { return ascii_iequals(h.name, name); });
  return add(name, value);
}

Response& Response::add(std::string_view name, std::string_view value) {
  headers.push_back({std::string(name), std::string(value)});
  return *this;
}

std::string_view Response::header(std::string_view name) const {
  return find_header(headers, name);
}

bool Response::has_header(std::string_view name) const {
  return contains_header(headers, name);
}

namespace {

Response with_body(int status, std::string_view type, std::string body) {
  Response r;
  r.status = status;
  r.body = std::move(body);
  r.add("Content-Type", type);
  return r;
}

}  // namespace

Response Response::json(int status, std::string body) {
  return with_body(status, "application/json", std::move(body));
}
Response Response::text(int status, std::string body) {
  return with_body(status, "text/plain; charset=utf-8", std::move(body));
}
Response Response::html(int status, std::string body) {
  return with_body(status, "text/html; charset=utf-8", std::move(body));
}
Response Response::empty(int status) {
  Response r;
  r.status = status;
  return r;
}

std::string serialize_head(const Response& response, const SerializeOptions& options,
                           uint64_t content_length) {
  fmt::memory_buffer out;
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  for (const Header& h : response.headers)
    if (!is_framing(h.name) && is_token(h.name))
      fmt::format_to(to, "{}: {}\r\n", h.name, clean_value(h.value));
  if (options.date > 0) fmt::format_to(to, "Date: {}\r\n", http_date(options.date));
  if (const auto length = announced_length(response, options.head_only, content_length))
    fmt::format_to(to, "Content-Length: {}\r\n", *length);
  std::string_view connection = options.version_minor == 0 ? "keep-alive" : "";
  if (!options.keep_alive || response.close) connection = "close";
  // RFC 9110 section 7.8.
  const std::string_view upgrade = response.has_header("Upgrade") ? "Upgrade" : "";
  const std::string_view comma = connection.empty() || upgrade.empty() ? "" : ", ";
  if (!connection.empty() || !upgrade.empty())
    fmt::format_to(to, "Connection: {}{}{}\r\n", connection, comma, upgrade);
  fmt::format_to(to, "\r\n");
  return fmt::to_string(out);
}

std::string serialize(const Response& response, const SerializeOptions& options) {
  std::string out = serialize_head(response, options, response.content().size());
  if (!options.head_only && has_body(response.status)) out += response.content();
  return out;
}

bool has_body(int status) {
  return status / 100 != 1 && status != 204 && status != 304;
}

std::string_view continue_response() {
  return "HTTP/1.1 100 Continue\r\n\r\n";
}

std::string_view reason_phrase(int status) {
  static constexpr std::pair<int, std::string_view> kPhrases[] = {
      {100, "Continue"},
      {101, "Switching Protocols"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {426, "Upgrade Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  };
  for (const auto& [code, phrase] : kPhrases)
    if (code == status) return phrase;
  return "Unknown";
}

std::string http_date(TimeMs t) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const time_t seconds = static_cast<time_t>(t / 1000);
  tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[parts.tm_wday],
                     parts.tm_mday, kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour,
                     parts.tm_min, parts.tm_sec);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_tchar);
}

bool list_has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    if (ascii_iequals(trim_ows(list.substr(0, comma)), token)) return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, is_value_byte);
}

}  // namespace strims::proto
