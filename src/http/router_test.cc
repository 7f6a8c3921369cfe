#include "http/router.h"

#include <gtest/gtest.h>

namespace strims::http {
namespace {

Router make(std::initializer_list<std::pair<const char*, const char*>> routes) {
  Router router;
  for (const auto& [method, pattern] : routes) {
    Route route;
    route.method = method;
    route.pattern = pattern;
    route.handler = [](RequestContext&, Responder) {};
    router.add(std::move(route));
  }
  return router;
}

std::string pattern(const Router& r, std::string_view method, std::string_view path) {
  const auto m = r.match(method, path);
  return m.route ? m.route->pattern : m.allow.empty() ? "404" : "405 " + m.allow;
}

TEST(Router, LiteralsAndParameters) {
  const Router r = make({{"GET", "/"},
                         {"GET", "/users/{id}"},
                         {"GET", "/users/me"},
                         {"GET", "/users/{id}/posts/{post}"},
                         {"GET", "/files/{path...}"}});
  EXPECT_EQ(pattern(r, "GET", "/"), "/");
  EXPECT_EQ(pattern(r, "GET", "/users/7"), "/users/{id}");
  EXPECT_EQ(pattern(r, "GET", "/users/me"), "/users/me");
  EXPECT_EQ(pattern(r, "GET", "/users/me/posts/1"), "/users/{id}/posts/{post}");
  EXPECT_EQ(pattern(r, "GET", "/users/"), "404");
  EXPECT_EQ(pattern(r, "GET", "/users"), "404");
  EXPECT_EQ(pattern(r, "GET", "/users/7/"), "404");
  EXPECT_EQ(pattern(r, "GET", "/USERS/7"), "404");
  EXPECT_EQ(pattern(r, "GET", "*"), "404");
  const auto m = r.match("GET", "/users/7/posts/9");
  EXPECT_EQ(m.params.get("id"), "7");
  EXPECT_EQ(m.params.number("post"), 9);
  EXPECT_EQ(m.params.get("none"), "");
  EXPECT_EQ(r.match("GET", "/files/a/b.css").params.get("path"), "a/b.css");
  EXPECT_EQ(r.match("GET", "/files/").params.get("path"), "");
  EXPECT_EQ(pattern(r, "GET", "/files"), "404");
}

TEST(Router, MethodsOfAPath) {
  const Router r = make({{"GET", "/a"}, {"DELETE", "/a"}, {"POST", "/b"}});
  EXPECT_EQ(pattern(r, "POST", "/a"), "405 GET, HEAD, DELETE, OPTIONS");
  EXPECT_EQ(pattern(r, "HEAD", "/a"), "/a");
  EXPECT_TRUE(r.match("HEAD", "/a").head_by_get);
  EXPECT_EQ(pattern(r, "HEAD", "/b"), "405 POST, OPTIONS");
  EXPECT_EQ(r.match("GET", "/a").allow, "GET, HEAD, DELETE, OPTIONS");
}

TEST(Router, UpgradeRoutesHaveGetOnly) {
  Router r;
  r.add_upgrade("/ws", [](Upgrade) {});
  EXPECT_EQ(pattern(r, "GET", "/ws"), "/ws");
  EXPECT_EQ(pattern(r, "HEAD", "/ws"), "405 GET");
  EXPECT_EQ(pattern(r, "POST", "/ws"), "405 GET");
}

TEST(Router, NumbersMustBePositiveAndFit) {
  Params p;
  p.add("a", "12");
  p.add("b", "-1");
  p.add("c", "9223372036854775808");
  p.add("d", "0");
  EXPECT_EQ(p.number("a"), 12);
  EXPECT_FALSE(p.number("b"));
  EXPECT_FALSE(p.number("c"));
  EXPECT_FALSE(p.number("d"));
}

TEST(RouterDeathTest, MistakesAreFoundAtStart) {
  EXPECT_DEATH(make({{"GET", "/a"}, {"GET", "/a"}}), "twice");
  EXPECT_DEATH(make({{"GET", "/{a}"}, {"PUT", "/{b}"}}), "differently");
  EXPECT_DEATH(make({{"GET", "a"}}), "slash");
  EXPECT_DEATH(make({{"GET", "/{a...}/b"}}), "rest");
  EXPECT_DEATH(make({{"GET", "/a{b}"}}), "brace");
}

}  // namespace
}  // namespace strims::http
