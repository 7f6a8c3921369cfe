#include <gtest/gtest.h>

#include "http/connection_table.h"
#include "http/middleware/cors.h"
#include "http/middleware/forwarded.h"
#include "http/middleware/rate_limit.h"
#include "http/middleware/request_id.h"
#include "http/middleware/security_headers.h"
#include "http/pipeline.h"
#include "http/test_server.h"
#include "obs/metric.h"

namespace strims::http {
namespace {

IpAddress ip(std::string_view text) {
  return *IpAddress::parse(text);
}

std::string origin_of(std::vector<proto::Header> headers, std::string_view peer = "10.0.0.1") {
  PrefixSet trusted;
  trusted.add("10.0.0.0/8");
  proto::Request r;
  r.headers = std::move(headers);
  const auto o = client_origin(r, ip(peer), false, trusted);
  return o.address.to_string() + (o.secure ? " secure" : "");
}

TEST(Forwarded, TakesTheRightmostUntrustedAddress) {
  EXPECT_EQ(origin_of({{"X-Forwarded-For", "1.1.1.1, 2.2.2.2, 10.9.9.9"}}), "2.2.2.2");
  EXPECT_EQ(origin_of({{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-For", "10.9.9.9"}}),
            "1.1.1.1");
  EXPECT_EQ(origin_of({{"X-Forwarded-For", "10.3.3.3,10.2.2.2"}}), "10.3.3.3");
  EXPECT_EQ(origin_of({{"X-Forwarded-For", "1.1.1.1, rubbish, 10.2.2.2"}}), "10.2.2.2");
  EXPECT_EQ(origin_of({{"X-Forwarded-For", "rubbish"}}), "10.0.0.1");
  EXPECT_EQ(origin_of({{"X-Forwarded-For", "[2001:db8::1]:443"}}), "2001:db8::1");
  EXPECT_EQ(origin_of({{"X-Forwarded-For", "1.1.1.1:99"}}), "1.1.1.1");
  EXPECT_EQ(origin_of({{"X-Real-IP", "3.3.3.3"}}), "3.3.3.3");
  EXPECT_EQ(origin_of({{"X-Real-IP", "3.3.3.3"}, {"X-Forwarded-For", "1.1.1.1"}}), "1.1.1.1");
  EXPECT_EQ(origin_of({{"X-Forwarded-Proto", "https"}}), "10.0.0.1 secure");
  EXPECT_EQ(origin_of({{"X-Forwarded-Proto", "https, http"}}), "10.0.0.1");
  EXPECT_EQ(origin_of({{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-Proto", "https"}}, "9.9.9.9"),
            "9.9.9.9");
}

TEST(RequestId, IsUniqueAndSane) {
  const std::string a = make_request_id();
  EXPECT_EQ(a.size(), 20u);
  EXPECT_NE(a, make_request_id());
  EXPECT_TRUE(is_sane_request_id(a));
  EXPECT_FALSE(is_sane_request_id(""));
  EXPECT_FALSE(is_sane_request_id("a b"));
  EXPECT_FALSE(is_sane_request_id(std::string(65, 'a')));
}

class PipelineTest : public ::testing::Test {
 protected:
  void start(PipelineOptions options) {
    s.shared.trusted_proxies.add("10.0.0.0/8");
    s.get("/a", testing::say_path);
    s.get("/cdn/x", testing::say_path);
    s.get("/page",
          [](RequestContext&, Responder respond) { respond(proto::Response::html(200, "<p>")); });
    s.shared.steps = standard_steps(std::move(options), s.router);
    s.start();
  }
  testing::TestServer s;
};

TEST_F(PipelineTest, EveryAnswerBearsARequestId) {
  start({});
  auto c = s.connect();
  EXPECT_EQ(c.get("/a").header("X-Request-Id").size(), 20u);
  EXPECT_EQ(c.get("/none", "X-Request-Id: mine\r\n").header("X-Request-Id").size(), 20u);
  EXPECT_EQ(s.connect("10.0.0.1").get("/a", "X-Request-Id: mine\r\n").header("X-Request-Id"),
            "mine");
  EXPECT_EQ(
      s.connect("10.0.0.1").get("/a", "X-Request-Id: not sane\r\n").header("X-Request-Id").size(),
      20u);
  c.send("nonsense\r\n");
  const auto refused = c.read();
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.header("X-Request-Id").size(), 20u);
}

TEST_F(PipelineTest, SecurityHeaders) {
  PipelineOptions options;
  options.security.frame_ancestors = "https://www.example.org";
  options.security.hsts_s = 60;
  start(std::move(options));
  auto c = s.connect();
  const auto page = c.get("/page");
  EXPECT_EQ(page.header("X-Content-Type-Options"), "nosniff");
  EXPECT_NE(page.header("Referrer-Policy"), "");
  EXPECT_NE(page.header("Content-Security-Policy").find("frame-ancestors https://www.example.org"),
            std::string::npos);
  EXPECT_EQ(page.header("Strict-Transport-Security"), "");
  EXPECT_EQ(c.get("/a").header("Content-Security-Policy"),
            "default-src 'none'; frame-ancestors 'none'");
  EXPECT_EQ(s.connect("10.0.0.1")
                .get("/a", "X-Forwarded-Proto: https\r\n")
                .header("Strict-Transport-Security"),
            "max-age=60");
}

TEST(SecurityHeaders, NotModifiedKeepsThePagesPolicy) {
  SecurityHeadersStep step;
  Exchange exchange;
  proto::Response response = proto::Response::empty(304);
  step.after(exchange, response);
  EXPECT_FALSE(response.has_header("Content-Security-Policy"));
  EXPECT_TRUE(response.has_header("X-Content-Type-Options"));
}

TEST_F(PipelineTest, CorsForKnownOriginsAndPublicPaths) {
  PipelineOptions options;
  options.cors.origins = {"https://www.example.org"};
  options.cors.public_prefixes = {"/cdn/"};
  start(std::move(options));
  auto c = s.connect();
  const auto known = c.get("/a", "Origin: https://www.example.org\r\n");
  EXPECT_EQ(known.header("Access-Control-Allow-Origin"), "https://www.example.org");
  EXPECT_EQ(known.header("Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(known.header("Vary"), "Origin");
  const auto stranger = c.get("/a", "Origin: https://evil.example\r\n");
  EXPECT_EQ(stranger.status, 200);
  EXPECT_EQ(stranger.header("Access-Control-Allow-Origin"), "");
  const auto open = c.get("/cdn/x", "Origin: https://evil.example\r\n");
  EXPECT_EQ(open.header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(open.header("Access-Control-Allow-Credentials"), "");
  EXPECT_EQ(c.get("/a").header("Access-Control-Allow-Origin"), "");
}

TEST_F(PipelineTest, CorsPreflight) {
  PipelineOptions options;
  options.cors.origins = {"https://www.example.org"};
  start(std::move(options));
  auto c = s.connect();
  const auto ask = [&](std::string_view origin, std::string_view path) {
    c.send("OPTIONS " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nOrigin: " +
           std::string(origin) + "\r\nAccess-Control-Request-Method: GET\r\n\r\n");
    return c.read();
  };
  const auto yes = ask("https://www.example.org", "/a");
  EXPECT_EQ(yes.status, 204);
  EXPECT_EQ(yes.header("Access-Control-Allow-Origin"), "https://www.example.org");
  EXPECT_EQ(yes.header("Access-Control-Allow-Methods"), "GET, HEAD, OPTIONS");
  EXPECT_NE(yes.header("Access-Control-Allow-Headers").find("Authorization"), std::string::npos);
  const auto no = ask("https://evil.example", "/a");
  EXPECT_EQ(no.header("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(no.header("Access-Control-Allow-Methods"), "");
  EXPECT_EQ(ask("https://www.example.org", "/none").status, 404);
}

TEST_F(PipelineTest, RateLimit) {
  PipelineOptions options;
  options.requests_per_minute_per_address = 3;
  start(std::move(options));
  auto c = s.connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(c.get("/a").status, 200);
  const auto refused = c.get("/a");
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.header("Retry-After"), "");
  EXPECT_EQ(s.connect("192.0.2.99").get("/a").status, 200);
}

TEST_F(PipelineTest, CountsRequestsByRoute) {
  PipelineOptions options;
  options.access_log = true;
  start(std::move(options));
  auto& counted = obs::counter("http_requests_total", "HTTP requests answered",
                               {{"route", "/a"}, {"status", "200"}});
  const uint64_t before = counted.value();
  auto c = s.connect();
  c.get("/a?token=secret");
  c.get("/a");
  EXPECT_EQ(counted.value(), before + 2);
}

TEST(RateLimit, RefillsWithTime) {
  ManualClock clock;
  RateLimitStep step(60, {}, clock);
  RequestContext context;
  Exchange exchange;
  context.peer = ip("192.0.2.1");
  for (int i = 0; i < 60; ++i) EXPECT_FALSE(step.before(context, exchange));
  EXPECT_TRUE(step.before(context, exchange));
  clock.advance(1000);
  EXPECT_FALSE(step.before(context, exchange));
  EXPECT_TRUE(step.before(context, exchange));
}

TEST(RateLimit, IsBoundedInAddresses) {
  ManualClock clock;
  RateLimitStep step(1, {}, clock);
  RequestContext context;
  Exchange exchange;
  for (uint32_t i = 0; i < RateLimitStep::kMaxAddresses + 10'000; ++i) {
    context.peer = IpAddress::from_v4(i);
    EXPECT_FALSE(step.before(context, exchange));
  }
}

TEST(ConnectionTable, CountsAndForgets) {
  ConnectionTable table(2, 1);
  auto why = ConnectionTable::Refusal::none;
  auto a = table.admit(ip("2001:db8::1"), true, why);
  EXPECT_TRUE(a);
  EXPECT_FALSE(table.admit(ip("2001:db8::2"), true, why)) << "the same /64";
  EXPECT_EQ(why, ConnectionTable::Refusal::per_address);
  auto b = table.admit(ip("2001:db8::1"), false, why);
  EXPECT_TRUE(b);
  EXPECT_FALSE(table.admit(ip("192.0.2.1"), true, why));
  EXPECT_EQ(why, ConnectionTable::Refusal::total);
  auto moved = std::move(a);
  a.release();
  EXPECT_EQ(table.size(), 2u);
  moved.release();
  moved.release();
  EXPECT_EQ(table.size(), 1u);
  EXPECT_TRUE(table.admit(ip("2001:db8::2"), true, why));
}

}  // namespace
}  // namespace strims::http
