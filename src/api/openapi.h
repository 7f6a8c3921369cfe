// The OpenAPI 3.1 description, made from the route table: what is served is what is described.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "http/router.h"

namespace strims::api {

// Describes every route of `router`. `server_url` may be empty: then clients use the address they
// got it from.
std::string openapi_json(const http::Router& router, std::string_view server_url);

// The path of a pattern as OpenAPI writes it: "/files/{name...}" is "/files/{name}".
std::string openapi_path(std::string_view pattern);

// What the route table does not know of an endpoint: its bodies and query parameters
// (openapi_operations.cc).
struct OperationDoc {
  std::string_view route;       // "POST /auth/login"
  int status = 200;             // of success
  std::string_view answer;      // component schema, "" for none
  std::string_view body = {};   // component schema, "" for none
  std::string_view query = {};  // "limit:integer after:integer"
};
std::span<const OperationDoc> operation_docs();

// The component schemas as the members of a JSON object, with its braces (openapi_schemas.cc).
std::string openapi_schemas();
// Those of streams and recordings: members, without braces (openapi_stream_schemas.cc).
std::string_view openapi_stream_schemas();

}  // namespace strims::api
