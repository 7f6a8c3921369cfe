// deps: proto
// HTTP/1.1 message syntax, by section of RFC 9112 (and RFC 9110 where it says so): what is taken,
// what is refused and with which status. Each case is fed whole and byte by byte, and both must
// agree.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "proto/http_parser.h"

namespace strims::proto {
namespace {

using State = HttpParser::State;

struct Case {
  const char* section;
  const char* what;
  std::string bytes;
  int status;               // 0: accepted
  std::string_view reason;  // of a refusal
};

struct Outcome {
  State state;
  HttpError error;
  Request request;
  size_t used = 0;
};

constexpr uint64_t kBodyLimit = 64;

Outcome feed(std::string_view bytes, size_t step) {
  HttpParser parser;
  Outcome out;
  while (out.used < bytes.size()) {
    if (parser.state() == State::head) parser.accept_body(kBodyLimit);
    if (parser.state() != State::need_more) break;
    out.used += parser.feed(bytes.substr(out.used, step));
  }
  if (parser.state() == State::head) parser.accept_body(kBodyLimit);
  out.state = parser.state();
  out.error = parser.error();
  if (out.state == State::done) out.request = parser.take();
  return out;
}

std::string get(std::string_view headers) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}
std::string post(std::string_view headers, std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n" + std::string(body);
}
std::string chunked(std::string_view body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}
std::string line(std::string_view request_line) {
  return std::string(request_line) + "\r\nHost: a\r\n\r\n";
}
std::string nul(std::string_view before, std::string_view after) {
  return std::string(before) + '\0' + std::string(after);
}

const Case kCases[] = {
    // 2.2 Message parsing
    {"2.2", "plain request", get(""), 0, ""},
    {"2.2", "empty line in front", "\r\n" + get(""), 0, ""},
    {"2.2", "four empty lines in front", "\r\n\r\n\r\n\r\n" + get(""), 0, ""},
    {"2.2", "five empty lines in front", "\r\n\r\n\r\n\r\n\r\n" + get(""), 400, "bad_request_line"},
    {"2.2", "bare LF in front", "\n" + get(""), 400, "bare_lf"},
    {"2.2", "bare CR in front", "\rGET", 400, "bare_cr"},
    {"2.2", "bare LF after the request line", "GET / HTTP/1.1\nHost: a\n\n", 400, "bare_lf"},
    {"2.2", "bare LF after a header", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400, "bare_lf"},
    {"2.2", "bare LF as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400, "bare_lf"},
    {"2.2", "bare CR in a value", get("X: a\rb\r\n"), 400, "bare_cr"},
    {"2.2", "bare CR as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\rX", 400, "bare_cr"},
    {"2.2", "white space before the first header", "GET / HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n",
     400, "obs_fold"},
    {"2.2", "TLS handshake on the plain port", "\x16\x03\x01\x02", 400, "bad_method"},

    // 2.3 Version
    {"2.3", "HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 0, ""},
    {"2.3", "HTTP/1.2", line("GET / HTTP/1.2"), 400, "http_version"},
    {"2.3", "HTTP/2.0", line("GET / HTTP/2.0"), 400, "http_version"},
    {"2.3", "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "http_version"},
    {"2.3", "HTTP/0.9", "GET /\r\n", 400, "bad_target"},
    {"2.3", "lower case", line("GET / http/1.1"), 400, "bad_version"},
    {"2.3", "two digits", line("GET / HTTP/1.10"), 400, "bad_version"},
    {"2.3", "no dot", line("GET / HTTP/11"), 400, "bad_version"},

    // 3 Request line
    {"3", "two spaces before the target", line("GET  / HTTP/1.1"), 400, "bad_target"},
    {"3", "two spaces before the version", line("GET /  HTTP/1.1"), 400, "bad_version"},
    {"3", "space behind the version", line("GET / HTTP/1.1 "), 400, "bad_version"},
    {"3", "tab between the parts", line("GET\t/ HTTP/1.1"), 400, "bad_method"},
    {"3", "space in the target", line("GET /a b HTTP/1.1"), 400, "bad_version"},
    {"3", "space in front", " " + get(""), 400, "bad_method"},
    {"3.1", "any token is a method", line("BREW / HTTP/1.1"), 0, ""},
    {"3.1", "lower case method is another method", line("get / HTTP/1.1"), 0, ""},
    {"3.1", "method that is no token", line("G(T / HTTP/1.1"), 400, "bad_method"},
    {"3.1", "overlong method", line(std::string(33, 'M') + " / HTTP/1.1"), 400, "method_unknown"},
    {"3.1", "NUL in the method", nul("GE", "T / HTTP/1.1\r\n"), 400, "bad_method"},

    // 3.2 Request target
    {"3.2", "8 KiB target", line("GET /" + std::string(8191, 'a') + " HTTP/1.1"), 0, ""},
    {"3.2", "longer target", line("GET /" + std::string(8192, 'a') + " HTTP/1.1"), 414,
     "target_too_long"},
    {"3.2", "no target", line("GET HTTP/1.1"), 400, "bad_target"},
    {"3.2", "raw UTF-8", line("GET /\xc3\xa9 HTTP/1.1"), 400, "bad_target"},
    {"3.2", "control byte", line("GET /\x01 HTTP/1.1"), 400, "bad_target"},
    {"3.2", "DEL", line("GET /\x7f HTTP/1.1"), 400, "bad_target"},
    {"3.2", "NUL", nul("GET /", " HTTP/1.1\r\n"), 400, "bad_target"},
    {"3.2", "fragment", line("GET /a#b HTTP/1.1"), 400, "bad_target"},
    {"3.2", "relative", line("GET a HTTP/1.1"), 400, "bad_target"},
    {"3.2", "escaped NUL", line("GET /%00 HTTP/1.1"), 400, "bad_path"},
    {"3.2", "escaped line feed", line("GET /%0a HTTP/1.1"), 400, "bad_path"},
    {"3.2", "broken escape", line("GET /%g1 HTTP/1.1"), 400, "bad_escape"},
    {"3.2", "dot segment", line("GET /a/../b HTTP/1.1"), 400, "dot_segment"},
    {"3.2", "escaped dot segment", line("GET /%2e%2e/b HTTP/1.1"), 400, "dot_segment"},
    {"3.2", "escaped slash and dots", line("GET /a%2f..%2fb HTTP/1.1"), 400, "dot_segment"},
    {"3.2.1", "query is left as it is", line("GET /a?b=%00&c=../x HTTP/1.1"), 0, ""},
    {"3.2.2", "absolute form, same host", line("GET http://A/x HTTP/1.1"), 0, ""},
    {"3.2.2", "absolute form, default port", line("GET http://a:80/x HTTP/1.1"), 0, ""},
    {"3.2.2", "absolute form, other host", line("GET http://b/x HTTP/1.1"), 400, "host_mismatch"},
    {"3.2.2", "absolute form, other port", line("GET http://a:8080/x HTTP/1.1"), 400,
     "host_mismatch"},
    {"3.2.2", "absolute form with user", line("GET http://u@a/x HTTP/1.1"), 400, "bad_target"},
    {"3.2.2", "other scheme", line("GET file:///etc/passwd HTTP/1.1"), 400, "bad_target"},
    {"3.2.3", "authority form", line("CONNECT a:443 HTTP/1.1"), 400, "bad_target"},
    {"3.2.3", "CONNECT with a path", line("CONNECT / HTTP/1.1"), 400, "bad_target"},
    {"3.2.4", "OPTIONS *", line("OPTIONS * HTTP/1.1"), 0, ""},
    {"3.2.4", "GET *", line("GET * HTTP/1.1"), 400, "bad_target"},

    // 3.2 and RFC 9110 7.2: Host
    {"7.2", "no Host", "GET / HTTP/1.1\r\n\r\n", 400, "bad_host"},
    {"7.2", "two Hosts", get("Host: b\r\n"), 400, "bad_host"},
    {"7.2", "the same Host twice", get("Host: a\r\n"), 400, "bad_host"},
    {"7.2", "two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400,
     "bad_host"},
    {"7.2", "empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "bad_host"},
    {"7.2", "Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "bad_host"},
    {"7.2", "Host with user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, "bad_host"},
    {"7.2", "Host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "bad_host"},
    {"7.2", "Host with a bad port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400, "bad_host"},
    {"7.2", "IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 0, ""},

    // 5 Fields
    {"5.1", "space before the colon", get("X : a\r\n"), 400, "space_before_colon"},
    {"5.1", "tab before the colon", get("Transfer-Encoding\t: chunked\r\n"), 400,
     "space_before_colon"},
    {"5.1", "no colon", get("Xa\r\n"), 400, "bad_header"},
    {"5.1", "empty name", get(": a\r\n"), 400, "bad_header"},
    {"5.1", "name with a bracket", get("X[0]: a\r\n"), 400, "bad_header"},
    {"5.1", "name with UTF-8", get("X\xc3\xa9: a\r\n"), 400, "bad_header"},
    {"5.1", "NUL in a name", get(nul("X", ": a\r\n")), 400, "bad_header"},
    {"5.1", "optional white space around a value", get("X: \t a \t\r\n"), 0, ""},
    {"5.1", "empty value", get("X:\r\n"), 0, ""},
    {"5.2", "folded with a space", get("X: a\r\n b\r\n"), 400, "obs_fold"},
    {"5.2", "folded with a tab", get("X: a\r\n\tb\r\n"), 400, "obs_fold"},
    {"5.2", "folded line of white space only", get("X: a\r\n \r\n"), 400, "obs_fold"},
    {"5.5", "NUL in a value", get(nul("X: a", "b\r\n")), 400, "bad_header_value"},
    {"5.5", "escape character in a value", get("X: \x1b[2J\r\n"), 400, "bad_header_value"},
    {"5.5", "DEL in a value", get("X: \x7f\r\n"), 400, "bad_header_value"},
    {"5.5", "bytes above 0x7f in a value", get("X: \xc3\xa9\xff\r\n"), 0, ""},
    {"5.4", "100 headers", get([] {
       std::string many;
       for (int i = 0; i < 99; ++i) many += "X: y\r\n";
       return many;
     }()),
     0, ""},
    {"5.4", "101 headers", get([] {
       std::string many;
       for (int i = 0; i < 100; ++i) many += "X: y\r\n";
       return many;
     }()),
     431, "too_many_headers"},
    {"5.4", "head over 16 KiB", get("X: " + std::string(16 * 1024, 'x') + "\r\n"), 431,
     "head_too_large"},

    // 6.1 Transfer-Encoding
    {"6.1", "chunked", chunked("3\r\nabc\r\n0\r\n\r\n"), 0, ""},
    {"6.1", "coding names have no case", post("Transfer-Encoding: Chunked\r\n", "0\r\n\r\n"), 0,
     ""},
    {"6.1", "with Content-Length",
     post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400, "bad_framing"},
    {"6.1", "behind Content-Length",
     post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400, "bad_framing"},
    {"6.1", "unknown coding with Content-Length",
     post("Content-Length: 3\r\nTransfer-Encoding: xchunked\r\n", "abc"), 400, "bad_framing"},
    {"6.1", "other coding", post("Transfer-Encoding: gzip\r\n", ""), 400, "bad_framing"},
    {"6.1", "identity", post("Transfer-Encoding: identity\r\n", ""), 400, "bad_framing"},
    {"6.1", "other coding, then chunked", post("Transfer-Encoding: gzip, chunked\r\n", ""), 400,
     "unsupported_coding"},
    {"6.1", "chunked, then other", post("Transfer-Encoding: chunked, gzip\r\n", ""), 400,
     "bad_framing"},
    {"6.1", "chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", ""), 400,
     "bad_framing"},
    {"6.1", "two headers", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ""),
     400, "bad_framing"},
    {"6.1", "two headers, one unknown",
     post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", "0\r\n\r\n"), 400,
     "bad_framing"},
    {"6.1", "empty", post("Transfer-Encoding:\r\n", ""), 400, "bad_framing"},
    {"6.1", "quoted", post("Transfer-Encoding: \"chunked\"\r\n", ""), 400, "bad_framing"},
    {"6.1", "with a parameter", post("Transfer-Encoding: chunked;q=1\r\n", ""), 400, "bad_framing"},
    {"6.1", "vertical tab in front",
     post("Transfer-Encoding: \x0b"
          "chunked\r\n",
          ""),
     400, "bad_header_value"},
    {"6.1", "in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
     "bad_framing"},

    // 6.2 Content-Length
    {"6.2", "body", post("Content-Length: 3\r\n", "abc"), 0, ""},
    {"6.2", "zero", post("Content-Length: 0\r\n", ""), 0, ""},
    {"6.2", "leading zeros", post("Content-Length: 003\r\n", "abc"), 0, ""},
    {"6.2", "GET with a body", get("Content-Length: 3\r\n") + "abc", 0, ""},
    {"6.2", "two equal headers", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400,
     "bad_framing"},
    {"6.2", "two different headers", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400,
     "bad_framing"},
    {"6.2", "equal list", post("Content-Length: 3, 3\r\n", "abc"), 400, "bad_framing"},
    {"6.2", "different list", post("Content-Length: 3, 4\r\n", "abc"), 400, "bad_framing"},
    {"6.2", "plus sign", post("Content-Length: +3\r\n", "abc"), 400, "bad_framing"},
    {"6.2", "minus sign", post("Content-Length: -3\r\n", "abc"), 400, "bad_framing"},
    {"6.2", "hexadecimal", post("Content-Length: 0x3\r\n", "abc"), 400, "bad_framing"},
    {"6.2", "fraction", post("Content-Length: 3.0\r\n", "abc"), 400, "bad_framing"},
    {"6.2", "inner space", post("Content-Length: 3 3\r\n", "abc"), 400, "bad_framing"},
    {"6.2", "empty", post("Content-Length:\r\n", ""), 400, "bad_framing"},
    {"6.2", "over 64 bits", post("Content-Length: 18446744073709551619\r\n", "abc"), 400,
     "bad_framing"},
    {"6.2", "over 63 bits", post("Content-Length: 18446744073709551615\r\n", "abc"), 400,
     "bad_framing"},
    {"6.2", "over the limit", post("Content-Length: 65\r\n", ""), 413, "body_too_large"},

    // 7.1 Chunked
    {"7.1", "several chunks", chunked("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"), 0, ""},
    {"7.1", "upper and lower case sizes",
     chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), 0, ""},
    {"7.1", "leading zeros", chunked("0003\r\nabc\r\n000\r\n\r\n"), 0, ""},
    {"7.1", "no size", chunked("\r\nabc\r\n0\r\n\r\n"), 400, "bad_chunk"},
    {"7.1", "0x size", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400, "bad_chunk"},
    {"7.1", "minus size", chunked("-1\r\nabc\r\n0\r\n\r\n"), 400, "bad_chunk"},
    {"7.1", "space before the size", chunked(" 3\r\nabc\r\n0\r\n\r\n"), 400, "bad_chunk"},
    {"7.1", "space behind the size", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400, "bad_chunk"},
    {"7.1", "bare LF behind the size", chunked("3\nabc\r\n0\r\n\r\n"), 400, "bad_chunk"},
    {"7.1", "bare CR behind the size", chunked("3\rabc\r\n0\r\n\r\n"), 400, "bad_chunk"},
    {"7.1", "longer than its size", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400, "bad_chunk"},
    {"7.1", "bare LF behind the data", chunked("3\r\nabc\n0\r\n\r\n"), 400, "bad_chunk"},
    {"7.1", "size over 64 bits", chunked("10000000000000003\r\nabc\r\n0\r\n\r\n"), 400,
     "bad_chunk"},
    {"7.1", "huge size", chunked("ffffffffffffff\r\n"), 413, "body_too_large"},
    {"7.1", "sum over the limit", chunked("20\r\n" + std::string(32, 'x') + "\r\n21\r\n"), 413,
     "body_too_large"},
    {"7.1.1", "extension", chunked("3;a=b;c=\"d;e\"\r\nabc\r\n0;x\r\n\r\n"), 0, ""},
    {"7.1.1", "bare LF in an extension", chunked("3;a\nb\r\nabc\r\n0\r\n\r\n"), 400, "bad_chunk"},
    {"7.1.1", "NUL in an extension", chunked(nul("3;a", "\r\nabc\r\n0\r\n\r\n")), 400, "bad_chunk"},
    {"7.1.1", "overlong extension", chunked("3;" + std::string(2000, 'a')), 400,
     "chunk_extension_too_long"},
    {"7.1.2", "trailers are dropped", chunked("0\r\nHost: b\r\nX: y\r\n\r\n"), 0, ""},
    {"7.1.2", "broken trailer", chunked("0\r\nX y\r\n\r\n"), 400, "bad_chunk"},
    {"7.1.2", "folded trailer", chunked("0\r\nX: y\r\n z\r\n\r\n"), 400, "bad_chunk"},
    {"7.1.2", "bare LF after a trailer", chunked("0\r\nX: y\n\r\n"), 400, "bad_chunk"},
    {"7.1.2", "overlong trailers", chunked("0\r\nX: " + std::string(5000, 'y')), 431,
     "trailers_too_large"},

    // RFC 9110 10.1.1 Expect
    {"10.1.1", "100-continue", post("Expect: 100-Continue\r\nContent-Length: 3\r\n", "abc"), 0, ""},
    {"10.1.1", "another expectation", post("Expect: tea\r\nContent-Length: 3\r\n", "abc"), 417,
     "expectation"},
};

std::string name(const Case& c) {
  return std::string("section ") + c.section + ": " + c.what;
}

TEST(Rfc9112, EveryCaseWholeAndByteByByte) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(name(c));
    const Outcome whole = feed(c.bytes, c.bytes.size());
    const Outcome single = feed(c.bytes, 1);
    EXPECT_EQ(whole.state, single.state);
    EXPECT_EQ(whole.used, single.used);
    EXPECT_EQ(whole.error.reason, single.error.reason);
    EXPECT_EQ(whole.request.body, single.request.body);
    if (c.status == 0) {
      EXPECT_EQ(whole.state, State::done) << whole.error.reason;
      EXPECT_EQ(whole.used, c.bytes.size());
    } else {
      EXPECT_EQ(whole.state, State::error);
      EXPECT_EQ(whole.error.status, c.status);
      EXPECT_EQ(whole.error.reason, c.reason);
    }
  }
}

// Whatever follows a request belongs to the next one and never changes the first.
TEST(Rfc9112, SmugglingProbesEndWhereTheyShould) {
  const std::string next = "GET /admin HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const Case& c : kCases) {
    if (c.status != 0) continue;
    SCOPED_TRACE(name(c));
    const Outcome first = feed(c.bytes + next, c.bytes.size() + next.size());
    ASSERT_EQ(first.state, State::done);
    EXPECT_EQ(first.used, c.bytes.size());
    EXPECT_EQ(feed(next, next.size()).request.path, "/admin");
  }
}

// A refused message must not be followed by another one on the same connection.
TEST(Rfc9112, NothingIsReadAfterARefusal) {
  HttpParser parser;
  parser.feed(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n");
  ASSERT_EQ(parser.state(), State::error);
  EXPECT_EQ(parser.feed("0\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n"), 0u);
  EXPECT_EQ(parser.state(), State::error);
}

}  // namespace
}  // namespace strims::proto
