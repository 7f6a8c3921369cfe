#include "api/openapi.h"

#include <algorithm>
#include <map>
#include <vector>

#include "api/error_map.h"
#include "base/bytes.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "obs/health.h"

namespace strims::api {
namespace {

constexpr std::string_view kSchemas = "#/components/schemas/";
constexpr std::string_view kProblem = "#/components/responses/Problem";
constexpr std::string_view kSiteError = "#/components/responses/SiteError";

const OperationDoc* doc_of(const http::Route& route) {
  const std::string key = route.method + " " + route.pattern;
  const auto docs = operation_docs();
  const auto it = std::ranges::find(docs, key, &OperationDoc::route);
  return it == docs.end() ? nullptr : &*it;
}

// "GET /users/{id}/keys" -> "get_users_id_keys".
std::string operation_id(const http::Route& route) {
  std::string out = ascii_lower(route.method);
  bool gap = true;
  for (const char c : route.pattern) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (word) {
      if (gap) out += '_';
      out += c;
    }
    gap = !word;
  }
  return out;
}

std::string tag_of(std::string_view pattern) {
  pattern.remove_prefix(1);
  const std::string_view first = pattern.substr(0, pattern.find('/'));
  return first.empty() || first.front() == '{' ? "files" : std::string(first);
}

void write_parameter(JsonWriter& w, std::string_view name, std::string_view in,
                     std::string_view type) {
  w.object().field("name", name).field("in", in).field("required", in == "path");
  w.key("schema").object().field("type", type).end_object().end_object();
}

void write_parameters(JsonWriter& w, const http::Route& route, const OperationDoc* doc) {
  w.key("parameters").array();
  const std::string path = openapi_path(route.pattern);
  for (size_t open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1)) {
    const size_t close = path.find('}', open);
    write_parameter(w, path.substr(open + 1, close - open - 1), "path", "string");
  }
  std::string_view query = doc ? doc->query : std::string_view();
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find(' '));
    query.remove_prefix(std::min(query.size(), one.size() + 1));
    const size_t colon = one.find(':');
    write_parameter(w, one.substr(0, colon), "query", one.substr(colon + 1));
  }
  w.end_array();
}

void write_content(JsonWriter& w, std::string_view type, std::string_view schema) {
  w.key("content").object().key(type).object().key("schema").object();
  w.field("$ref", std::string(kSchemas) + std::string(schema));
  w.end_object().end_object().end_object();
}

// Guests may call `any`; everything else wants one of the two proofs.
void write_security(JsonWriter& w, const http::Route& route) {
  w.field("x-access", route.access).key("security").array();
  if (route.access == "any") w.object().end_object();
  for (const char* scheme : {"bearer", "sid"})
    w.object().key(scheme).array().end_array().end_object();
  w.end_array();
}

void write_responses(JsonWriter& w, const http::Route& route, const OperationDoc* doc) {
  const std::string_view error = route.site_errors ? kSiteError : kProblem;
  const auto problem = [&](int status) {
    w.key(std::to_string(status)).object().field("$ref", error).end_object();
  };
  const int status = route.upgrade ? 101 : doc ? doc->status : 200;
  w.key("responses").object().key(std::to_string(status)).object();
  w.field("description", route.upgrade ? "A WebSocket." : "Done.");
  if (doc && !doc->answer.empty()) write_content(w, "application/json", doc->answer);
  w.end_object();
  if (doc && !doc->body.empty()) {
    problem(400);
    if (!route.site_errors) problem(415);
  }
  if (route.access != "any") {
    if (!route.site_errors) problem(401);  // the site says 403 to guests, too
    problem(403);
  }
  if (route.pattern.find('{') != std::string::npos) problem(404);
  if (route.upgrade) problem(426);
  w.key("default").object().field("$ref", error).end_object();
  w.end_object();
}

void write_operation(JsonWriter& w, const http::Route& route) {
  const OperationDoc* doc = doc_of(route);
  w.key(ascii_lower(route.method)).object();
  w.field("operationId", operation_id(route));
  if (!route.summary.empty()) w.field("summary", route.summary);
  w.key("tags").array().value(tag_of(route.pattern)).end_array();
  write_security(w, route);
  write_parameters(w, route, doc);
  if (doc && !doc->body.empty()) {
    w.key("requestBody").object().field("required", true);
    write_content(w, "application/json", doc->body);
    w.end_object();
  }
  write_responses(w, route, doc);
  w.end_object();
}

void write_components(JsonWriter& w) {
  w.key("components").object();
  w.key("securitySchemes").object();
  w.key("bearer").object().field("type", "http").field("scheme", "bearer");
  w.field("description", "An access token or a login key.").end_object();
  w.key("sid").object().field("type", "apiKey").field("in", "cookie").field("name", "sid");
  w.field("description", "Changing requests need an Origin on the list.").end_object();
  w.end_object();
  w.key("responses").object();
  w.key("Problem").object().field("description", "A problem document (RFC 9457).");
  write_content(w, "application/problem+json", "Problem");
  w.end_object();
  w.key("SiteError").object().field("description", "An error as today's chat clients know it.");
  write_content(w, "application/json", "SiteError");
  w.end_object().end_object();
  w.key("schemas").object();
  // The text is ours and a test parses it.
  if (const auto schemas = Json::parse(openapi_schemas()))
    for (const auto& [name, schema] : schemas->object()) w.key(name).raw(schema.dump());
  w.key("ErrorWord").object().field("type", "string").key("examples").array();
  for (const ErrorWord& word : error_words())
    if (word.status != 0) w.value(word.word);
  w.end_array().end_object().end_object().end_object();
}

}  // namespace

std::string openapi_path(std::string_view pattern) {
  std::string out(pattern);
  if (const size_t rest = out.find("...}"); rest != std::string::npos) out.erase(rest, 3);
  return out;
}

std::string openapi_json(const http::Router& router, std::string_view server_url) {
  std::map<std::string, std::vector<const http::Route*>> paths;
  for (const auto& route : router.routes())
    paths[openapi_path(route->pattern)].push_back(route.get());
  JsonWriter w;
  w.object().field("openapi", "3.1.0").key("info").object();
  w.field("title", "Strims").field("version", obs::build_info().version);
  w.field("description",
          "The backend of a live-streaming community: accounts, chat and moderation.");
  w.end_object();
  if (!server_url.empty())
    w.key("servers").array().object().field("url", server_url).end_object().end_array();
  w.key("paths").object();
  for (const auto& [path, routes] : paths) {
    w.key(path).object();
    for (const http::Route* route : routes) write_operation(w, *route);
    w.end_object();
  }
  w.end_object();
  write_components(w);
  w.end_object();
  return w.take();
}

}  // namespace strims::api
