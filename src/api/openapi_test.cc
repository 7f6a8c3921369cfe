#include "api/openapi.h"

#include <gmock/gmock.h>

#include <set>

#include "api/test_api.h"
#include "base/bytes.h"

namespace strims::api {
namespace {

class OpenApi : public ApiTest {
 protected:
  OpenApi() {
    router_.add_upgrade("/ws/{channel}", [](http::Upgrade) {});
    http::Route files;
    files.method = "GET";
    files.pattern = "/files/{path...}";
    files.handler = [](http::RequestContext&, http::Responder) {};
    router_.add(std::move(files));
    auto parsed = Json::parse(openapi_json(router_, "https://strims.test"));
    EXPECT_TRUE(parsed.has_value());
    if (parsed) document_ = std::move(*parsed);
  }
  // "GET /users/{id}"
  std::set<std::string> described() const {
    std::set<std::string> out;
    for (const auto& [path, methods] : document_.find("paths")->object())
      for (const auto& [method, operation] : methods.object()) out.insert(method + " " + path);
    return out;
  }
  static void references(const Json& json, std::set<std::string>& out) {
    for (const auto& [key, value] : json.object()) {
      if (key == "$ref") out.insert(std::string(value.string().value_or("")));
      references(value, out);
    }
    for (const Json& element : json.array()) references(element, out);
  }
  Json document_;
};

TEST_F(OpenApi, EveryRouteIsDescribedAndNothingElse) {
  std::set<std::string> served;
  for (const auto& route : router_.routes())
    served.insert(ascii_lower(route->method) + " " + openapi_path(route->pattern));
  EXPECT_EQ(described(), served);
  EXPECT_GT(served.size(), 40u);
}

TEST_F(OpenApi, ErrorsAreDescribedInTheFormInWhichTheyCome) {
  const Json* paths = document_.find("paths");
  const auto said = [&](const char* path, const char* method, const char* status) {
    const Json* answer = paths->find(path)->find(method)->find("responses")->find(status);
    return std::string(answer ? answer->find_string("$ref").value_or("") : "");
  };
  EXPECT_EQ(said("/users/{id}", "put", "401"), "#/components/responses/Problem");
  EXPECT_EQ(said("/api/chat/me/settings", "get", "403"), "#/components/responses/SiteError");
  EXPECT_EQ(said("/api/chat/me/settings", "get", "401"), "") << "guests get 403 there";
  EXPECT_EQ(said("/api/auth", "post", "default"), "#/components/responses/SiteError");
}

TEST_F(OpenApi, EveryReferenceLeadsSomewhere) {
  std::set<std::string> wanted;
  references(document_, wanted);
  EXPECT_GT(wanted.size(), 20u);
  for (const std::string& reference : wanted) {
    const Json* at = &document_;
    for (size_t from = 2; at && from < reference.size();) {
      const size_t slash = std::min(reference.find('/', from), reference.size());
      at = at->find(reference.substr(from, slash - from));
      from = slash + 1;
    }
    EXPECT_TRUE(at) << reference;
  }
}

TEST_F(OpenApi, EverySchemaIsUsed) {
  std::set<std::string> wanted;
  references(document_, wanted);
  const auto schemas = Json::parse(openapi_schemas());
  ASSERT_TRUE(schemas);
  for (const auto& [name, schema] : schemas->object())
    EXPECT_TRUE(wanted.contains("#/components/schemas/" + name)) << name;
}

TEST_F(OpenApi, WhatIsSaidOfOperationsBelongsToARoute) {
  std::set<std::string> served, told;
  for (const auto& route : router_.routes()) served.insert(route->method + " " + route->pattern);
  for (const OperationDoc& doc : operation_docs()) {
    EXPECT_TRUE(served.contains(std::string(doc.route))) << doc.route;
    EXPECT_TRUE(told.insert(std::string(doc.route)).second) << doc.route;
  }
  // Our own surface is described in full.
  for (const std::string& route : served)
    for (const char* prefix : {" /auth/", " /users", " /chat/", " /moderation/"})
      if (route.find(prefix) != std::string::npos) {
        EXPECT_TRUE(told.contains(route)) << route;
      }
}

TEST_F(OpenApi, OperationsAreToldApartAndSayWhoMayUseThem) {
  std::set<std::string> ids;
  for (const auto& [path, methods] : document_.find("paths")->object()) {
    for (const auto& [method, operation] : methods.object()) {
      EXPECT_TRUE(ids.insert(std::string(*operation.find_string("operationId"))).second) << path;
      EXPECT_TRUE(operation.find_string("x-access")) << path;
      size_t parameters = 0;
      for (const Json& parameter : operation.find("parameters")->array())
        parameters += parameter.find_string("in") == "path" ? 1 : 0;
      EXPECT_EQ(parameters, static_cast<size_t>(std::count(path.begin(), path.end(), '{'))) << path;
      EXPECT_TRUE(operation.find("responses")->find("default")) << path;
    }
  }
  const Json* paths = document_.find("paths");
  const Json* guarded = paths->find("/users/{id}/permissions")->find("put");
  EXPECT_EQ(guarded->find_string("x-access"), "admin");
  EXPECT_EQ(guarded->find("security")->array().size(), 2u);
  EXPECT_EQ(paths->find("/chat/history")->find("get")->find("security")->array().size(), 3u);
  EXPECT_TRUE(paths->find("/ws/{channel}")->find("get")->find("responses")->find("101"));
  EXPECT_EQ(document_.find("servers")->array()[0].find_string("url"), "https://strims.test");
}

}  // namespace
}  // namespace strims::api
