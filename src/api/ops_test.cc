#include <gmock/gmock.h>

#include "api/test_api.h"

namespace strims::api {
namespace {

using testing::HasSubstr;

class OpsApi : public ApiTest {};

// As the server runs them when the database is away: no lane connection at all.
proto::Response without_database(const http::Router& router, const std::string& path,
                                 const std::string& peer) {
  http::RequestContext context;
  context.peer = *IpAddress::parse(peer);
  std::optional<proto::Response> answer;
  router.match("GET", path).route->handler(context, http::Responder([&](proto::Response r) {
                                             answer = std::move(r);
                                           }));
  return answer.value_or(proto::Response{});
}

TEST_F(OpsApi, AliveWithoutADatabase) {
  EXPECT_EQ(without_database(router_, "/healthz", "203.0.113.1").status, 200);
  EXPECT_EQ(router_.match("GET", "/healthz").route->run_on, http::RunOn::shard);
  const auto beat = health_.watch("shard-0", 1000);
  clock_.advance(5000);
  const auto stuck = without_database(router_, "/healthz", "203.0.113.1");
  EXPECT_EQ(stuck.status, 503);
  EXPECT_EQ(json(stuck).find_string("late"), "shard-0");
}

TEST_F(OpsApi, ReadinessNamesTheReason) {
  health_.set("database", false, "the database does not answer");
  const auto away = without_database(router_, "/readyz", "203.0.113.1");
  EXPECT_EQ(away.status, 503);
  EXPECT_EQ(away.header("Retry-After"), "1");
  EXPECT_THAT(away.body, HasSubstr("the database does not answer"));
  health_.set("database", true);
  EXPECT_EQ(without_database(router_, "/readyz", "203.0.113.1").status, 200);
}

TEST_F(OpsApi, MetricsAreForTheOperatorsAddresses) {
  const auto metrics = without_database(router_, "/metrics", "127.0.0.1");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_EQ(metrics.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(metrics.body, HasSubstr("strims_build_info"));
  EXPECT_EQ(without_database(router_, "/metrics", "::1").status, 200);
  EXPECT_EQ(outcome(without_database(router_, "/metrics", "203.0.113.1")), "403 nopermission");
}

TEST_F(OpsApi, NothingHereWaitsBehindQueries) {
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/openapi.json"}) {
    const auto match = router_.match("GET", path);
    ASSERT_NE(match.route, nullptr) << path;
    EXPECT_NE(match.route->run_on, http::RunOn::db_lane) << path;
  }
}

TEST_F(OpsApi, BodiesAreBoundedByTheConfigurationUnlessTheEndpointSaysElse) {
  config_.http.max_body_bytes = 1234;
  http::Router router;
  Api api(services_, router);
  for (const size_t limit : {size_t{0}, size_t{77}}) {
    Endpoint e;
    e.method = "POST";
    e.pattern = "/limit/" + std::to_string(limit);
    e.summary = "For this test.";
    e.handler = [](Call&) -> Answer { return proto::Response::empty(204); };
    e.body_limit = limit;
    api.add(std::move(e));
  }
  EXPECT_EQ(router.match("POST", "/limit/0").route->body_limit, 1234u);
  EXPECT_EQ(router.match("POST", "/limit/77").route->body_limit, 77u);
}

TEST_F(OpsApi, TheDescriptionKnowsRoutesThatWereAddedLater) {
  router_.add_upgrade("/ws", [](http::Upgrade) {});
  const auto response = without_database(router_, "/openapi.json", "203.0.113.1");
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(json(response).find("paths")->find("/ws"));
}

TEST_F(OpsApi, WithoutADatabaseTheOthersSaySo) {
  http::RequestContext context;
  std::optional<proto::Response> answer;
  const LaneConnection lane(fail(Errc::unavailable, "unavailable", "no database"));
  router_.match("GET", "/chat/history")
      .route->handler(context, http::Responder([&](proto::Response r) { answer = std::move(r); }));
  ASSERT_TRUE(answer);
  EXPECT_EQ(outcome(*answer), "503 unavailable");
  EXPECT_EQ(answer->header("Retry-After"), "1");
}

}  // namespace
}  // namespace strims::api
