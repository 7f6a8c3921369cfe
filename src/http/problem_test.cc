#include "http/problem.h"

#include <gtest/gtest.h>

#include "base/json_read.h"

namespace strims::http {
namespace {

TEST(Problem, IsAProblemDocument) {
  const auto r = problem(Error{Errc::conflict, "nick_taken", "That nick is taken."}, "id1");
  EXPECT_EQ(r.status, 409);
  EXPECT_EQ(r.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(r.header("Cache-Control"), "no-store");
  const auto json = Json::parse(r.body);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find_string("type"), "about:blank");
  EXPECT_EQ(json->find_string("title"), "Conflict");
  EXPECT_EQ(json->find("status")->integer(), 409);
  EXPECT_EQ(json->find_string("detail"), "That nick is taken.");
  EXPECT_EQ(json->find_string("code"), "nick_taken");
  EXPECT_EQ(json->find_string("request_id"), "id1");
}

TEST(Problem, SaysWhenToTryAgain) {
  EXPECT_EQ(problem(Error{Errc::rate_limited, "throttled", "", 1001}).header("Retry-After"), "2");
  EXPECT_EQ(problem(Error{Errc::unavailable, "unavailable"}).header("Retry-After"), "1");
  EXPECT_FALSE(problem(Error{Errc::invalid, "invalid"}).has_header("Retry-After"));
}

TEST(Problem, KeepsInternalDetailsInside) {
  const auto r = problem(Error{Errc::internal, "internal", "table users is corrupt"});
  EXPECT_EQ(r.status, 500);
  EXPECT_EQ(r.body.find("corrupt"), std::string::npos);
}

TEST(Problem, EveryClassHasAStatus) {
  EXPECT_EQ(status_of(Errc::invalid), 400);
  EXPECT_EQ(status_of(Errc::unauthenticated), 401);
  EXPECT_EQ(status_of(Errc::forbidden), 403);
  EXPECT_EQ(status_of(Errc::not_found), 404);
  EXPECT_EQ(status_of(Errc::gone), 410);
  EXPECT_EQ(status_of(Errc::too_large), 413);
  EXPECT_EQ(status_of(Errc::unsupported), 415);
  EXPECT_EQ(status_of(Errc::rate_limited), 429);
  EXPECT_EQ(status_of(Errc::unavailable), 503);
  EXPECT_EQ(status_of(Errc::timeout), 504);
  EXPECT_TRUE(is_retryable(Errc::unavailable));
  EXPECT_FALSE(is_retryable(Errc::forbidden));
  EXPECT_EQ(problem(Error{Errc::unauthenticated, "x"}).header("WWW-Authenticate"), "Bearer");
}

TEST(Problem, OfTheParser) {
  const auto r = problem(proto::HttpError{414, "target_too_long"});
  EXPECT_EQ(r.status, 414);
  EXPECT_NE(r.body.find("target_too_long"), std::string::npos);
}

}  // namespace
}  // namespace strims::http
